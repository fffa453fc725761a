"""The page that configures and trains a model: presets, sections, how long it takes."""

from __future__ import annotations

import pytest
from django.urls import reverse

from datamine.work.children import run_inline
from experiments.drafts import Draft
from experiments.models import Experiment
from experiments.sessions import create_and_start
from registry.models import Retraining
from registry.services import register_version
from tests.experiments.families.markets import prices_csv
from tests.factories.datasets import imported_dataset

pytestmark = pytest.mark.django_db
QUICK = {"epochs": 10, "window": 5, "batch_size": 256, "days": 370}


@pytest.fixture
def model(project, owner):
    dataset = imported_dataset(
        project, owner, prices_csv(450, ("BTC", "ETH")), name="Prices"
    )
    draft = Draft(
        version=dataset.active_version,
        name="Regimes",
        algorithm="regime",
        target_column="",
        feature_columns=(),
        hyperparameters=QUICK,
    )
    session = create_and_start(draft, actor=owner)
    run_inline(session)
    # A time is only a basis beyond what every session takes, however fast the machine.
    session.training_time_seconds = 20
    session.save(update_fields=["training_time_seconds"])
    return register_version(session, name="btc_regime_detector", actor=owner).model


def page(client, model, **query) -> str:
    return client.get(
        reverse("registry:retrain", args=[model.pk]), query
    ).content.decode()


def test_sections_are_those_of_the_family(client, owner, model):
    client.force_login(owner)

    shown = page(client, model)

    headings = [shown.index(f"<h2>{t}</h2>") for t in ("Data", "Regimes")]
    assert headings == sorted(headings)
    assert shown.index("<h2>Hyperparameters</h2>") > headings[-1]
    assert "<h2>Volatility</h2>" not in shown
    assert "p-min_r2" not in shown
    assert 'name="p-days" value="370"' in shown


def test_a_preset_fills_the_form_and_the_estimate(client, owner, model):
    client.force_login(owner)

    shown = page(client, model, preset="deep")

    assert 'name="p-days" value="1095"' in shown
    assert 'name="p-epochs" value="200"' in shown
    assert 'aria-current="true">Deep Research' in shown
    assert "1 session of this algorithm here" in shown


def test_what_fits_into_a_time_is_proposed(client, owner, model):
    client.force_login(owner)

    assert 'aria-current="true"' in page(client, model, minutes="5000")
    assert "No preset is likely to end" in page(client, model, minutes="0.001")
    assert "Custom" in page(client, model, minutes="x")


def test_another_horizon_brings_its_own_gap(client, owner, model):
    client.force_login(owner)
    url = reverse("model-train", args=[model.project.key, model.name])

    answer = client.post(
        url, {"config": QUICK | {"horizon": 14}}, content_type="application/json"
    )

    assert answer.status_code == 202
    newest = Experiment.objects.order_by("-pk")[0]
    assert Retraining.objects.get().session.experiment == newest
    assert (newest.hyperparameters["horizon"], newest.split["gap"]) == (14, 14)


def test_defaults_are_told_with_their_estimate(client, owner, model):
    client.force_login(owner)
    url = reverse("model-default-params", args=[model.project.key, model.name])

    told = client.get(url).json()

    assert (told["model_name"], told["model_type"]) == (model.name, "regime")
    wanted = {
        "days": 730, "epochs": 100, "patience": 15, "batch_size": 32,
        "learning_rate": 0.001, "train_val_split": 0.8, "hidden_size": None,
        "symbols": None, "min_r2": None,
    }  # fmt: skip
    assert {name: told["config"][name] for name in wanted} == wanted
    assert told["current"]["days"] == 370
    assert told["bounds"]["days"] == {"min": 90, "max": 1825}
    assert told["estimate"]["basis"] == "1 session of this algorithm here"
