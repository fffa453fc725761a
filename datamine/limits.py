"""What the work of one row may use, by the queue it goes through."""

from __future__ import annotations

from typing import NamedTuple

from datamine import env
from datasets.words import word


class WorkLimits(NamedTuple):
    """The most that one child process may take, and what takes less."""

    memory_mb: int
    seconds: int
    smaller: str = word("fewer rows or columns")

    @property
    def memory_sentence(self) -> str:
        """What is said of work that wanted more, whoever noticed it first."""
        return (
            f"The work needed more than the {self.memory_mb} MB of memory it may "
            f"have. Use {self.smaller}, or ask for a higher limit."
        )

    @property
    def time_sentence(self) -> str:
        return (
            f"The work took longer than the {self.seconds} s it may have. "
            f"Use {self.smaller}, or ask for a higher limit."
        )


LIMITS = {
    "fast": WorkLimits(env.LIMITS.import_memory_mb, env.LIMITS.import_seconds),
    "train": WorkLimits(
        env.LIMITS.training_memory_mb,
        env.LIMITS.training_seconds,
        word("fewer rows or columns, smaller batches or a smaller network"),
    ),
}
