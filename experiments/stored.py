"""The files of sessions and results: what no row names any more is removed."""

from __future__ import annotations

from datasets.stored import remove_orphans
from experiments.choices import SessionStatus
from experiments.models import ARTIFACTS, CHECKPOINTS, Result, TrainingSession


def sweep_orphans() -> int:
    """Remove what a dead attempt or a deleted project left; return how many files."""
    known = set(Result.objects.values_list("artifact", flat=True))
    known |= set(Result.objects.values_list("tested", flat=True))
    alive = [SessionStatus.PENDING, SessionStatus.TRAINING]
    for session in TrainingSession.objects.filter(status__in=alive).only("checkpoints"):
        known.update(session.working_files())
    return remove_orphans([ARTIFACTS, CHECKPOINTS], known)
