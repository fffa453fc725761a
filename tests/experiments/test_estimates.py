"""How long a session still takes, told from how it went so far."""

from datetime import timedelta

import pytest
from django.utils import timezone

from experiments.estimates import seconds_left
from tests.factories.experiments import SessionFactory

pytestmark = pytest.mark.django_db


def session(**state):
    begun = timezone.now() - timedelta(seconds=60)
    return SessionFactory.build(started_at=begun, **({"status": "training"} | state))


@pytest.mark.parametrize(
    ("progress", "found", "seconds"), [(0.25, 0, 180), (0.75, 0, 20), (0.75, 0.5, 60)]
)
def test_pace_is_that_of_the_attempt_itself(progress, found, seconds):
    left = seconds_left(session(progress=progress, progress_found=found))

    assert left == pytest.approx(seconds, rel=0.01)


@pytest.mark.parametrize(
    "state",
    [
        {"progress": 0.01},
        {"progress": 0.61, "progress_found": 0.6},
        {"progress": 0.5, "status": "pending"},
        {"progress": 1, "status": "completed"},
    ],
)
def test_nothing_is_told_where_nobody_can_tell(state):
    assert seconds_left(session(**state)) is None
