"""A result's artefact as a file to keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

if TYPE_CHECKING:
    from experiments.models import Result


def artifact_response(result: Result) -> FileResponse:
    """Return the model as a file named after its experiment and time."""
    try:
        file = default_storage.open(result.artifact)
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(file, as_attachment=True, filename=result.filename)
