"""The life of a training session: started here, trained in a child, ended once."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from datamine import files
from datamine.away import is_away
from datamine.leases import MAX_ATTEMPTS, request_cancel
from datamine.queue import ring
from datasets.recipes import StepSpec, learning_starts
from datasets.stored import DamagedFileError, verified
from experiments.algorithms.catalogue import algorithm
from experiments.choices import Preprocessing, SessionStatus
from experiments.drafts import Draft, findings, plan_of
from experiments.earlier_weights import weights_of
from experiments.exceptions import (
    DraftProblem,
    InvalidDraftError,
    SessionRunningError,
    SessionStateError,
)
from experiments.learning.plans import Plan
from experiments.metrics import headline_of
from experiments.models import Experiment, Result, TrainingSession
from experiments.services import create_experiment
from experiments.shared_splits import digest_to_keep, kept_rows
from projects.activities import record_activity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datamine.leases import Lease
    from datasets.models import DatasetVersion
    from experiments.learning.artifacts import ArtifactReceipt
    from experiments.learning.outcomes import Outcome
    from projects.models import User

#: Threads that wait for each other cost more than they bring on smaller tables.
FEW_CELLS = 500_000
#: The hyperparameters that say how long a network is trained.
LENGTH = ("days", "epochs", "patience")
#: What `Result` keeps in fields of its own; the rest of an outcome is its details.
OWN_FIELDS = ("metrics", "baseline", "warnings", "split_digest", "signature")


@transaction.atomic
def start_session(experiment: Experiment, *, actor: User | None) -> TrainingSession:
    """Freeze the plan and ask a worker to train it.

    Raises `SessionRunningError` while another session is under way, and
    `InvalidDraftError` if the data no longer allow the plan.
    """
    experiment = Experiment.objects.select_for_update(of=("self",)).get(
        pk=experiment.pk
    )
    sessions = experiment.sessions
    alive = sessions.filter(status__in=[SessionStatus.PENDING, SessionStatus.TRAINING])
    if running := alive.first():
        raise SessionRunningError(
            f"Session {running.number} of this experiment is under way; wait for its "
            "end or cancel it."
        )
    base_version, plan = frozen_plan(experiment)
    last = sessions.aggregate(last=Max("number"))["last"] or 0
    session: TrainingSession = sessions.create(
        number=last + 1,
        base_version=base_version,
        plan=plan.model_dump(mode="json"),
        created_by=actor,
    )
    Experiment.objects.filter(pk=experiment.pk).update(
        latest_session=session, training_seconds=None
    )
    ring(session)
    record_activity(actor, session, "started")
    return session


@transaction.atomic
def create_and_start(draft: Draft, *, actor: User | None) -> TrainingSession:
    """Save an experiment and start its first session: both, or nothing."""
    return start_session(create_experiment(draft, actor=actor), actor=actor)


def frozen_plan(experiment: Experiment) -> tuple[DatasetVersion, Plan]:
    """Return the version whose rows are split, and the plan with its recipe."""
    plan = plan_of(draft_of(experiment))
    found = findings(plan, experiment.version)
    if not found.valid:
        raise InvalidDraftError(
            DraftProblem("feature_columns", p.code, p.detail, p.column)
            for p in found.problems
        )
    plan = plan.model_copy(update={"split_digest": digest_to_keep(experiment.split)})
    if experiment.preprocessing == Preprocessing.AS_IS:
        return experiment.version, plan
    base_version, steps = split_history(experiment.version)
    return base_version, plan.model_copy(update={"steps": steps})


def draft_of(experiment: Experiment) -> Draft:
    """Return the experiment as a draft, to check it again or to start a new one."""
    return Draft(
        version=experiment.version,
        name=experiment.name,
        description=experiment.description,
        algorithm=experiment.algorithm,
        hyperparameters=experiment.hyperparameters,
        target_column=experiment.target_column,
        feature_columns=tuple(experiment.feature_columns),
        split=experiment.split,
        search=experiment.search,
        preprocessing=experiment.preprocessing,
        started_from=experiment.started_from,
    )


def split_history(version: DatasetVersion) -> tuple[DatasetVersion, list[StepSpec]]:
    """Return the last version before the first learning step, and the steps after.

    The steps of the versions from the import to `version` are one recipe; where
    none of them learns, `version` itself is the base and there are none.
    """
    path = [version]
    while parent := path[0].parent:
        path.insert(0, parent)
    recipes = [item.specs for item in path]
    for place, specs in enumerate(recipes):
        if learning_starts(specs) is not None:
            after = [spec for recipe in recipes[place:] for spec in recipe]
            return path[place - 1], after
    return version, []


def learning_steps(version: DatasetVersion) -> list[StepSpec]:
    """Return the steps that will be fitted inside the folds, none where none learns."""
    return split_history(version)[1]


def cancel_session(session: TrainingSession, *, actor: User | None) -> None:
    """Stop a session: at once if it waits, within two seconds if it trains.

    Raises `SessionStateError` if it is over.
    """
    with transaction.atomic():
        if not request_cancel(session):
            session.refresh_from_db(fields=["status"])
            raise SessionStateError(
                f"Session {session.number} is {session.status}; there is nothing to "
                "cancel."
            )
        record_activity(actor, session, "cancelled")
    session.refresh_from_db()


def train_in_child(session_id: int, lease: Lease) -> None:
    """Train a session that this process holds, and keep what came out.

    Model and predictions are written first, under keys of this attempt alone; the
    result and the end of the session are one transaction, which a lost lease undoes.
    """
    from experiments.learning.problems import TrainingError  # noqa: PLC0415 -- heavy import

    rows = TrainingSession.objects.select_related("base_version", "experiment")
    session = rows.get(pk=session_id)
    started = time.perf_counter()
    try:
        outcome = trained(session, lease)
    except (TrainingError, DamagedFileError) as error:
        lease.fail(str(error))
        return
    lease.monitor.phase("storing the model")
    lease.monitor.flush()  # the last moment to hear of a cancellation
    try:
        receipt = stored_artifact(outcome, session, session.artifact_key(lease.token))
        tested = stored_tested(outcome, session.tested_key(lease.token))
        seconds = time.perf_counter() - started
        receipts = Receipts(receipt, tested)
        lease.conclude(lambda: finish(session, lease, outcome, receipts, seconds))
    except BaseException as error:  # whatever it was: no file without its row
        if not is_away(error):  # else the row may be there; the reaper will see
            forget_files(session, lease.token)
        raise
    for token in range(1, lease.token):  # attempts that died before they could tidy
        forget_files(session, token)


def forget_files(session: TrainingSession, token: int) -> None:
    """Remove what the attempt with this token stored, if anything."""
    for key in session.attempt_keys(token):
        files.delete(key)


def trained(session: TrainingSession, lease: Lease) -> Outcome:
    """Return what training on the base version's rows gives."""
    from datasets.engines import engine  # noqa: PLC0415 -- heavy import
    from datasets.tables import Table  # noqa: PLC0415 -- heavy import
    from experiments.families.kept_inputs import (  # noqa: PLC0415 -- heavy import
        Shelf,
        kept_on,
    )
    from experiments.resuming import SessionCheckpoints  # noqa: PLC0415 -- heavy import
    from experiments.searching.fanning import cluster  # noqa: PLC0415 -- heavy import
    from experiments.training import train  # noqa: PLC0415 -- heavy import

    version = session.base_version
    plan = Plan.model_validate(session.plan)
    cells = version.rows_count * len(plan.features)
    many = cells > FEW_CELLS or algorithm(plan.algorithm).by_epochs
    threads = int(os.environ.get("OMP_NUM_THREADS", "1")) if many else 1
    lease.monitor.taken_up()  # nothing so far: an attempt before may have found more
    lease.monitor.log("Starting model training.")
    if lease.attempt > 1:
        lease.monitor.log(f"Attempt {lease.attempt} of {MAX_ATTEMPTS}.")
    for line in announced(session, plan):
        lease.monitor.log(line)
    lease.monitor.log(f"Reading version {version.number}, {version.rows_count:,} rows.")
    with verified(version.data, version.sha256) as path:
        table = Table(engine("polars").scan(path), version.schema)
        kept, split = SessionCheckpoints(session, lease), None
        if plan.split.same_as and plan.split_digest:
            split = kept_rows(plan.split.same_as, plan.split_digest)
        start = start_of(session, plan)
        shelf = Shelf(settings.INPUTS_DIR, settings.LIMITS.inputs_bytes)
        with kept_on(shelf), cluster(settings.SEARCH_CLUSTER if plan.search else ""):
            return train(plan, table, lease.monitor, threads, kept, split, start)


