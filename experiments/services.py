"""Everything that changes an experiment, for pages, API and admin alike."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import RestrictedError

from datamine import files
from experiments.drafts import check_draft
from experiments.exceptions import ComparisonNameError, ExperimentInUseError
from experiments.models import Experiment, SavedComparison
from projects.activities import record_activity

if TYPE_CHECKING:
    from experiments.drafts import Draft
    from projects.models import Project, User

NAME_LENGTH = 100
QUERY_LENGTH = 2000


@transaction.atomic
def create_experiment(draft: Draft, *, actor: User | None) -> Experiment:
    """Save what a draft describes, in the project of its dataset.

    Raises `InvalidDraftError` naming every field, parameter or column in the way.
    """
    plan, _ = check_draft(draft)
    version = draft.version
    experiment = Experiment.objects.create(
        project=version.dataset.project,
        dataset=version.dataset,
        version=version,
        name=draft.name.strip()[:255] or f"{plan.algorithm} on {plan.target}"[:255],
        description=draft.description.strip(),
        task=plan.task,
        algorithm=plan.algorithm,
        hyperparameters=plan.hyperparameters,
        target_column=plan.target,
        feature_columns=plan.features,
        split=plan.split.model_dump(mode="json"),
        search=plan.search.model_dump(mode="json") if plan.search else None,
        preprocessing=plan.preprocessing,
        started_from=draft.started_from,
        created_by=actor,
    )
    record_activity(actor, experiment, "created")
    return experiment


@transaction.atomic
def describe_experiment(
    experiment: Experiment, *, name: str, description: str, actor: User | None
) -> Experiment:
    """Change what an experiment is called; what it asks for never changes."""
    experiment.name = name
    experiment.description = description
    experiment.save(update_fields=["name", "description", "updated_at"])
    record_activity(actor, experiment, "described")
    return experiment


@transaction.atomic
def delete_experiment(experiment: Experiment, *, actor: User | None) -> None:
    """Remove an experiment with its sessions, results and artefacts.

    Raises `ExperimentInUseError` while a registered model version stands on it.
    """
    keys = [
        key
        for session in experiment.sessions.all()
        for token in range(1, session.fencing_token + 1)
        for key in session.attempt_keys(token)
    ]
    record_activity(actor, experiment, "deleted")
    try:
        experiment.delete()
    except RestrictedError as error:
        raise ExperimentInUseError(
            f"“{experiment}” has sessions that are registered as model versions; "
            "delete those versions first."
        ) from error
    for key in keys:
        transaction.on_commit(partial(files.delete, key))


@transaction.atomic
def save_comparison(
    project: Project, *, name: str, query: str, actor: User | None
) -> SavedComparison:
    """Keep a comparison under a name; one of that name is replaced.

    Raises `ComparisonNameError` without a name, or without experiments to compare.
    """
    wanted = name.strip()
    if not wanted or len(wanted) > NAME_LENGTH:
        raise ComparisonNameError(
            f"Give the comparison a name of at most {NAME_LENGTH} characters."
        )
    if "ids=" not in query or len(query) > QUERY_LENGTH:
        raise ComparisonNameError("There is nothing to save: choose experiments first.")
    saved, _ = SavedComparison.objects.update_or_create(
        project=project, name=wanted, defaults={"query": query, "created_by": actor}
    )
    record_activity(actor, saved, "saved")
    return saved


@transaction.atomic
def forget_comparison(saved: SavedComparison, *, actor: User | None) -> None:
    """Remove a saved comparison; the experiments stay."""
    record_activity(actor, saved, "deleted")
    saved.delete()
