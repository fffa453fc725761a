"""The tree of versions: what made each, going back to one, taking one along."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from datamine.files import scratch
from datasets import services
from datasets.exceptions import BadQueryError, DatasetError
from datasets.exports import stream_csv, write_parquet
from datasets.steps_form import describe_steps
from datasets.stored import readable
from datasets.views.context import dataset_context, dataset_for, version_for
from projects.permissions import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpRequest, HttpResponseBase

    from datasets.models import Dataset, DatasetVersion

PER_PAGE = 25
FORMATS = ("csv", "parquet")


@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponseBase:
    dataset = dataset_for(request, pk, Action.VIEW)
    page = Paginator(tree_of(dataset), PER_PAGE).get_page(request.GET.get("page"))
    context = dataset_context(
        request, dataset, "versions", page=page, rows=version_rows(dataset, page)
    )
    return render(request, "datasets/versions.html", context)


def tree_of(dataset: Dataset) -> list[tuple[int, int]]:
    """Return (version, depth) so that each stands below its parent."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in dataset.versions.order_by("-number").values_list("pk", "parent"):
        children.setdefault(parent, []).append(pk)
    ordered = []
    waiting = [(pk, 0) for pk in children.get(None, [])]
    while waiting:
        pk, depth = waiting.pop()
        ordered.append((pk, depth))
        waiting += [(child, depth + 1) for child in children.get(pk, [])]
    return ordered


def version_rows(
    dataset: Dataset, page: Iterable[tuple[int, int]]
) -> list[dict[str, Any]]:
    """Return the versions of a page with their depth and steps in words."""
    places = list(page)
    found = (
        dataset.versions.light()
        .select_related("created_by", "parent")
        .in_bulk([pk for pk, _ in places])
    )
    return [
        {
            "version": found[pk],
            "depth": min(depth, 6),
            "steps": describe_steps(found[pk].steps),
            "is_active": pk == dataset.active_version_id,
        }
        for pk, depth in places
        if pk in found
    ]


@require_POST
def restore(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    version = version_for(request, pk, number, Action.EDIT)
    try:
        services.restore_version(version, actor=request.user)
        messages.success(request, f"Version {number} is the active one again.")
    except DatasetError as refusal:
        messages.error(request, str(refusal))
    return redirect("datasets:versions", pk)


@require_safe
def download(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """Send a version as CSV or Parquet under a name made of the dataset's."""
    version = version_for(request, pk, number, Action.VIEW)
    try:
        return download_response(
            version,
            request.GET.get("format", "csv"),
            is_for_programs=request.GET.get("for") == "programs",
        )
    except DatasetError as refusal:
        messages.error(request, str(refusal))
        return redirect("datasets:versions", pk)


def download_response(
    version: DatasetVersion, file_format: str, *, is_for_programs: bool
) -> HttpResponseBase:
    """Return the stream, or raise why there is none before it begins.

    `BadQueryError`, `NotReadyError` or `DamagedDataError`.
    """
    services.require_ready(version)
    if file_format not in FORMATS:
        raise BadQueryError(
            f"format must be one of {', '.join(FORMATS)}.", attr="format"
        )
    name = f"{version.dataset.name} v{version.number}.{file_format}"
    if file_format == "csv":
        stream = csv_stream(version, neutralise=not is_for_programs)
        begun = [next(stream), next(stream)]  # the header and rows: they can be read
        response = StreamingHttpResponse(
            chain(begun, stream), content_type="text/csv; charset=utf-8; header=present"
        )
    else:
        response = FileResponse(parquet_file(version))
        response["Content-Type"] = "application/vnd.apache.parquet"
    response["Content-Disposition"] = content_disposition_header(True, label(name))
    response["X-Content-Type-Options"] = "nosniff"
    return response


def label(name: str) -> str:
    """Return a file name without what a file system takes for something else."""
    return "".join("_" if c in '/\\:*?"<>|' or not c.isprintable() else c for c in name)


def csv_stream(version: DatasetVersion, *, neutralise: bool) -> Iterator[bytes]:
    with readable(version) as path:
        yield from stream_csv(path, version.schema, neutralise=neutralise)


def parquet_file(version: DatasetVersion) -> Any:
    """Return an open file that is gone as soon as it is closed."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=scratch()))
        target = Path(folder, "table.parquet")
        with readable(version) as path:
            write_parquet(path, version.schema, target)
        return target.open("rb")  # stays readable though its folder goes now
