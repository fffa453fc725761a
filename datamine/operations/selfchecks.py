"""Do the trained models of this installation still answer as they did?"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings

from datamine import files
from experiments.models import Result


@dataclass
class ModelCheck:
    """How many models answered their self-check rows, and why others did not."""

    good: int = 0
    refused: dict[str, str] = field(default_factory=dict)


def check_models() -> ModelCheck:
    """Open every stored model, one at a time."""
    from experiments.learning.artifacts import (  # noqa: PLC0415 -- heavy import
        ArtifactError,
        load_artifact,
    )

    check = ModelCheck()
    key = settings.ARTIFACT_KEY.encode()
    fields = ("artifact", "artifact_sha256", "artifact_hmac")
    for result in Result.objects.only(*fields).iterator(100):
        try:
            with files.local_copy(result.artifact) as path:
                load_artifact(path, result.artifact_sha256, result.artifact_hmac, key)
            check.good += 1
        except (ArtifactError, FileNotFoundError) as error:
            check.refused[result.artifact] = str(error)
    return check
