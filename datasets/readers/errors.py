"""What a reader says when a file cannot become a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: How many bad records are told one by one; the rest is only counted.
RECORDS_TOLD = 100


@dataclass(frozen=True)
class BadRecord:
    """One record that does not fit the table.

    `line` is the physical line (from 1) on which the record begins, `expected` and
    `found` are numbers of cells, `detail` says it in words.
    """

    line: int
    expected: int
    found: int
    detail: str


class ReaderError(Exception):
    """A file, or a setting for reading it, that cannot be used.

    Parameters
    ----------
    sentence : str
        What is wrong, where, and what to do next; fit for the user.
    line : int, optional
        The physical line, from 1.
    column : str, optional
        The name of the column.
    records : sequence of BadRecord
        The first bad records, `RECORDS_TOLD` at most.
    """

    def __init__(
        self,
        sentence: str,
        line: int | None = None,
        column: str | None = None,
        records: Sequence[BadRecord] = (),
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line
        self.column = column
        self.records = tuple(records[:RECORDS_TOLD])
