"""Splits that several experiments share: "the same split as …"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings

from datamine import files
from datamine.room import StorageAwayError
from experiments.exceptions import DraftProblem, InvalidDraftError
from experiments.models import Experiment, Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasets.models import DatasetVersion

FIELD = "split.same_as"
#: So many experiments are offered to take the split of; any may be named.
OFFERED = 100
#: What an experiment that takes the split of another still chooses itself.
STILL_CHOSEN = ("same_as", "learning_curve")


def splits_to_share(version: DatasetVersion, named: str = "") -> list[Experiment]:
    """Return the latest trained experiments on a dataset, and the one that is named."""
    trained = Result.objects.values("session__experiment")
    found = Experiment.objects.filter(dataset=version.dataset_id, pk__in=trained)
    latest = list(found.only("pk", "name")[:OFFERED])
    if (
        named.isdecimal()
        and len(named) < 19
        and all(str(e.pk) != named for e in latest)
    ):
        latest += found.only("pk", "name").filter(pk=named)
    return latest


def shared_settings(
    version: DatasetVersion, split: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the settings of a split, those of another experiment where it says so.

    Raises `InvalidDraftError` where there is no such split of these data.
    """
    number = split.get("same_as")
    if number is None or not isinstance(number, int):
        return dict(split)
    source = source_of(version, number)
    own = {name: split[name] for name in STILL_CHOSEN if name in split}
    kept = {**source.split, "learning_curve": False}
    return kept | own


def source_of(version: DatasetVersion, number: int) -> Experiment:
    """Return the experiment whose split is to be taken, or say why there is none."""
    project = version.dataset.project_id
    source = (
        Experiment.objects.filter(project=project, pk=number)
        .select_related("version")
        .first()
    )
    if source is None:
        refuse(f"There is no experiment {number} in this project; split anew.")
    if source.dataset_id != version.dataset_id or root(source.version) != root(version):
        refuse(
            f"“{source}” learned from other data, whose rows are not these. Choose an "
            "experiment on the same dataset, or split anew."
        )
    if not Result.objects.filter(session__experiment=source).exists():
        refuse(f"“{source}” has no completed session yet: train it first.")
    return source


def refuse(detail: str) -> NoReturn:
    raise InvalidDraftError([DraftProblem(FIELD, "no_such_split", detail)])


def root(version: DatasetVersion) -> int:
    """Return the import a version was made of: its rows keep their numbers."""
    while version.parent is not None:
        version = version.parent
    return version.pk


def own_split(split: Mapping[str, Any]) -> dict[str, Any]:
    """Return how other rows are divided, which cannot be divided as those before."""
    return {name: value for name, value in split.items() if name != "same_as"}


def digest_to_keep(split: Mapping[str, Any]) -> str | None:
    """Return the digest of the split that is shared; None where it is an own one."""
    if split.get("same_as") is None:
        return None
    results = Result.objects.filter(session__experiment=split["same_as"])
    return results.order_by("-pk").values_list("split_digest", flat=True).first()


def kept_rows(number: int, digest: str) -> dict[str, Any]:
    """Return the rows of every part and fold of an experiment's split.

    Raises `TrainingError` where no model with that split is kept any more.
    """
    from experiments.learning.artifacts import (  # noqa: PLC0415 -- heavy import
        ArtifactError,
        load_split,
    )
    from experiments.learning.problems import TrainingError  # noqa: PLC0415 -- heavy import

    results = Result.objects.filter(
        session__experiment=number, split_digest=digest
    ).order_by("-pk")
    result = results.first()
    if result is None:
        raise TrainingError(
            f"The split of experiment {number} is not kept any more; split anew."
        )
    key = settings.ARTIFACT_KEY.encode()
    try:
        with files.local_copy(result.artifact) as path:
            return load_split(path, result.artifact_sha256, result.artifact_hmac, key)
    except StorageAwayError:
        raise
    except (ArtifactError, OSError) as error:
        raise TrainingError(
            f"The split of experiment {number} cannot be read: its model's file is "
            "damaged or gone. Train that experiment again."
        ) from error
