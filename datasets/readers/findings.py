"""What was noticed on the way through a file."""

from __future__ import annotations

from dataclasses import dataclass, field

from datasets.readers.errors import RECORDS_TOLD, BadRecord


@dataclass
class Findings:
    """What was noticed on the way; `bad` holds the first `RECORDS_TOLD` only."""

    bad: list[BadRecord] = field(default_factory=list)
    bad_count: int = 0
    empty_lines: int = 0
    comment_lines: int = 0
    nul_bytes: int = 0
    filled: int = 0
    weights: int = 0
    reread: int = 0

    def add(self, record: BadRecord) -> None:
        """Count a bad record and keep it if it is among the first."""
        self.bad_count += 1
        if len(self.bad) < RECORDS_TOLD:
            self.bad.append(record)
