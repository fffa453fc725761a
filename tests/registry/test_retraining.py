"""From rows or records to a new version, step by step."""

from __future__ import annotations

import pytest

from datamine.work.children import run_inline
from datasets.recipes import StepSpec
from datasets.services import apply_steps
from experiments.exceptions import InvalidDraftError
from registry import serving
from registry.choices import RetrainingStatus
from registry.exceptions import (
    NothingLearnedError,
    RecordsUnfitError,
    RetrainingOverError,
    TooFewRecordsError,
)
from registry.models import ModelVersion, Retraining
from registry.services import (
    activate_version,
    advance_retrainings,
    cancel_retraining,
    give_outcome,
    keep_records,
    register_version,
    retrain_from_records,
    retrain_from_version,
)
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import (
    draft_on,
    flowers,
    flowers_draft,
    trained_session,
)
from tests.factories.projects import MembershipFactory
from tests.factories.registry import RegisteredModelFactory, flowers_in_service

pytestmark = pytest.mark.django_db

CLASSES = {"setosa": 1.5, "versicolor": 4.6, "virginica": 6.2}
PARAMETERS = {"max_depth": 3}


@pytest.fixture
def version(project, owner):
    return flowers_in_service(project, owner)


def told_records(version, count: int, actor) -> None:
    """Keep answers whose outcome is known."""
    kinds = list(CLASSES)
    truths = [kinds[number % 3] for number in range(count)]
    rows = [
        {"petal": CLASSES[truth] + n % 5 / 10, "sepal": 5.0, "colour": "white"}
        for n, truth in enumerate(truths)
    ]
    answer = serving.predict_rows(version, rows)
    records = keep_records(version, rows, answer, actor=actor)
    for record, truth in zip(records, truths, strict=True):
        give_outcome(record, truth, actor=actor)


def finished(retraining: Retraining) -> Retraining:
    """Do what workers and their reaper would do, until it is over."""
    for _ in range(6):
        for row in (retraining.rows_version, retraining.session):
            if row is not None and not row.is_over:
                run_inline(row)
        advance_retrainings()
        retraining = Retraining.objects.get(pk=retraining.pk)
        if retraining.is_over:
            break
    return retraining


def test_retrain_from_version_ends_in_a_version_not_in_service(version, owner):
    rows = version.session.experiment.version

    started = retrain_from_version(
        version.model, rows, parameters=PARAMETERS, actor=owner
    )
    assert started.status == RetrainingStatus.TRAINING
    ended = finished(started)

    assert ended.status == RetrainingStatus.COMPLETED
    assert ended.version.session.experiment.hyperparameters["max_depth"] == 3
    assert ended.version.model.active_version == version
    assert advance_retrainings() == 0


def test_page_tells_how_a_training_ended_until_its_version_served(
    client, project, version, owner
):
    rows = version.session.experiment.version
    address = version.model.get_absolute_url()
    started = retrain_from_version(
        version.model, rows, parameters=PARAMETERS, actor=owner
    )
    new = finished(started).version
    client.force_login(owner)

    told = client.get(address)
    client.force_login(MembershipFactory(project=project, role="viewer").user)
    seen = client.get(address)
    activate_version(ModelVersion.objects.get(pk=new.pk), actor=owner)
    after = client.get(address)

    words = f"{new.version} is trained: Accuracy 1.000, against 1.000 of"
    assert words in told.text
    assert f"{version.version} in service." in told.text
    assert f'?version={new.version}">Activate?' in told.text
    assert words in seen.text
    assert "Activate?" not in seen.text
    assert "is trained" not in after.text


def test_a_shared_split_does_not_bind_other_rows(version, project, owner):
    first = version.session.experiment
    shared = draft_on(
        first.dataset, "species", "petal", "sepal", "colour", name="Shared",
        split={**first.split, "same_as": first.pk},
    )  # fmt: skip
    register_version(trained_session(shared, owner), name="flowers", actor=owner)
    others = imported_dataset(project, owner, flowers(60), name="Others")

    started = retrain_from_version(
        version.model, others.active_version, parameters=PARAMETERS, actor=owner
    )
    ended = finished(started)

    assert ended.status == RetrainingStatus.COMPLETED, ended.error_message
    assert ended.version.session.experiment.split["same_as"] is None


def test_retrain_with_a_parameter_out_of_bounds_makes_nothing(version, owner):
    rows = version.session.experiment.version

    with pytest.raises(InvalidDraftError, match="max_depth must be"):
        retrain_from_version(
            version.model, rows, parameters={"max_depth": -1}, actor=owner
        )

    assert not Retraining.objects.exists()


@pytest.mark.parametrize("together", [True, False])
def test_retrain_from_records_learns_from_their_outcomes(version, owner, together):
    told_records(version, 30, owner)

    started = retrain_from_records(
        version.model, parameters={}, with_training_rows=together, actor=owner
    )
    assert started.status == RetrainingStatus.PREPARING
    ended = finished(started)

    assert (ended.status, ended.error_message) == (RetrainingStatus.COMPLETED, "")
    assert ended.rows_version.rows_count == (90 if together else 0) + 30
    assert ended.version.session.result.metrics["test"]["accuracy"] > 0.8
    types = [column["type"] for column in ended.rows_version.columns]
    asked = ended.version.session.experiment.version.schema.names
    assert len(types) == len(asked) == 4


