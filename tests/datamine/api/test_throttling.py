import dataclasses

import pytest
from django.test import Client

from datamine.api import throttling
from datamine.api.throttling import Meter


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(throttling, "monotonic", made)
    return made


def test_meter_lets_a_minutes_calls_pass_at_once(clock):
    meter = Meter(3)

    waits = [meter.wait(b"a") for _ in range(4)]

    assert waits == [0, 0, 0, 20]


def test_meter_lets_one_more_pass_after_the_wait(clock):
    meter = Meter(3)
    for _ in range(3):
        meter.wait(b"a")

    clock.now += 20

    assert [meter.wait(b"a"), meter.wait(b"a")] == [0, 20]


def test_meter_counts_each_caller_alone(clock):
    meter = Meter(1)

    assert [meter.wait(b"a"), meter.wait(b"b"), meter.wait(b"a")] == [0, 0, 60]


def test_meter_of_zero_lets_all_pass():
    meter = Meter(0)

    assert {meter.wait(b"a") for _ in range(1000)} == {0}


def test_meter_stays_small_in_a_flood_of_callers(clock, monkeypatch):
    monkeypatch.setattr(throttling, "MOST", 10)
    meter = Meter(1)

    for number in range(100):
        meter.wait(str(number).encode())

    assert len(meter._over) <= 10


@pytest.mark.django_db
def test_too_many_calls_are_told_when_to_come_back(settings):
    settings.LIMITS = dataclasses.replace(settings.LIMITS, calls_per_address=2)
    client = Client()

    answers = [client.get("/api/me/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert 29 <= int(answers[2]["Retry-After"]) <= 30
    assert answers[2].json()["errors"][0]["code"] == "throttled"
    assert client.get("/account/login/").status_code == 200


@pytest.mark.django_db
def test_one_token_does_not_use_up_anothers_calls(settings):
    settings.LIMITS = dataclasses.replace(settings.LIMITS, calls_per_token=1)
    client = Client()

    def call(token):
        return client.get("/api/me/", headers={"Authorization": f"Bearer {token}"})

    assert [call(token).status_code for token in ("a", "a", "b")] == [401, 429, 401]


@pytest.mark.django_db
def test_call_through_a_socket_without_an_address_is_taken():
    assert Client(REMOTE_ADDR="").get("/api/me/").status_code == 401
    assert Client(REMOTE_ADDR=None).get("/api/me/").status_code == 401
