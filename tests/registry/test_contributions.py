"""What each value does to an answer, and what is said of unusual ones."""

from __future__ import annotations

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from registry import serving
from registry.contributions import MOST_ROWS, contributions, usual_values
from tests.factories.registry import flowers_in_service, houses_in_service

pytestmark = pytest.mark.django_db


def explained(version, row) -> dict[str, float]:
    answer = serving.predict_rows(version, [row])
    found = contributions(version.session.result, row, answer)
    return {item.name: item.difference for item in found}


def test_difference_is_that_of_the_value_alone(project, owner):
    version = houses_in_service(project, owner)
    usual = usual_values(version.session.result)
    row = {"area": usual["area"] + 10, "rooms": usual["rooms"] + 1}
    other = {**row, "area": usual["area"]}

    found = explained(version, row)

    here, there = (
        serving.predict_rows(version, [asked]).predictions[0]["prediction"]
        for asked in (row, other)
    )
    assert found["area"] == pytest.approx(here - there)
    assert found["area"] == pytest.approx(20_000, rel=0.01)
    assert list(found) == ["area", "rooms"]  # the greatest first


def test_class_is_explained_by_its_own_probability(project, owner):
    version = flowers_in_service(project, owner, algorithm="logistic_regression")
    usual = usual_values(version.session.result)
    row = {"petal": 1.4, "sepal": 5.1, "colour": "white"}

    found = explained(version, row)

    here, there = (
        serving.predict_rows(version, [asked]).predictions[0]["probabilities"]["setosa"]
        for asked in (row, {**row, "petal": usual["petal"]})
    )
    assert found["petal"] == pytest.approx(here - there)
    assert found["petal"] > 0.1


def test_usual_and_missing_values_are_left_out(project, owner):
    version = houses_in_service(project, owner)
    usual = usual_values(version.session.result)

    assert explained(version, usual) == {}
    assert explained(version, {"area": None, "rooms": 1}) == {}  # quarantined


def test_page_explains_and_warns_of_an_unusual_value(client, owner, project):
    version = flowers_in_service(project, owner)
    client.force_login(owner)
    address = reverse("registry:predict", args=[version.model_id])

    page = client.post(address, {"f0": "150", "f1": "5.1", "f2": "white"})

    assert "“petal” is 150.0; the model learned from" in page.text
    assert "What each value does" in page.text
    assert 'data-low="1.4"' in client.get(address).text


def test_call_explains_every_row_as_the_page_does_one(owner, project):
    version = flowers_in_service(project, owner, algorithm="logistic_regression")
    rows = [
        {"petal": 1.4, "sepal": 5.1, "colour": "white"},
        {"petal": "wide"},
        {"petal": 5.9, "sepal": 6.6, "colour": "blue"},
    ]
    client = APIClient()
    client.force_authenticate(owner)
    address = f"/api/projects/{project.key}/models/flowers/predict/"

    told = client.post(f"{address}?explain=1", {"rows": rows}).json()

    assert [row["row"] for row in told["quarantined"]] == [1]
    assert [row["row"] for row in told["predictions"]] == [0, 2]
    for row in told["predictions"]:
        found = {item["column"]: item["adds"] for item in row["contributions"]}
        assert found == pytest.approx(explained(version, rows[row["row"]]))
        sizes = [abs(adds) for adds in found.values()]
        assert sizes == sorted(sizes, reverse=True)
    experiment = f"/api/experiments/{version.session.experiment_id}/predict/"
    tried = client.post(f"{experiment}?explain=1", {"rows": rows}).json()
    assert tried["predictions"] == told["predictions"]


def test_more_rows_than_are_explained_are_refused(owner, project):
    flowers_in_service(project, owner)
    client = APIClient()
    client.force_authenticate(owner)
    address = f"/api/projects/{project.key}/models/flowers/predict/?explain=1"

    answer = client.post(address, {"rows": [{}] * (MOST_ROWS + 1)})

    assert answer.status_code == 400
    assert "101 rows are more than the 100" in answer.json()["errors"][0]["detail"]
