from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from datamine.api.waiting import preferred_wait, wait_until
from projects.models import Project, RememberedAnswer

pytestmark = pytest.mark.django_db

URL = "/api/projects/"


@pytest.fixture
def api(owner):
    client = APIClient()
    client.force_authenticate(owner)
    return client


def create(client, name="Stars", key="once"):
    return client.post(URL, {"name": name}, headers={"Idempotency-Key": key})


def test_same_key_gives_the_same_answer_once(api):
    first, second = create(api), create(api)

    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Project.objects.count() == 1


def test_same_key_with_another_body_is_a_conflict(api):
    create(api)

    response = create(api, name="Moons")

    assert response.status_code == 409
    assert response.json()["errors"][0]["code"] == "idempotency_key_reused"
    assert Project.objects.count() == 1


def test_another_key_is_another_request(api):
    create(api)
    create(api, key="twice")

    assert Project.objects.count() == 2


def test_key_of_another_person_is_another_key(api, stranger):
    create(api)
    other = APIClient()
    other.force_authenticate(stranger)

    create(other)

    assert Project.objects.count() == 2


def test_refusal_is_not_remembered(api):
    refused = create(api, name="")
    made = create(api, name="Stars")

    assert (refused.status_code, made.status_code) == (400, 201)


def test_key_is_forgotten_after_a_day(api):
    create(api)
    RememberedAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))

    create(api)

    assert Project.objects.count() == 2
    assert RememberedAnswer.objects.count() == 1


def test_key_that_is_too_long_is_refused(api):
    response = create(api, key="k" * 201)

    assert response.status_code == 400
    assert Project.objects.count() == 0


def test_body_that_is_no_object_is_refused(api):
    response = api.post(
        URL, "[1]", content_type="application/json", headers={"Idempotency-Key": "k"}
    )

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0),
        ("wait=5", 5),
        ("respond-async, wait=10", 10),
        ("wait=9999", 60),
        ("wait=-3", 0),
        ("await=5", 0),
    ],
)
def test_preferred_wait_reads_the_header(rf, header, seconds):
    request = rf.get("/", headers={"Prefer": header})

    assert preferred_wait(request) == seconds


def test_wait_until_ends_when_it_is_done_or_time_is_up():
    answers = iter([False, True])

    assert wait_until(lambda: next(answers), 5) is True
    assert wait_until(lambda: False, 0) is False