@pytest.mark.parametrize("together", [True, False])
def test_retrain_from_records_of_whole_numbers(project, owner, together):
    lines = [f"{20 + n % 40},{'young' if n % 40 < 20 else 'old'}" for n in range(90)]
    content = "\n".join(["age,word", *lines, ""]).encode()
    dataset = imported_dataset(project, owner, content, name="Ages")
    draft = draft_on(dataset, "word", "age")
    version = register_version(trained_session(draft, owner), name="ages", actor=owner)
    rows = [
        {"age": float(20 + 2 * n % 40)} for n in range(60)
    ]  # as forms and files give them
    answer = serving.predict_rows(version, rows)
    for record in keep_records(version, rows, answer, actor=owner):
        give_outcome(record, record.prediction, actor=owner)

    started = retrain_from_records(
        version.model, parameters={}, with_training_rows=together, actor=owner
    )
    ended = finished(started)

    assert (ended.status, ended.error_message) == (RetrainingStatus.COMPLETED, "")
    assert ended.rows_version.rows_count == (90 if together else 0) + 60


def test_retrain_from_records_goes_through_the_same_steps(project, owner):
    draft = flowers_draft(project, owner)
    step = StepSpec(step="scale", columns=("petal",), parameters={"method": "zscore"})
    scaled = apply_steps(draft.version, specs=[step], actor=owner)
    run_inline(scaled)
    scaled.refresh_from_db()
    draft = type(draft)(**{**vars(draft), "version": scaled})
    version = register_version(trained_session(draft, owner), name="f", actor=owner)
    activate_version(version, actor=owner)
    told_records(version, 30, owner)

    ended = finished(
        retrain_from_records(
            version.model, parameters={}, with_training_rows=False, actor=owner
        )
    )

    assert (ended.status, ended.error_message) == (RetrainingStatus.COMPLETED, "")
    assert [s["step"] for s in ended.session.plan["steps"]] == ["scale"]
    assert ended.session.base_version.rows_count == 30


def test_too_few_records_are_refused_with_their_number(version, owner):
    told_records(version, 9, owner)

    with pytest.raises(TooFewRecordsError, match=r"^9 records .* at least 10"):
        retrain_from_records(
            version.model, parameters={}, with_training_rows=True, actor=owner
        )

    assert not Retraining.objects.exists()


def test_thin_records_are_warned_of(version, owner):
    told_records(version, 10, owner)

    started = retrain_from_records(
        version.model, parameters={}, with_training_rows=False, actor=owner
    )

    assert started.warnings[0].startswith("10 records are little to learn from")
    assert started.warnings[1] == "Only 4 records are “setosa”."


def test_records_lack_the_column_rows_are_split_by(version, owner):
    experiment = version.session.experiment
    experiment.split = {**experiment.split, "group_column": "garden"}
    experiment.save()
    told_records(version, 10, owner)

    with pytest.raises(RecordsUnfitError, match="split by “garden”"):
        retrain_from_records(
            version.model, parameters={}, with_training_rows=True, actor=owner
        )


def test_records_that_are_unfit_are_not_asked_for_more(version, owner):
    experiment = version.session.experiment
    experiment.split = {**experiment.split, "group_column": "garden"}
    experiment.save()
    told_records(version, 9, owner)

    with pytest.raises(RecordsUnfitError, match="split by “garden”"):
        retrain_from_records(
            version.model, parameters={}, with_training_rows=True, actor=owner
        )


def test_retraining_whose_session_fails_says_why(version, owner):
    rows = version.session.experiment.version
    started = retrain_from_version(version.model, rows, parameters={}, actor=owner)
    session = started.session
    session.status, session.error_message = "failed", "No memory."
    session.save()

    advance_retrainings()

    started.refresh_from_db()
    assert (started.status, started.error_message) == ("failed", "No memory.")


def test_page_shows_a_retraining_that_ended_before_it_had_a_session(
    client, version, owner
):
    told_records(version, 10, owner)
    started = retrain_from_records(
        version.model, parameters={}, with_training_rows=False, actor=owner
    )
    cancel_retraining(started, actor=owner)
    client.force_login(owner)

    page = client.get(version.model.get_absolute_url())

    assert page.status_code == 200
    assert started.job_id in page.text


def test_cancelled_retraining_stops_its_session(version, owner):
    rows = version.session.experiment.version
    started = retrain_from_version(version.model, rows, parameters={}, actor=owner)

    cancel_retraining(started, actor=owner)

    started.refresh_from_db()
    started.session.refresh_from_db()
    assert (started.status, started.session.status) == ("cancelled", "cancelled")
    assert advance_retrainings() == 0
    with pytest.raises(RetrainingOverError, match="over already"):
        cancel_retraining(started, actor=owner)


def test_model_without_a_version_cannot_be_retrained(owner):
    with pytest.raises(NothingLearnedError, match="register a session first"):
        retrain_from_records(
            RegisteredModelFactory(),
            parameters={},
            with_training_rows=True,
            actor=owner,
        )
