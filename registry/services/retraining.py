"""Learning a model anew: from rows to a session to a version, step by step.

A retraining is moved on by the workers' reaper, which looks every few seconds. What it
waits for are ordinary rows: a dataset version that is made, a session that trains.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from datasets.recipes import StepSpec
from datasets.services import apply_steps
from experiments.algorithms.catalogue import algorithm
from experiments.choices import SessionStatus
from experiments.drafts import Draft, check_draft
from experiments.models import TrainingSession
from experiments.offers import offered
from experiments.sessions import cancel_session, create_and_start, draft_of
from experiments.shared_splits import own_split, root
from experiments.suggestions import preset_values
from projects.activities import record_activity
from projects.exceptions import DomainError
from registry.choices import UNDER_WAY, RetrainingSource, RetrainingStatus
from registry.exceptions import (
    NothingLearnedError,
    RetrainingOverError,
    TooFewRecordsError,
)
from registry.models import ModelVersion, RegisteredModel, Retraining
from registry.services.labelled import (
    dataset_of_records,
    refuse_unfit_records,
    thin_warnings,
)
from registry.services.versions import register_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasets.models import DatasetVersion
    from experiments.models import Experiment
    from projects.models import User

logger = logging.getLogger(__name__)

#: Fewer labelled records are refused.
LEAST_RECORDS = 10


def pattern_of(model: RegisteredModel) -> TrainingSession:
    """Return the session a model is learned after: of the version in service, or of
    the newest one. Raises `NothingLearnedError` where there is none.
    """
    versions = ModelVersion.objects.select_related(
        "session__base_version__dataset", "session__experiment__version__dataset"
    )
    version = (
        versions.filter(pk=model.active_version_id).first()
        or versions.filter(model=model).first()
    )
    session = version.session if version else first_session_of(model)
    if session is None:
        raise NothingLearnedError(
            _("“%(model)s” has no version to go by; register a session first.")
            % {"model": model}
        )
    return session


def first_session_of(model: RegisteredModel) -> TrainingSession | None:
    """Return the newest session that was to make a model, before it has a version."""
    sessions = TrainingSession.objects.filter(
        pk__in=model.retrainings.values("session")
    ).select_related("base_version__dataset", "experiment__version__dataset")
    return sessions.first()


def default_parameters(experiment: Experiment, preset: str = "") -> dict[str, Any]:
    """Return all hyperparameters at their defaults, or as a preset sets them.

    Raises `InvalidDraftError` for a preset the algorithm does not have, and
    `SwitchedOffError` where the algorithm is not offered any more.
    """
    entry = offered(experiment.algorithm)
    chosen = preset_values(entry, preset)
    complete: dict[str, Any] = (
        entry.parameters_model().parse(chosen).model_dump(mode="json")
    )
    return complete


def retrained_draft(
    model: RegisteredModel, version: DatasetVersion, parameters: Mapping[str, Any]
) -> Draft:
    """Describe the model learned anew from `version`, with these hyperparameters."""
    before = draft_of(pattern_of(model).experiment)
    family = algorithm(before.algorithm).family
    # How far a target looks ahead may change with the parameters, and the gap with it.
    split = {
        name: value
        for name, value in before.split.items()
        if name != "gap" or family is None or not family.reach
    }
    if root(version) != root(before.version):
        split = own_split(split)
    return replace(
        before,
        split=split,
        version=version,
        name=f"{model.name} anew, {timezone.now():%Y-%m-%d %H:%M}",
        description=f"Retraining of the model “{model.name}”.",
        hyperparameters=dict(parameters),
        started_from=None,
    )


@transaction.atomic
def retrain_from_version(
    model: RegisteredModel,
    version: DatasetVersion,
    *,
    parameters: Mapping[str, Any],
    actor: User,
) -> Retraining:
    """Learn the model anew from the rows of a dataset version.

    Raises `InvalidDraftError` naming what does not fit, and as `pattern_of` does.
    """
    return _started(model, retrained_draft(model, version, parameters), actor)


@transaction.atomic
def train_as(draft: Draft, *, name: str, actor: User) -> Retraining:
    """Learn what a draft describes; it ends in a version of the model called `name`.

    The model is made when the project has none of that name. Raises
    `InvalidDraftError` naming what does not fit.
    """
    model, is_new = RegisteredModel.objects.get_or_create(
        project=draft.version.dataset.project,
        name=name,
        defaults={"created_by": actor},
    )
    if is_new:
        record_activity(actor, model, "created")
    return _started(model, draft, actor)


def _started(model: RegisteredModel, draft: Draft, actor: User) -> Retraining:
    session = create_and_start(draft, actor=actor)
    return _recorded(
        Retraining(
            model=model,
            source=RetrainingSource.DATASET,
            status=RetrainingStatus.TRAINING,
            draft=stored_draft(draft),
            rows_version=draft.version,
            session=session,
            created_by=actor,
        )
    )


def _recorded(retraining: Retraining, **details: Any) -> Retraining:
    """Save a new retraining and write down who asked for it."""
    retraining.save()
    record_activity(retraining.created_by, retraining, "started", **details)
    logger.info(
        "Training job created: %s (custom_config=%s) by %s",
        retraining.job_id,
        retraining.has_custom_config,
        retraining.created_by,
    )
    return retraining


def retrain_from_records(
    model: RegisteredModel,
    *,
    parameters: Mapping[str, Any],
    with_training_rows: bool,
    actor: User,
) -> Retraining:
    """Learn the model anew from the records whose outcome is known.

    They become a dataset of their own, `with_training_rows` together with the rows
    the model learned from. Raises `TooFewRecordsError`, `RecordsUnfitError`, and as
    `retrain_from_version` does.
    """
    pattern = pattern_of(model)
    refuse_unfit_records(pattern)
    labelled = model.records.labelled()
    count = labelled.count()
    if count < LEAST_RECORDS:
        raise TooFewRecordsError(
            _(
                "%(count)s records of “%(model)s” have an outcome; at least "
                "%(least_records)s are needed. Tell more outcomes on the page of "
                "its records, or retrain from a dataset."
            )
            % {"count": count, "model": model, "least_records": LEAST_RECORDS}
        )
    draft = retrained_draft(model, pattern.experiment.version, parameters)
    draft = replace(draft, split=own_split(draft.split))
    check_draft(draft)
    with transaction.atomic():
        rows_version = dataset_of_records(
            model, pattern, labelled, with_training_rows, actor
        )
        retraining = Retraining(
            model=model,
            source=RetrainingSource.RECORDS,
            draft=stored_draft(draft),
            steps=pattern.plan["steps"],
            warnings=thin_warnings(labelled, with_training_rows=with_training_rows),
            rows_version=rows_version,
            created_by=actor,
        )
        return _recorded(retraining, records=count)


def stored_draft(draft: Draft) -> dict[str, Any]:
    """Return a draft as JSON, without its version."""
    values = asdict(replace(draft, version=None))  # type: ignore[arg-type]
    return {name: value for name, value in values.items() if name != "version"}


def cancel_retraining(retraining: Retraining, *, actor: User) -> None:
    """Stop a retraining: no version comes of it. Raises `RetrainingOverError`."""
    with transaction.atomic():
        own = Retraining.objects.filter(pk=retraining.pk, status__in=UNDER_WAY)
        stopped = own.update(
            status=RetrainingStatus.CANCELLED, completed_at=timezone.now()
        )
        if not stopped:
            raise RetrainingOverError(_("This retraining is over already."))
        retraining.refresh_from_db(fields=["status", "session"])
        session = retraining.session
        if session is not None and not session.is_over:
            cancel_session(session, actor=actor)
        record_activity(actor, retraining, "cancelled")


def advance_retrainings() -> int:
    """Move every retraining on whose rows or session are ready; return how many."""
    moved = 0
    under_way = Retraining.objects.filter(status__in=UNDER_WAY)
    for pk in under_way.order_by("pk").values_list("pk", flat=True):
        moved += advance(pk)
    return moved


def advance(pk: int) -> bool:
    """Move a retraining one step on, if what it waits for is there.

    Whoever comes second finds the row moved on, and does nothing.
    """
    try:
        with transaction.atomic():
            rows = Retraining.objects.select_for_update(of=("self",)).select_related(
                "model__project", "rows_version__dataset__project", "session",
                "created_by",
            )  # fmt: skip
            retraining = rows.filter(pk=pk, status__in=UNDER_WAY).first()
            if retraining is None:
                return False
            if retraining.status == RetrainingStatus.PREPARING:
                return _train_when_ready(retraining)
            return _register_when_trained(retraining)
    except DomainError as refusal:
        logger.info("Retraining %s failed: %s", pk, refusal)
        _end(pk, RetrainingStatus.FAILED, error_message=str(refusal))
        return True


def _train_when_ready(retraining: Retraining) -> bool:
    """Apply what steps are left to the rows, or start the session on them."""
    version = retraining.rows_version
    if version is None:
        raise NothingLearnedError(_("The rows to learn from were deleted meanwhile."))
    if not version.is_over:
        return False
    if not version.is_ready:
        raise NothingLearnedError(
            _("The rows to learn from could not be made: %(error_message)s")
            % {"error_message": version.error_message}
        )
    actor = _person_of(retraining)
    if retraining.steps:
        specs = [StepSpec(**step) for step in retraining.steps]
        retraining.rows_version = apply_steps(version, specs=specs, actor=actor)
        retraining.steps = []
    else:
        draft = Draft(version=version, **retraining.draft)
        retraining.session = create_and_start(draft, actor=actor)
        retraining.status = RetrainingStatus.TRAINING
    retraining.save(update_fields=["rows_version", "steps", "session", "status"])
    return True


def _register_when_trained(retraining: Retraining) -> bool:
    """Make a version of a completed session; tell the end of any other."""
    session = retraining.session
    if session is None:
        raise NothingLearnedError(_("Its session was deleted meanwhile."))
    if not session.is_over:
        return False
    if session.status == SessionStatus.CANCELLED:
        _end(retraining.pk, RetrainingStatus.CANCELLED)
        return True
    if session.status == SessionStatus.FAILED:
        raise NothingLearnedError(session.error_message)
    version = register_version(
        session,
        name=retraining.model.name,
        notes=f"Trained from {retraining.get_source_display().lower()}.",
        actor=_person_of(retraining),
    )
    _end(retraining.pk, RetrainingStatus.COMPLETED, version=version)
    return True


def _person_of(retraining: Retraining) -> User:
    if retraining.created_by is None:
        raise NothingLearnedError(_("Whoever asked for it has no account any more."))
    return retraining.created_by


def _end(pk: int, status: RetrainingStatus, **values: Any) -> None:
    Retraining.objects.filter(pk=pk, status__in=UNDER_WAY).update(
        status=status, completed_at=timezone.now(), **values
    )
