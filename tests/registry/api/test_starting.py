"""The ways in for a family: one call from a dataset to a model that is registered."""

from __future__ import annotations

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from datamine.work.children import run_inline
from experiments.models import Experiment, TrainingSession
from projects.models import Activity
from registry.models import RegisteredModel, Retraining
from registry.services import advance_retrainings
from tests.experiments.families.markets import prices_csv
from tests.factories.datasets import imported_dataset
from tests.factories.registry import flowers_in_service

pytestmark = pytest.mark.django_db
SHORT = {"days": 370, "epochs": 10, "window": 5, "batch_size": 256}


def signed_in(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def price_table(project, owner):
    table = prices_csv(450, ("BTC", "ETH"))
    return imported_dataset(project, owner, table, name="Prices")


@pytest.fixture
def order(project, price_table):
    return {
        "project": project.key, "dataset": price_table.pk, "algorithm": "volatility",
    }  # fmt: skip


def start(user, order):
    return signed_in(user).post(reverse("training-start"), order)


def train(user, project, name, body=None, query=""):
    address = reverse("model-train", args=[project.key, name])
    return signed_in(user).post(address + query, body or {})


def test_a_family_is_trained_in_one_call(member, order):
    answer = start(member, order | {"model_name": "vol", "preset": "quick"})

    experiment = Experiment.objects.get()
    assert answer.status_code == 202
    assert (answer.json()["experiment"], experiment.name) == (experiment.pk, "vol")
    assert answer.json()["model_name"] == "vol"
    assert (experiment.split["method"], experiment.split["gap"]) == ("time", 30)


@pytest.mark.parametrize("nested", [True, False])
def test_hyperparameters_stand_beside_or_in_config(member, order, nested):
    said = {"preset": "quick"} | (
        {"config": {"epochs": 30}} if nested else {"epochs": 30}
    )

    start(member, order | said)

    values = Experiment.objects.get().hyperparameters
    assert (values["days"], values["epochs"], values["patience"]) == (90, 30, 10)


def test_what_comes_of_it_is_registered(project, member, order):
    order |= {"algorithm": "regime", "model_name": "btc_regime_detector"}

    answer = start(member, order | SHORT)
    session = TrainingSession.objects.get()
    run_inline(session)
    advance_retrainings()

    job, model = Retraining.objects.get(), RegisteredModel.objects.get()
    seconds = int(job.created_at.timestamp())
    assert answer.json()["job_id"] == f"btc_regime_detector_{seconds}"
    assert (model.name, model.versions.get().session) == (job.model.name, session)
    assert model.active_version is None
    assert "Training regime model: btc_regime_detector\n" in session.log
    assert "params: days=370, epochs=10, patience=15\n" in session.log


def test_a_model_that_is_not_named_has_the_familys_name(member, order):
    answer = start(member, order)

    assert answer.json()["model_name"] == "volatility_model"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"days": 89}, "days must be between 90 and 1825"),
        ({"config": {"days": 89}}, "days must be between 90 and 1825"),
        ({"config": [1]}, "config is not a parameter here"),
        ({"batch": 3}, "batch is not a parameter here"),
        ({"preset": "slow"}, "There is no preset “slow” here. Presets: quick"),
        ({"algorithm": "knn"}, "“knn” is no family. Families: diabetes"),
        ({"algorithm": "diabetes"}, "Missing required columns"),
        ({"model_name": "a b"}, "slug"),
    ],
)
def test_what_is_wrong_is_named(member, order, changes, sentence):
    answer = start(member, order | changes)

    assert answer.status_code == 400
    assert sentence in str(answer.json()["errors"])
    assert not Experiment.objects.exists()
    assert not RegisteredModel.objects.exists()


def test_strangers_start_nothing(stranger, order):
    assert start(stranger, order).status_code == 404
    assert not Experiment.objects.exists()


def test_without_an_algorithm_the_columns_decide(member, order):
    del order["algorithm"]

    start(member, order)

    assert Experiment.objects.get().algorithm == "regime"


def test_training_an_unknown_model_makes_it(project, owner, price_table):
    answer = train(
        owner,
        project,
        "volatility_forecaster",
        {"epochs": 20},
        "?model_type=volatility",
    )

    told, job = answer.json(), Retraining.objects.get()
    assert answer.status_code == 202
    assert told["model_name"] == "volatility_forecaster" == job.model.name
    assert (told["job_id"], told["has_custom_config"]) == (job.job_id, True)
    assert job.rows_version == price_table.active_version
    made = Activity.objects.get(action="created", resource_type="registered model")
    assert made.user == owner


def test_defaults_are_told_before_the_first_version(project, owner, price_table):
    told = train(owner, project, "vol", {"model_type": "volatility"}).json()
    address = reverse("model-default-params", args=[project.key, "vol"])
    defaults = signed_in(owner).get(address).json()
    missing = signed_in(owner).get(address.replace("/vol/", "/none/"))

    assert told["has_custom_config"] is False
    config = defaults["config"]
    assert (config["days"], config["min_r2"]) == (365, 0.5)
    assert config["symbols"] == ["BTC", "ETH", "SOL"]
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "The data have the columns of none"),
        ({"model_type": "knn"}, "“knn” is no family"),
        ({"model_type": "diabetes"}, "No dataset of this project has the columns"),
        ({"model_type": "regime", "dataset": 10**9}, "There is no dataset"),
        ({"model_type": "regime", "epochs": 501}, "epochs must be between 10 and 500"),
    ],
)
def test_a_new_model_needs_a_family_and_its_rows(
    project, owner, price_table, body, sentence
):
    answer = train(owner, project, "new", body)

    assert answer.status_code == 400
    assert sentence in str(answer.json()["errors"])
    assert not RegisteredModel.objects.exists()


def test_only_owners_make_models_by_training(project, member, stranger, price_table):
    body = {"model_type": "regime"}

    answers = [train(person, project, "new", body) for person in (member, stranger)]

    assert [answer.status_code for answer in answers] == [403, 404]
    assert train(member, project, "n" * 101, body).status_code == 403
    assert not RegisteredModel.objects.exists()


def test_a_name_no_model_may_have_is_404(project, owner, price_table):
    assert train(owner, project, "n" * 101, {"model_type": "regime"}).status_code == 404


def test_a_model_is_of_one_kind(project, owner):
    flowers_in_service(project, owner)

    refused = train(owner, project, "flowers", query="?model_type=regime")
    taken = train(owner, project, "flowers", {"max_depth": 3})

    assert "“flowers” is a decision_tree model." in str(refused.json()["errors"])
    assert taken.json()["parameters"]["max_depth"] == 3
