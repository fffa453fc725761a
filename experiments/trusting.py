"""Models that came from another installation: never opened until they are trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from datasets.stored import DamagedFileError, verified
from experiments.exceptions import NotTrustedError
from experiments.models import Result
from projects.activities import record_activity

if TYPE_CHECKING:
    from projects.models import User


def trust_model(result: Result, *, actor: User | None) -> None:
    """Sign a model that came in a bundle, so that this place opens it like its own.

    Only administrators may ask: opening a model runs what is in it. Raises
    `NotTrustedError` where it is signed already, or not what came.
    """
    from experiments.learning.artifacts import sign  # noqa: PLC0415 -- heavy import

    if result.artifact_hmac:
        raise NotTrustedError(f"The model of {result.session} is signed already.")
    try:
        with verified(result.artifact, result.artifact_sha256) as path:
            signed = sign(path.read_bytes(), settings.ARTIFACT_KEY.encode())
    except DamagedFileError as error:
        raise NotTrustedError(str(error)) from error
    if signed.sha256 != result.artifact_sha256:  # replaced between two looks
        raise NotTrustedError("The model's file changed meanwhile.")
    with transaction.atomic():
        waiting = Result.objects.filter(pk=result.pk, artifact_hmac="")
        if waiting.update(artifact_hmac=signed.hmac):
            record_activity(actor, result.session, "trusted")
