"""What the work of one row may use, by the queue it goes through."""

from __future__ import annotations

from typing import NamedTuple

from datamine import env


class WorkLimits(NamedTuple):
    """The most that one child process may take."""

    memory_mb: int
    seconds: int


LIMITS = {
    "fast": WorkLimits(env.LIMITS.import_memory_mb, env.LIMITS.import_seconds),
    "train": WorkLimits(env.LIMITS.training_memory_mb, env.LIMITS.training_seconds),
}
