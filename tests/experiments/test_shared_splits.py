from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from experiments.exceptions import InvalidDraftError
from experiments.models import Experiment
from experiments.sessions import start_session
from tests.factories.datasets import imported_dataset
from tests.factories.experiments import (
    draft_on,
    flowers,
    flowers_draft,
    trained_session,
)

SPLIT = {"train_ratio": 0.6, "cv_folds": 3, "random_seed": 9}


@pytest.fixture
def first(project, owner, own_files):
    """A trained experiment whose split others take."""
    return trained_session(flowers_draft(project, owner, split=SPLIT), owner)


def on_same_split(first, **said):
    dataset = first.experiment.dataset
    said.setdefault("split", {"same_as": first.experiment_id})
    return draft_on(dataset, "species", "petal", **said)


@pytest.mark.django_db
def test_split_is_taken_row_for_row(first, owner):
    second = trained_session(on_same_split(first, algorithm="knn"), owner)

    assert second.error_message == ""
    assert second.result.split_digest == first.result.split_digest
    assert second.experiment.split["random_seed"] == 9
    assert len(second.result.metrics["cross_validation"]["accuracy"]["folds"]) == 3


@pytest.mark.django_db
def test_split_by_classes_serves_numbers_too(first, owner):
    draft = on_same_split(first, algorithm="linear_regression")

    second = trained_session(replace(draft, target_column="sepal"), owner)

    assert second.error_message == ""
    assert second.result.split_digest == first.result.split_digest


@pytest.mark.django_db
def test_split_whose_model_is_gone_stops_the_session(first, owner):
    from datamine import files  # noqa: PLC0415 -- app ready

    files.delete(first.result.artifact)

    second = trained_session(on_same_split(first), owner)

    assert second.status == "failed"
    assert "Train that experiment again" in second.error_message


@pytest.mark.django_db
def test_split_of_other_data_is_refused(first, project, owner):
    other = imported_dataset(project, owner, flowers(60), name="Others")
    draft = draft_on(other, "species", "petal", split={"same_as": first.experiment_id})

    with pytest.raises(InvalidDraftError, match="learned from other data"):
        trained_session(draft, owner)


@pytest.mark.django_db
def test_split_of_an_untrained_experiment_is_refused(first, owner):
    untrained = Experiment.objects.create(
        project=first.project,
        dataset=first.experiment.dataset,
        version=first.experiment.version,
        name="Only saved",
        task="classification",
        algorithm="knn",
        target_column="species",
        feature_columns=["petal"],
    )

    with pytest.raises(InvalidDraftError, match="no completed session yet"):
        trained_session(on_same_split(first, split={"same_as": untrained.pk}), owner)


@pytest.mark.django_db
def test_split_of_another_project_does_not_exist(first, owner):
    from tests.factories.projects import ProjectFactory  # noqa: PLC0415 -- app ready

    Experiment.objects.update(project=ProjectFactory())

    with pytest.raises(InvalidDraftError, match="no experiment"):
        trained_session(on_same_split(first), owner)


@pytest.mark.django_db
def test_split_that_was_deleted_is_told_at_the_next_training(first, owner):
    second = trained_session(on_same_split(first), owner).experiment
    first.experiment.delete()

    with pytest.raises(InvalidDraftError, match="no experiment"):
        start_session(second, actor=owner)


@pytest.mark.django_db
def test_page_offers_the_split_and_hides_what_it_decides(client, first, owner):
    client.force_login(owner)
    page = client.get(first.get_absolute_url())
    place = reverse("experiments:create", args=[first.project.key])
    address = f"{place}?like={first.experiment_id}"

    setup = client.get(address).context["setup"]

    assert address in page.content.decode()
    assert [field.name for field in setup.split.fields] == ["same_as", "learning_curve"]
    assert setup.draft().split["same_as"] == first.experiment_id
    assert client.get(address).context["plan"].split.cv_folds == 3


@pytest.mark.django_db
def test_split_that_is_no_longer_shared_is_the_usual_one(client, first, owner):
    client.force_login(owner)
    said = {
        "dataset": first.experiment.dataset_id,
        "target": "c3",
        "split_shown": "1:shared",
        "split-same_as": "",
    }
    address = reverse("experiments:create", args=[first.project.key])

    setup = client.post(address, said).context["setup"]

    assert setup.draft().split["stratified"] is True
    assert setup.split.shares == "80/20"


@pytest.mark.django_db
@pytest.mark.parametrize("said", [{"same_as": 0}, {"same_as": "x"}, {"same_as": 2**62}])
def test_api_refuses_splits_that_cannot_be(client, first, owner, said):
    client.force_login(owner)
    body = {
        "project": first.project.key,
        "name": "Mine",
        "dataset": first.experiment.dataset_id,
        "algorithm": "knn",
        "target_column": "species",
        "feature_columns": ["petal"],
        "split": said,
    }

    response = client.post("/api/experiments/", body, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == "split.same_as"
