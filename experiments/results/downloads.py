"""A result's artefact as a file to keep."""

from __future__ import annotations

import hashlib
import hmac
import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse
from django.utils.translation import gettext as _

from datamine.files import CHUNK
from datasets.words import word
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
    """Open the file of a result's model, whose signature was verified.

    Raises `DamagedModelError` where nobody here vouches for the model, and where the
    bytes are gone or not those that were stored.
    """
    if not result.artifact_hmac:
        raise DamagedModelError(
            _(
                "The model came in a project's bundle, signed by another "
                "installation. It is not handed on before an administrator trusts "
                "it."
            )
        )
    try:
        file = default_storage.open(result.artifact)
    except FileNotFoundError as error:
        raise damaged(result, word("is gone")) from error
    sha256, signature = digests_of(file)
    if not hmac.compare_digest(sha256, result.artifact_sha256):
        file.close()
        raise damaged(result, word("is not the one that was stored"))
    if not hmac.compare_digest(signature, result.artifact_hmac):
        file.close()
        raise damaged(result, word("is not signed by this installation"))
    file.seek(0)
    return file


def digests_of(file: File) -> tuple[str, str]:
    """Return the SHA-256 of an artefact and its signature, as they should be."""
    sha256 = hashlib.sha256()
    signature = hmac.new(settings.ARTIFACT_KEY.encode(), digestmod=hashlib.sha256)
    while part := file.read(CHUNK):
        sha256.update(part)
        signature.update(part)
    return sha256.hexdigest(), signature.hexdigest()


def damaged(result: Result, what: str) -> DamagedModelError:
    """Write down that a model's file cannot be given out; return the refusal."""
    logger.error("The file %s of %s %s.", result.artifact, result, what)
    return DamagedModelError(
        f"The model's file {what}. Restore it from a backup or train it again."
    )