def start_of(session: TrainingSession, plan: Plan) -> bytes | None:
    """Return the weights a network begins with; None where they are drawn."""
    if plan.started_from is None:
        return None
    return weights_of(session.experiment.started_from, plan.started_from)


def announced(session: TrainingSession, plan: Plan) -> Iterator[str]:
    """Yield what is trained, and of a network how long at the most."""
    yield f"Training {plan.algorithm} model: {session.experiment.name}"
    chosen = plan.hyperparameters
    told = [f"{name}={chosen[name]}" for name in LENGTH if name in chosen]
    if told:
        yield f"{plan.algorithm.capitalize()} training params: {', '.join(told)}"


def stored_artifact(
    outcome: Outcome, session: TrainingSession, key: str
) -> ArtifactReceipt:
    """Write the artefact here, then keep it in the storage under `key`."""
    from experiments.learning.artifacts import write_artifact  # noqa: PLC0415 -- heavy import

    plan = Plan.model_validate(session.plan)
    secret = settings.ARTIFACT_KEY.encode()
    with tempfile.TemporaryDirectory(dir=files.scratch()) as folder:
        path = Path(folder, "model.zip")
        receipt = write_artifact(outcome, plan, path, secret)
        files.store(path, key)
    return receipt


def stored_tested(outcome: Outcome, key: str) -> str:
    """Keep the predictions of the tested rows under `key`; return their SHA-256."""
    with tempfile.TemporaryDirectory(dir=files.scratch()) as folder:
        path = Path(folder, "tested.npz")
        path.write_bytes(outcome.tested.to_bytes())
        files.store(path, key)
        return files.digest(path)


class Receipts(NamedTuple):
    """What is known of the files of an attempt once they are stored."""

    artifact: ArtifactReceipt
    tested_sha256: str


@transaction.atomic
def finish(
    session: TrainingSession,
    lease: Lease,
    outcome: Outcome,
    receipts: Receipts,
    seconds: float,
) -> None:
    """End the session and write its result: both, or nothing if the lease is lost."""
    found = outcome.to_json()
    key = session.artifact_key(lease.token)
    lease.monitor.log(f"Model saved to {key}.")
    lease.monitor.log(f"Training completed in {seconds:.1f} s.")
    lease.finish(training_time_seconds=seconds)
    own = {name: found.pop(name) for name in OWN_FIELDS}
    Result.objects.create(
        session=session,
        **own,
        details=found,
        artifact=key,
        artifact_sha256=receipts.artifact.sha256,
        artifact_hmac=receipts.artifact.hmac,
        artifact_size=receipts.artifact.size,
        tested=session.tested_key(lease.token),
        tested_sha256=receipts.tested_sha256,
    )
    Experiment.objects.filter(pk=session.experiment_id).update(
        headline=headline_of(own["metrics"]), training_seconds=seconds
    )
