"""Datasets of light curves that came in many files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.uploadedfile import TemporaryUploadedFile

from datasets.exceptions import DatasetError, UnreadableCurvesError
from datasets.lightcurves.errors import LightCurveError
from datasets.readers.dialect import Dialect
from datasets.services import discard_upload, import_upload, receive_upload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.base import File

    from datasets.models import Dataset
    from projects.models import Project, User

#: More is a table of its own, to be uploaded as one in long form.
MOST_BYTES, MOST_FILES = 32_000_000, 300


def import_light_curves(
    project: Project,
    files: Sequence[File],
    *,
    labels: File | None = None,
    magnitudes: bool = False,
    name: str = "",
    actor: User,
) -> Dataset:
    """Put files of light curves together as one table, imported in the background.

    Raises `UnreadableCurvesError` naming file and line, and `NameTakenError`.
    """
    from datasets.lightcurves.joining import (  # noqa: PLC0415 -- heavy import
        long_form,
    )

    sizes = [file.size for file in (*files, *([labels] if labels else []))]
    if sum(sizes) > MOST_BYTES or len(files) > MOST_FILES:
        raise UnreadableCurvesError(
            f"These are more than {MOST_FILES:,} files or {MOST_BYTES // 10**6} MB, "
            "the most that is put together here. Upload one CSV in long form instead."
        )
    try:
        rows = long_form(
            [(file.name or "", file.read()) for file in files],
            (labels.name or "", labels.read()) if labels else None,
            magnitudes=magnitudes,
        )
    except LightCurveError as error:
        raise UnreadableCurvesError(str(error)) from error
    with TemporaryUploadedFile("Light curves.csv", "text/csv", 0, "utf-8") as sent:
        rows.write_csv(sent.temporary_file_path())
        sent.size = sent.seek(0, 2)
        upload = receive_upload(project, sent, actor=actor)
    try:
        return import_upload(
            upload,
            name=name,
            description="Light curves out of one file."
            if len(files) == 1
            else f"Light curves out of {len(files)} files.",
            file_format="csv",
            dialect=Dialect(),
            actor=actor,
        )
    except DatasetError:
        discard_upload(upload)
        raise
