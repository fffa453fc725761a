"""A session from its start to its result."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django_q.models import OrmQ

from datamine.leases import claim
from datamine.work.children import perform, run_inline
from experiments import services, sessions
from experiments.exceptions import SessionRunningError, SessionStateError
from experiments.models import Result, TrainingSession
from tests.factories.datasets import DatasetVersionFactory, imported_dataset
from tests.factories.experiments import (
    SessionFactory,
    draft_on,
    flowers,
    flowers_draft,
    houses_draft,
    trained_session,
)

pytestmark = pytest.mark.usefixtures("own_files")


@pytest.mark.django_db
def test_session_trains_a_classification_to_a_result(project, owner):
    draft = flowers_draft(project, owner)

    session = trained_session(draft, owner)

    assert (session.status, session.error_message) == ("completed", "")
    result = Result.objects.get(session=session)
    assert result.metrics["test"]["accuracy"] == 1
    said = [line.partition(" ")[2] for line in session.log.splitlines()]
    assert said[0] == "Starting model training."
    assert said[-2] == f"Model saved to {result.artifact}."
    assert said[-1].startswith("Training completed in ")
    session.experiment.refresh_from_db()
    assert session.experiment.headline["accuracy"] == 1
    assert session.experiment.latest_session == session


@pytest.mark.django_db
def test_session_trains_a_regression_to_a_result(project, owner):
    session = trained_session(houses_draft(project, owner), owner)

    assert (session.status, session.error_message) == ("completed", "")
    assert session.result.metrics["test"]["r2"] > 0.99


@pytest.mark.django_db
def test_session_waits_for_a_worker_with_a_frozen_plan(project, owner):
    experiment = services.create_experiment(flowers_draft(project, owner), actor=owner)
    rung = OrmQ.objects.count()

    session = sessions.start_session(experiment, actor=owner)

    assert (session.status, session.number) == ("pending", 1)
    assert session.plan["hyperparameters"]["max_depth"] is None
    assert session.base_version == experiment.version
    assert OrmQ.objects.count() == rung + 1
    experiment.refresh_from_db()
    assert experiment.latest_session == session


@pytest.mark.django_db
def test_session_is_refused_while_another_is_under_way(project, owner):
    experiment = services.create_experiment(flowers_draft(project, owner), actor=owner)
    sessions.start_session(experiment, actor=owner)

    with pytest.raises(SessionRunningError, match="Session 1 of this experiment"):
        sessions.start_session(experiment, actor=owner)

    assert experiment.sessions.count() == 1


@pytest.mark.django_db
def test_learning_steps_after_the_base_are_fitted_inside_the_folds(project, owner):
    dataset = imported_dataset(project, owner, flowers(), name="Flowers")
    first = dataset.active_version
    plain = child_of(first, "fill_missing", {"strategy": "constant", "value": "0"})
    learned = child_of(plain, "fill_missing", {"strategy": "mean"})
    last = child_of(learned, "scale", {"method": "zscore"})

    base, steps = sessions.split_history(last)

    assert base == plain
    assert [spec.step for spec in steps] == ["fill_missing", "scale"]


@pytest.mark.django_db
def test_version_without_learning_steps_is_its_own_base(project, owner):
    dataset = imported_dataset(project, owner, flowers(), name="Flowers")
    first = dataset.active_version
    plain = child_of(first, "fill_missing", {"strategy": "constant", "value": "0"})

    assert sessions.split_history(plain) == (plain, [])


@pytest.mark.django_db
def test_data_as_they_stand_are_trained_on_without_steps(project, owner):
    dataset = imported_dataset(project, owner, flowers(), name="Flowers")
    scaled = child_of(dataset.active_version, "scale", {"method": "zscore"})
    draft = replace(
        draft_on(dataset, "species", "petal", preprocessing="as_is"), version=scaled
    )
    experiment = services.create_experiment(draft, actor=owner)

    base, plan = sessions.frozen_plan(experiment)

    assert (base, plan.steps) == (scaled, [])


@pytest.mark.django_db
def test_waiting_session_is_cancelled_at_once(project, owner):
    session = sessions.create_and_start(flowers_draft(project, owner), actor=owner)

    sessions.cancel_session(session, actor=owner)

    assert session.status == "cancelled"
    assert project.activities.first().action == "cancelled"


@pytest.mark.django_db
def test_session_that_is_over_cannot_be_cancelled(project, owner):
    session = SessionFactory(status="completed", experiment__dataset__project=project)

    with pytest.raises(SessionStateError, match="is completed; there is nothing"):
        sessions.cancel_session(session, actor=owner)


@pytest.mark.django_db
def test_session_cancelled_while_it_trains_keeps_nothing(project, owner):
    session = sessions.create_and_start(flowers_draft(project, owner), actor=owner)
    lease = claim(TrainingSession, session.pk, worker="test")
    sessions.cancel_session(session, actor=owner)

    perform(lease)

    session.refresh_from_db()
    assert session.status == "cancelled"
    assert stored_artifacts() == []
    assert not Result.objects.exists()


@pytest.mark.django_db
def test_session_taken_away_before_its_end_keeps_nothing(project, owner):
    session = sessions.create_and_start(flowers_draft(project, owner), actor=owner)
    lease = claim(TrainingSession, session.pk, worker="lost")
    TrainingSession.objects.filter(pk=session.pk).update(fencing_token=2)

    perform(lease)

    session.refresh_from_db()
    assert session.status == "training"
    assert stored_artifacts() == []
    assert not Result.objects.exists()


@pytest.mark.django_db
def test_later_attempt_tidies_what_a_dead_one_left(project, owner):
    session = sessions.create_and_start(flowers_draft(project, owner), actor=owner)
    left = session.artifact_key(1)
    default_storage.save(left, ContentFile(b"half"))
    TrainingSession.objects.filter(pk=session.pk).update(fencing_token=1)

    run_inline(session)

    assert session.status == "completed"
    assert sorted(stored_artifacts()) == sorted(session.attempt_keys(2))


@pytest.mark.django_db
def test_later_attempt_that_finds_nothing_forgets_what_another_found(project, owner):
    session = sessions.create_and_start(flowers_draft(project, owner), actor=owner)
    TrainingSession.objects.filter(pk=session.pk).update(progress_found=0.6)

    run_inline(session)

    assert (session.status, session.progress_found) == ("completed", 0)


@pytest.mark.django_db
def test_session_on_damaged_data_fails_with_the_reason(project, owner):
    session = sessions.create_and_start(flowers_draft(project, owner), actor=owner)
    default_storage.delete(session.base_version.data)

    run_inline(session)

    assert session.status == "failed"
    assert session.error_message.startswith("The stored data are gone.")


@pytest.mark.django_db
def test_session_on_other_rows_than_the_profile_says_fails_in_words(project, owner):
    session = sessions.create_and_start(flowers_draft(project, owner), actor=owner)
    session.plan["features"] = ["nothing"]
    session.save()

    run_inline(session)

    assert session.status == "failed"
    assert "“nothing”" in session.error_message


def child_of(parent, step, parameters):
    number = parent.number + 1
    return DatasetVersionFactory(
        dataset=parent.dataset,
        number=number,
        parent=parent,
        columns=parent.columns,
        profile=parent.profile,
        rows_count=parent.rows_count,
        steps=[{"step": step, "columns": ["petal"], "parameters": parameters}],
    )


def stored_artifacts():
    folders = default_storage.listdir("artifacts")[0] if artifacts_exist() else []
    return [
        f"artifacts/{folder}/{name}"
        for folder in folders
        for name in default_storage.listdir(f"artifacts/{folder}")[1]
    ]


def artifacts_exist():
    return default_storage.exists("artifacts")
