"""Training that goes on from a network that was trained before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from experiments.drafts import Draft
from experiments.earlier_weights import may_continue
from experiments.exceptions import DraftProblem, InvalidDraftError
from experiments.sessions import create_and_start
from experiments.shared_splits import own_split, root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasets.models import DatasetVersion
    from experiments.models import Experiment, Result, TrainingSession
    from projects.models import User

NAME_LENGTH = 255


def continue_training(
    result: Result,
    *,
    hyperparameters: Mapping[str, Any],
    version: DatasetVersion | None = None,
    actor: User,
) -> TrainingSession:
    """Train a new experiment that begins with the weights of an earlier result.

    On the same data its rows are divided as before, row for row: otherwise it would be
    tested on rows the earlier model has learned. Raises `InvalidDraftError`.
    """
    experiment = result.session.experiment
    refuse_unfit(result)
    version = version or experiment.version
    source = learned_here(experiment, version)
    split = {"same_as": source.pk} if source else own_split(experiment.split)
    known = {**(result.details.get("hyperparameters") or {}), **hyperparameters}
    more = known.get("epochs")
    draft = Draft(
        version=version,
        name=f"{experiment.name}, {more} epochs more"[:NAME_LENGTH],
        description=f"Goes on from session {result.session.number} of "
        f"“{experiment.name}”.",
        algorithm=experiment.algorithm,
        hyperparameters=known,
        target_column=experiment.target_column,
        feature_columns=tuple(experiment.feature_columns),
        split=split,
        preprocessing=experiment.preprocessing,
        started_from=result,
    )
    return create_and_start(draft, actor=actor)


def learned_here(experiment: Experiment, version: DatasetVersion) -> Experiment | None:
    """Return the nearest experiment of a chain that learned from these rows.

    Weights remember the rows of every experiment that they went through.
    """
    while root(experiment.version) != root(version):
        if experiment.started_from is None:
            return None
        experiment = experiment.started_from.session.experiment
    return experiment


def refuse_unfit(result: Result) -> None:
    """Raise `InvalidDraftError` where nothing can go on, or only dishonestly."""
    experiment = result.session.experiment
    if not may_continue(result):
        refuse(
            "Only networks of families go on from what they learned; train this one "
            "again with other settings."
        )
    if experiment.split.get("cv_folds"):
        refuse(
            "The model has learned from the rows of every fold, so a training that "
            "begins with it could not be tested by folds. Train once without folds, "
            "then go on from that."
        )


def refuse(sentence: str) -> NoReturn:
    raise InvalidDraftError([DraftProblem("algorithm", "cannot_continue", sentence)])
