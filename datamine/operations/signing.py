"""Another key for models: what the earlier one had signed is signed with it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings

from datamine.files import CHUNK
from datasets.stored import DamagedFileError, verified
from experiments.models import Result

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Signed:
    """How many models were signed anew, or bore the key, and why others were not."""

    anew: int = 0
    before: int = 0
    refused: dict[str, str] = field(default_factory=dict)


def sign_anew(earlier: str) -> Signed:
    """Sign with the present key every model that bears the earlier one's signature.

    Nothing is opened. What this place never signed, models of a bundle that nobody has
    trusted, stays as it is; doing it again does the rest of what was interrupted.
    """
    keys = [earlier.encode(), settings.ARTIFACT_KEY.encode()]
    done = Signed()
    trusted = Result.objects.exclude(artifact_hmac="")
    for result in trusted.only("artifact", "artifact_sha256", "artifact_hmac"):
        try:
            with verified(result.artifact, result.artifact_sha256) as path:
                was, now = signatures_of(path, keys)
        except DamagedFileError as error:
            done.refused[result.artifact] = str(error)
            continue
        if hmac.compare_digest(result.artifact_hmac, now):
            done.before += 1
        elif hmac.compare_digest(result.artifact_hmac, was):
            rows = Result.objects.filter(pk=result.pk, artifact_hmac=was)
            done.anew += rows.update(artifact_hmac=now)
        else:
            done.refused[result.artifact] = "Neither key has signed it."
    return done


def signatures_of(path: Path, keys: list[bytes]) -> tuple[str, ...]:
    """Sign a model with each key as `artifacts.sign` does, a part at a time."""
    signing = [hmac.new(key, digestmod=hashlib.sha256) for key in keys]
    with path.open("rb") as file:
        while part := file.read(CHUNK):
            for one in signing:
                one.update(part)
    return tuple(one.hexdigest() for one in signing)
