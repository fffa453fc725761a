"""What probes and people learn about the state of the site."""

import json
from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone
from django_q.models import OrmQ

from datamine import health
from datamine.models import Worker

pytestmark = pytest.mark.django_db


class Person:
    """Whoever asks, as far as these views look."""

    def __init__(self, is_staff):
        self.is_staff = is_staff


@pytest.fixture
def worker():
    return Worker.objects.create(
        name="host:1:a", clusters="fast train", seen_at=timezone.now()
    )


def ready(*, is_staff=True):
    request = RequestFactory().get("/readyz")
    request.user = Person(is_staff)
    response = health.readyz(request)
    return response.status_code, json.loads(response.content)


def test_healthz_needs_nothing():
    response = health.healthz(RequestFactory().get("/healthz"))

    assert (response.status_code, response.content) == (200, b'{"status": "alive"}')


@pytest.mark.usefixtures("worker")
def test_readyz_tells_staff_each_part():
    parts = dict.fromkeys(["database", "storage", "workers", "queue"], "ok")

    assert ready() == (200, {"status": "ready", "parts": parts})


@pytest.mark.usefixtures("worker")
def test_readyz_tells_others_no_detail():
    assert ready(is_staff=False) == (200, {"status": "ready"})


def test_readyz_without_workers():
    status, answer = ready()

    assert (status, answer["status"]) == (503, "not ready")
    assert answer["parts"]["workers"] == "No worker serves fast, train."
    assert ready(is_staff=False) == (503, {"status": "not ready"})


def test_readyz_with_a_worker_of_one_cluster(worker):
    Worker.objects.update(clusters="train")

    assert ready()[1]["parts"]["workers"] == "No worker serves fast."


def test_readyz_with_a_worker_that_is_silent(worker):
    Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=2))

    assert ready()[0] == 503


@pytest.mark.usefixtures("worker")
def test_readyz_with_messages_nobody_takes():
    OrmQ.objects.create(
        key="fast", payload="", lock=timezone.now() - timedelta(hours=1)
    )

    status, answer = ready()

    assert status == 503
    assert answer["parts"]["queue"] == "Messages of the queue wait too long."


@pytest.mark.usefixtures("worker")
def test_readyz_with_a_storage_that_cannot_be_written(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file"

    status, answer = ready()

    assert status == 503
    assert answer["parts"]["storage"] in {"FileExistsError.", "NotADirectoryError."}
