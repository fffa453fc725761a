"""A result's artefact as a file to keep."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.http import FileResponse

from experiments.exceptions import DamagedModelError

if TYPE_CHECKING:
    from django.core.files import File

    from experiments.models import Result

logger = logging.getLogger(__name__)


def artifact_response(result: Result) -> FileResponse:
    """Return the model as a file named after its experiment and time.

    Raises `DamagedModelError` as `artifact_file` does.
    """
    file = artifact_file(result)
    return FileResponse(file, as_attachment=True, filename=result.filename)


def artifact_file(result: Result) -> File:
    """Open the file of a result's model.

    Raises `DamagedModelError` where the bytes are gone or not those that were stored.
    """
    try:
        file = default_storage.open(result.artifact)
    except FileNotFoundError as error:
        raise damaged(result, "is gone") from error
    if hashlib.file_digest(file, "sha256").hexdigest() != result.artifact_sha256:
        file.close()
        raise damaged(result, "is not the one that was stored")
    file.seek(0)
    return file


def damaged(result: Result, what: str) -> DamagedModelError:
    """Write down that a model's file cannot be given out; return the refusal."""
    logger.error("The file %s of %s %s.", result.artifact, result, what)
    return DamagedModelError(
        f"The model's file {what}. Restore it from a backup or train it again."
    )
