"""The files of batches: what no row names any more is removed."""

from __future__ import annotations

from datasets.stored import remove_orphans
from registry.choices import BatchStatus
from registry.models import BATCHES, BatchPrediction, Record


def named_files() -> dict[str, str]:
    """Return the SHA-256 of every file of batches that a row needs, by key."""
    done = BatchPrediction.objects.exclude(answers="")
    alive = [BatchStatus.PENDING, BatchStatus.RUNNING]
    waiting = BatchPrediction.objects.filter(status__in=alive)
    pairs = [
        *done.values_list("answers", "answers_sha256"),
        *waiting.values_list("rows_file", "rows_sha256"),
    ]
    return dict(pairs)


def sweep_orphans() -> int:
    """Remove what a dead attempt or a deleted model left; return how many files."""
    nothing = [BatchStatus.FAILED, BatchStatus.CANCELLED]
    Record._base_manager.filter(batch__status__in=nothing).delete()
    return remove_orphans([BATCHES], set(named_files()))
