"""Kept predictions and retraining over the API: shapes, rights, refusals."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from registry.models import Record, Retraining
from registry.services import give_outcome
from tests.factories.projects import MembershipFactory, UserFactory
from tests.factories.registry import flowers_in_service

pytestmark = pytest.mark.django_db

ROW = {"petal": 1.5, "sepal": 5.1, "colour": "white"}
JSON = "json"


def signed_in(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def api(owner) -> APIClient:
    return signed_in(owner)


@pytest.fixture
def viewer(project):
    user = UserFactory()
    MembershipFactory(project=project, user=user, role="viewer")
    return signed_in(user)


@pytest.fixture
def address(project, owner) -> str:
    version = flowers_in_service(project, owner)
    return f"/api/projects/{project.key}/models/{version.model.name}/"


def kept(api: APIClient, address: str, count: int) -> list[int]:
    answer = api.post(
        f"{address}predict/?store=1", {"rows": [ROW] * count}, format=JSON
    )
    return [row["record"] for row in answer.json()["predictions"]]


def test_predict_with_store_names_the_record(api, address):
    (number,) = kept(api, address, 1)

    shown = api.get(f"{address}records/").json()["results"]

    assert [(r["id"], r["prediction"], r["actual"]) for r in shown] == [
        (number, "setosa", None)
    ]
    assert shown[0]["inputs"] == ROW


def test_predict_without_store_keeps_nothing(api, address):
    answer = api.post(f"{address}predict/", {"rows": [ROW]}, format=JSON)

    assert "record" not in answer.json()["predictions"][0]
    assert not Record.objects.exists()


def test_predict_with_an_unclear_store_is_400(api, address):
    answer = api.post(f"{address}predict/?store=maybe", {"rows": [ROW]}, format=JSON)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "store"


def test_viewer_predicts_but_keeps_and_tells_nothing(api, viewer, address):
    (number,) = kept(api, address, 1)

    asked = viewer.post(f"{address}predict/", {"rows": [ROW]}, format=JSON)
    refused = [
        viewer.post(f"{address}predict/?store=1", {"rows": [ROW]}, format=JSON),
        viewer.patch(f"{address}records/{number}/", {"actual": "setosa"}, format=JSON),
        viewer.post(f"{address}retrain/", {}, format=JSON),
        viewer.post(f"{address}train/", {}, format=JSON),
    ]

    assert asked.status_code == 200
    assert [answer.status_code for answer in refused] == [403] * 4
    assert Record.objects.count() == 1


def test_outcome_is_told_and_corrected(api, address):
    (number,) = kept(api, address, 1)

    told = api.patch(f"{address}records/{number}/", {"actual": "red"}, format=JSON)
    right = api.patch(f"{address}records/{number}/", {"actual": "setosa"}, format=JSON)

    assert (told.status_code, told.json()["errors"][0]["attr"]) == (400, "actual")
    assert (right.json()["actual"], right.json()["is_right"]) == ("setosa", True)
    waiting = api.get(f"{address}records/", {"labelled": "false"}).json()
    assert waiting["count"] == 0


def test_stranger_sees_no_record(api, address, stranger):
    (number,) = kept(api, address, 1)
    other = signed_in(stranger)

    answers = [
        other.get(f"{address}records/"),
        other.patch(f"{address}records/{number}/", {"actual": "setosa"}, format=JSON),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_file_of_outcomes_is_taken(api, address):
    first, second = kept(api, address, 2)
    content = f"record,actual\n{first},setosa\n{second},rose\n".encode()

    answer = api.post(
        f"{address}records/outcomes/",
        {"file": SimpleUploadedFile("told.csv", content)},
        format="multipart",
    )

    assert answer.status_code == 200
    assert answer.json()["given"] == 1
    assert answer.json()["refused"][0]["line"] == 3


def test_default_parameters_come_with_bounds_and_presets(api, address):
    shown = api.get(f"{address}default-params/").json()

    assert (shown["model_name"], shown["model_type"]) == ("flowers", "decision_tree")
    assert shown["config"]["max_depth"] is None
    assert shown["bounds"]["max_depth"]["min"] == 1


def test_retrain_answers_202_and_where_to_look(api, address):
    answer = api.post(f"{address}retrain/", {"max_depth": 2}, format=JSON)

    assert answer.status_code == 202
    shown = api.get(answer["Location"]).json()
    assert shown == answer.json()
    assert (shown["status"], shown["success"]) == ("training", None)
    assert shown["parameters"]["max_depth"] == 2


def test_retrain_out_of_bounds_names_parameter_and_range(api, address):
    answers = [
        api.post(f"{address}retrain/", {"max_depth": 0}, format=JSON),
        api.post(f"{address}retrain/", {"epochs": 10}, format=JSON),
        api.post(f"{address}train/", {"config": {"max_depth": 0}}, format=JSON),
        api.post(f"{address}train/", {"preset": "deep"}, format=JSON),
        api.post(f"{address}retrain/", {"dataset": 99999}, format=JSON),
        api.post(f"{address}retrain/", [1], format=JSON),
    ]

    assert [answer.status_code for answer in answers] == [400] * 6
    first = answers[0].json()["errors"][0]
    assert first["attr"] == "hyperparameters.max_depth"
    assert "between 1 and" in first["detail"]
    assert not Retraining.objects.exists()


def test_retrain_from_few_records_is_409_with_their_number(api, address, owner):
    for number in kept(api, address, 3):
        give_outcome(Record.objects.get(pk=number), "setosa", actor=owner)

    answer = api.post(f"{address}retrain/", {"use_database": True}, format=JSON)

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["detail"].startswith("3 records of")


def test_train_sent_again_starts_once_and_can_be_cancelled(api, address):
    answers = [
        api.post(f"{address}train/", {}, format=JSON, headers={"Idempotency-Key": "a"})
        for _ in range(2)
    ]

    stopped = api.post(f"{answers[0]['Location']}cancel/")

    assert [answer.json()["id"] for answer in answers] == [answers[0].json()["id"]] * 2
    assert stopped.json()["status"] == "cancelled"
    assert api.post(f"{answers[0]['Location']}cancel/").status_code == 409
