"""The files of results: what no row names any more is removed."""

from __future__ import annotations

from datasets.stored import remove_orphans
from experiments.models import ARTIFACTS, Result


def sweep_orphans() -> int:
    """Remove models whose project is gone or whose attempt died; return how many."""
    known = set(Result.objects.values_list("artifact", flat=True))
    return remove_orphans([ARTIFACTS], known)
