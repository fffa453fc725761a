"""A version's table, or the steps that made it, as a file to keep."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from django.http import JsonResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from datamine import files
from datasets import services
from datasets.exceptions import BadQueryError
from datasets.exports.catalogue import FORMATS, Format
from datasets.stored import readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datasets.models import DatasetVersion
    from datasets.recipes import StepSpec


def download_response(
    version: DatasetVersion, file_format: str, *, is_for_programs: bool
) -> StreamingHttpResponse:
    """Return the stream, or raise why there is none before it begins.

    `BadQueryError`, also where the format cannot hold the table, `NotReadyError` or
    `DamagedDataError`.
    """
    from datasets.exports.outgoing import TooLargeError  # noqa: PLC0415 -- heavy import

    services.require_ready(version)
    entry = FORMATS.get(file_format)
    if entry is None:
        known = ", ".join(FORMATS)
        raise BadQueryError(f"format must be one of {known}.", attr="format")
    pieces = pieces_of(version, entry, is_for_programs=is_for_programs)
    try:
        begun = list(islice(pieces, 2))  # the head and rows: they can be read
    except TooLargeError as refusal:
        raise BadQueryError(str(refusal), attr="format") from refusal
    response = StreamingHttpResponse(
        chain(begun, pieces), content_type=entry.content_type
    )
    name = f"{version.dataset.name} v{version.number}.{entry.name}"
    response["Content-Disposition"] = content_disposition_header(True, label(name))
    response["X-Content-Type-Options"] = "nosniff"
    return response


def pieces_of(
    version: DatasetVersion, entry: Format, *, is_for_programs: bool
) -> Iterator[bytes]:
    from datasets.exports.outgoing import Outgoing  # noqa: PLC0415 -- heavy import

    with readable(version) as path:
        yield from entry.stream(
            Outgoing(
                path,
                version.schema,
                name=version.dataset.name,
                is_for_programs=is_for_programs,
                scratch=files.scratch(),
            )
        )


def recipe_response(name: str, specs: Sequence[StepSpec]) -> JsonResponse:
    """Return steps as a file of JSON, as the API takes them."""
    steps = [spec.model_dump(mode="json") for spec in specs]
    response = JsonResponse(
        {"name": name, "steps": steps}, json_dumps_params={"indent": 2}
    )
    response["Content-Disposition"] = content_disposition_header(
        True, label(f"{name}.json")
    )
    return response


def label(name: str) -> str:
    """Return a file name without what a file system takes for something else."""
    return "".join("_" if c in '/\\:*?"<>|' or not c.isprintable() else c for c in name)
