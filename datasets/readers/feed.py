"""What every format hands over: the records of a file, as blocks to be parsed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from datasets.readers.findings import Findings
from datasets.readers.names import Names
from datasets.readers.notices import file_notices

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from datasets.monitor import Monitor
    from datasets.readers.csv.parsing import Cells, Plan
    from datasets.readers.csv.records import Block
    from datasets.readers.declared import Declared
    from datasets.readers.dialect import Dialect
    from datasets.readers.limits import Limits


class Lined(Protocol):
    """Some records, with the lines on which they begin."""

    @property
    def line(self) -> int: ...
    def line_of(self, row: int, dialect: Dialect) -> int: ...


B = TypeVar("B", bound=Lined)


class Feed(ABC, Generic[B]):
    """One file, read as often as is needed and each time from its start.

    Parameters
    ----------
    path : pathlib.Path
    dialect : Dialect
        How the file is to be read.
    limits : Limits

    Attributes
    ----------
    dialect : Dialect
        How `blocks` are written; a format without delimiters chooses its own.
    names : Names
        Of the columns, known after `prepare`.
    declared : dict of str to Declared
        By name, the columns whose type the file itself says; known after `prepare`.
    findings : Findings
        Of the last reading.
    read_bytes : int
        Bytes of the file read in the last reading.
    read_before : int
        Bytes of the file read to prepare.
    """

    def __init__(self, path: Path, dialect: Dialect, limits: Limits) -> None:
        self.path = path
        self.dialect = dialect
        self.limits = limits
        self.names = Names((), ())
        self.declared: dict[str, Declared] = {}
        self.findings = Findings()
        self.read_bytes = 0
        self.read_before = 0

    @abstractmethod
    def prepare(self, monitor: Monitor, rows: int | None = None) -> None:
        """Find the names of the columns; look at the first `rows` only, if given."""

    @abstractmethod
    def rows(self) -> Generator[tuple[int, list[str]]]:
        """Yield line and cells of each record that fits, one at a time."""

    @abstractmethod
    def blocks(self) -> Generator[B]:
        """Yield all records that fit, many at a time; others go to `findings`."""

    @abstractmethod
    def parse(self, block: B, plans: Sequence[Plan]) -> list[Cells]:
        """Read the columns of a block as planned; on any thread."""

    def notices(self) -> list[str]:
        """Return what the owner of the file should know, after a reading."""
        return [*self.names.notices, *file_notices(self.findings)]


class TextFeed(Feed["Block"]):
    """A file whose records are handed over as blocks of CSV."""

    def parse(self, block: Block, plans: Sequence[Plan]) -> list[Cells]:
        """Read the columns of a block as planned; on any thread."""
        from datasets.readers.csv.parsing import parse  # noqa: PLC0415 -- heavy import

        return parse(block, plans, self.dialect)
