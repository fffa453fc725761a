"""What must be true after every fault."""

from experiments.models import Result, TrainingSession
from tests.workload.invariants import violations
from tests.workload.rows import ended, wait_for


def check(rows):
    """Wait for the end of every row, then check what must hold whatever happened."""
    patience = max(300, 5 * len(rows))  # one may have to wait for all the others
    for row in rows:
        wait_for(ended(row), patience, every=0.1)
    assert violations() == []
    done = TrainingSession.objects.filter(status="completed")
    assert Result.objects.count() == done.count()
    assert set(Result.objects.values_list("session", flat=True)) == set(
        done.values_list("pk", flat=True)
    )
