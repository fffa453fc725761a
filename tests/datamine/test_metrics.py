"""Figures for monitoring are those of the rows, and for staff only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ
from prometheus_client.parser import text_string_to_metric_families

from datamine.models import Worker
from tests.factories.experiments import SessionFactory
from tests.factories.projects import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def figures(client):
    client.force_login(UserFactory(is_staff=True))

    def ask() -> dict[tuple, float]:
        text = client.get("/metrics").content.decode()
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    return ask


def test_sessions_are_counted_by_status(figures):
    SessionFactory.create_batch(2, status="failed")

    assert figures()["datamine_sessions", "failed"] == 2


def test_queue_tells_how_long_the_oldest_waits(figures):
    hour_ago = timezone.now() - timedelta(hours=1)
    OrmQ.objects.create(key="fast", payload="x", lock=hour_ago)

    found = figures()

    assert found["datamine_queue_waiting", "fast"] == 1
    assert found["datamine_queue_oldest_seconds", "fast"] >= 3600


def test_only_workers_alive_are_counted(figures):
    Worker.objects.create(name="a", clusters="fast", seen_at=timezone.now())
    long_ago = timezone.now() - timedelta(hours=1)
    Worker.objects.create(name="b", clusters="fast", seen_at=long_ago)

    assert figures()["datamine_workers",] == 1


def test_figures_take_few_queries(figures, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        figures()


def test_others_learn_nothing(client):
    client.force_login(UserFactory())

    assert client.get("/metrics").status_code == 403
