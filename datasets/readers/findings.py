"""What was noticed on the way through a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from datasets.readers.errors import RECORDS_TOLD, BadRecord


@dataclass
class Findings:
    """What was noticed on the way.

    `bad` and `short`, those filled, hold the first `RECORDS_TOLD` only.
    `filled` counts the short records that were filled, `shortest` is the fewest cells
    one of them had, `filled_values` counts their values by the place of the column.
    """

    bad: list[BadRecord] = field(default_factory=list)
    bad_count: int = 0
    empty_lines: int = 0
    comment_lines: int = 0
    nul_bytes: int = 0
    short: list[BadRecord] = field(default_factory=list)
    filled: int = 0
    shortest: int = 0
    filled_values: Counter[int] = field(default_factory=Counter)
    weights: int = 0
    reread: int = 0

    def add(self, record: BadRecord) -> None:
        """Count a bad record and keep it if it is among the first."""
        self.bad_count += 1
        if len(self.bad) < RECORDS_TOLD:
            self.bad.append(record)

    def add_filled(
        self, record: BadRecord, cells: Sequence[str], missing: Collection[str]
    ) -> None:
        """Count a short record and keep it if it is among the first."""
        self.shortest = min(self.shortest, len(cells)) if self.filled else len(cells)
        self.filled += 1
        self.filled_values.update(
            place for place, cell in enumerate(cells) if cell not in missing
        )
        if len(self.short) < RECORDS_TOLD:
            self.short.append(record)
