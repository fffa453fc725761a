"""Market families in the pages: their target is computed, their split is by time."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from datamine import files
from datamine.work.children import run_inline
from experiments.drafts import Draft
from experiments.models import Experiment, TrainingSession
from experiments.sessions import create_and_start
from registry import batches, serving
from registry.drift import drift_of
from registry.exceptions import ReasonNeededError, RecordsUnfitError
from registry.gate import suggestion_for
from registry.models import RegisteredModel
from registry.services import (
    activate_version,
    give_outcome,
    keep_records,
    promote_version,
    register_version,
    retrain_from_records,
    start_batch,
)
from tests.experiments.families.markets import prices_csv
from tests.factories.datasets import imported_dataset
from tests.registry.test_batches import sent

QUICK = {"epochs": 10, "window": 10, "batch_size": 128, "days": 400}


@pytest.fixture
def price_table(project, owner):
    content = prices_csv(500, ("BTC", "ETH"))
    return imported_dataset(project, owner, content, name="Prices")


def said(dataset, **more):
    version = dataset.active_version
    return {
        "dataset": dataset.pk,
        "version": version.pk,
        "version_of": dataset.pk,
        "target": "computed-regime",
        "algorithm": "regime",
        **more,
    }


def new_url(project):
    return reverse("experiments:create", args=[project.key])


@pytest.mark.django_db
def test_what_is_computed_is_offered_as_target(client, project, owner, price_table):
    client.force_login(owner)

    page = client.get(new_url(project), said(price_table)).content.decode()
    of_a_column = client.get(new_url(project), said(price_table, target="c1"))

    assert "regime (computed from prices)" in page
    assert "algorithm_regime" in page
    assert "algorithm_knn" not in page
    assert "algorithm_regime" not in of_a_column.content.decode()


@pytest.mark.django_db
def test_split_is_by_time_with_the_gap_of_the_horizon(
    client, project, member, price_table
):
    client.force_login(member)

    client.post(new_url(project), said(price_table, action="save"))

    experiment = Experiment.objects.get()
    assert experiment.target_column == "regime"
    split = experiment.split
    assert (split["method"], split["time_column"], split["gap"]) == ("time", "date", 7)


@pytest.mark.django_db
def test_regimes_are_learned_and_held_against_persistence(
    client, project, owner, price_table
):
    client.force_login(owner)
    numbers = {f"p-{name}": value for name, value in QUICK.items()}

    client.post(
        new_url(project),
        said(price_table, parameters_of="regime:default", action="train", **numbers),
    )

    session = TrainingSession.objects.get()
    run_inline(session)
    session.refresh_from_db()
    assert (session.status, session.epochs_completed) == ("completed", 10)
    page = client.get(session.get_absolute_url()).content.decode()
    assert "Persistence (the regime stays, as often as it did)" in page


@pytest.mark.django_db
def test_volatility_is_learned_marked_and_served_for_a_reason(
    client, project, owner, price_table
):
    numbers = {"epochs": 10, "hidden_size": 32, "batch_size": 256, "days": 200}
    draft = Draft(
        version=price_table.active_version,
        name="How much it moves",
        algorithm="volatility",
        target_column="",
        feature_columns=(),
        hyperparameters=numbers,
    )
    session = create_and_start(draft, actor=owner)
    run_inline(session)
    session.refresh_from_db()
    assert session.status == "completed", session.error_message
    version = register_version(session, name="moves", actor=owner)

    found = suggestion_for(version)
    with pytest.raises(ReasonNeededError, match="Below the gate min_r2"):
        promote_version(version, reason="", actor=owner)
    promote_version(version, reason="To look at it.", actor=owner)

    assert found.needs_reason
    client.force_login(owner)
    listed = client.get(version.model.get_absolute_url()).text
    assert ">below a gate<" in listed
    for shown in (listed, client.get(version.get_absolute_url()).text):
        assert "Below the gate min_r2: " in shown
    page = client.get(session.get_absolute_url()).content.decode()
    assert "QLIKE" in page
    assert "GARCH(1,1)" in page
    one_day = {"date": "2024-01-01", "symbol": "BTC", "volume": 1}
    row = one_day | dict.fromkeys(("open", "high", "low", "close"), 5.0)
    url = reverse("model-predict", args=[project.key, "moves"])
    told = client.post(url, {"rows": [row]}, content_type="application/json").json()
    assert told["predictions"] == []
    assert "the first 1 days are history only" in told["notices"][-1]
    form = client.get(reverse("registry:predict", args=[version.model_id]))
    said_there = form.content.decode()
    assert "Several rows make one answer" in said_there
    assert "<h2>One row</h2>" not in said_there


@pytest.fixture
def regime(project, owner, price_table):
    """Return a model of regimes in service, learned in a moment."""
    draft = Draft(
        version=price_table.active_version,
        name="Which regime",
        algorithm="regime",
        target_column="",
        feature_columns=(),
        hyperparameters=QUICK,
    )
    session = create_and_start(draft, actor=owner)
    run_inline(session)
    version = register_version(session, name="regimes", actor=owner)
    activate_version(version, actor=owner)
    return version


@pytest.mark.django_db
def test_file_in_the_background_is_answered_as_a_whole(regime, owner, monkeypatch):
    """A day is answered from the days before it, which a block would cut off."""
    monkeypatch.setattr(batches, "BLOCK", 50)
    content = prices_csv(150, ("BTC", "ETH"), seed=4)
    batch = start_batch(regime.model, sent(content), keeps_records=True, actor=owner)
    run_inline(batch)
    with files.local_copy(batch.answers) as path:
        lines = list(csv.DictReader(io.StringIO(path.read_text())))
    rows = list(csv.DictReader(io.StringIO(content.decode())))

    asked = serving.predict_rows(regime, rows).predictions

    assert len(asked) > 100
    assert [int(line["row"]) - 1 for line in lines] == [one["row"] for one in asked]
    assert [line["regime"] for line in lines] == [one["prediction"] for one in asked]
    monkeypatch.setattr(batches, "WHOLE", 200)
    longer = start_batch(regime.model, sent(content), actor=owner)
    run_inline(longer)
    assert "more than 200 rows" in longer.error_message


@pytest.mark.django_db
def test_weekly_prices_are_refused_with_a_sentence(client, project, regime, owner):
    day = {"symbol": "BTC", "volume": 1.0}
    day |= dict.fromkeys(("open", "high", "low", "close"), 5.0)
    rows = [day | {"date": f"2024-01-{number:02}"} for number in (1, 8, 15, 22)]
    client.force_login(owner)

    url = reverse("model-predict", args=[project.key, "regimes"])
    told = client.post(url, {"rows": rows}, content_type="application/json")

    assert told.status_code == 400
    assert "one row a day is needed" in told.text


@pytest.mark.django_db
def test_records_of_days_are_watched_but_not_learned_from(regime, owner):
    rows = list(csv.DictReader(io.StringIO(prices_csv(300).decode())))
    answer = serving.predict_rows(regime, rows)
    records = keep_records(regime, rows, answer, actor=owner)
    for record in records[:10]:
        give_outcome(record, record.prediction, actor=owner)

    report = drift_of(RegisteredModel.objects.with_active().get())

    assert (report.columns, report.why_not) == ([], "")
    with pytest.raises(RecordsUnfitError, match="one of the several rows"):
        retrain_from_records(
            regime.model, parameters={}, with_training_rows=False, actor=owner
        )
