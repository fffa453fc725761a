"""The weights of networks that were trained before, to go on from."""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING

from django.conf import settings

from datamine import files
from datamine.room import StorageAwayError
from experiments.algorithms.catalogue import UnknownAlgorithmError, algorithm
from experiments.models import Result

if TYPE_CHECKING:
    from pathlib import Path

    from projects.models import Project

#: The file of an artefact, and of a downloaded version, that holds a network's weights.
WEIGHTS = "model.pth"


def may_continue(result: Result) -> bool:
    """Whether a network learned this, which could go on."""
    try:
        return algorithm(result.session.experiment.algorithm).family is not None
    except UnknownAlgorithmError:
        return False


def weights_of(result: Result | None, sha256: str) -> bytes:
    """Return the tensors of a network that is gone on from.

    Raises `TrainingError` where its file is gone, damaged or another one.
    """
    from experiments.learning.artifacts import (  # noqa: PLC0415 -- heavy import
        ArtifactError,
        load_artifact,
    )
    from experiments.learning.problems import TrainingError  # noqa: PLC0415 -- heavy import
    from experiments.learning.tensors import HoldsTensors  # noqa: PLC0415 -- heavy import

    if result is None or result.artifact_sha256 != sha256:
        raise TrainingError(
            "The model to go on from was deleted; train from the beginning instead."
        )
    key = settings.ARTIFACT_KEY.encode()
    try:
        with files.local_copy(result.artifact) as path:
            opened = load_artifact(path, sha256, result.artifact_hmac, key)
    except StorageAwayError:
        raise
    except (ArtifactError, OSError) as error:
        raise TrainingError(
            f"The model to go on from cannot be used. {error}"
        ) from error
    estimator = opened.pipeline.estimator
    if not isinstance(estimator, HoldsTensors):
        raise TrainingError("The model to go on from is no network.")
    return estimator.weights_


def result_of_file(project: Project, path: Path) -> Result | None:
    """Return the result whose model a file is, by its digest; nothing in it is opened.

    The file is a downloaded version, an artefact, or the weights alone.
    """
    found = Result.objects.filter(session__experiment__project=project)
    related = found.select_related("session__experiment__version")
    with path.open("rb") as file:
        whole = hashlib.file_digest(file, "sha256").hexdigest()
    if (same := related.filter(artifact_sha256=whole).first()) is not None:
        return same
    wanted = digest_of_weights(path) or whole
    for result in related.order_by("-pk"):
        if may_continue(result) and stored_digest(result) == wanted:
            return result
    return None


def stored_digest(result: Result) -> str | None:
    """Return the digest of a result's weights, None where its file is gone."""
    try:
        with files.local_copy(result.artifact) as path:
            return digest_of_weights(path)
    except StorageAwayError:
        raise
    except OSError:
        return None


def digest_of_weights(path: Path) -> str | None:
    """Return the SHA-256 of the weights in an archive, None where there are none."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [n for n in archive.namelist() if n.split("/")[-1] == WEIGHTS]
            if not names:
                return None
            with archive.open(names[0]) as file:
                digest = hashlib.sha256()
                while part := file.read(files.CHUNK):
                    digest.update(part)
                return digest.hexdigest()
    except (zipfile.BadZipFile, RuntimeError):
        return None
