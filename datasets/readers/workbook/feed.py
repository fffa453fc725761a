"""A sheet of a workbook as records."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from datasets.readers.csv.records import rewritten_blocks
from datasets.readers.errors import ReaderError
from datasets.readers.feed import TextFeed
from datasets.readers.findings import Findings
from datasets.readers.names import distinct_names, invented_names
from datasets.readers.workbook.sheets import opened, records, sheet_of
from datasets.words import word

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from datasets.monitor import Monitor
    from datasets.readers.csv.records import Block
    from datasets.readers.dialect import Dialect
    from datasets.readers.limits import Limits


class WorkbookFeed(TextFeed):
    """A sheet: formulas by their results, merged cells by their first one."""

    def __init__(self, path: Path, dialect: Dialect, limits: Limits) -> None:
        plain = {"delimiter": ",", "quote": '"', "decimal": ".", "thousands": ""}
        super().__init__(path, dialect.model_copy(update=plain), limits)
        self._merged = 0

    def prepare(self, monitor: Monitor, rows: int | None = None) -> None:
        with opened(self.path) as workbook:
            sheet = sheet_of(workbook, self.dialect.part)
            self._merged = len(sheet.merged_cell_ranges or ())
            _, first = next(records(sheet), (0, []))
        if not first:
            raise ReaderError("This sheet has no rows; choose another, or add some.")
        if len(first) > self.limits.max_columns:
            raise ReaderError(
                f"The sheet has {len(first):,} columns; at most "
                f"{self.limits.max_columns:,} are allowed."
            )
        named = self.dialect.header
        self.names = distinct_names(first) if named else invented_names(len(first))

    def rows(self) -> Generator[tuple[int, list[str]]]:
        self.findings = Findings()
        with opened(self.path) as workbook:
            found = records(sheet_of(workbook, self.dialect.part))
            first = next(found)
            yield from found if self.dialect.header else chain([first], found)

    def blocks(self) -> Generator[Block]:
        yield from rewritten_blocks(self.rows(), self.dialect)
        self.read_bytes = self.path.stat().st_size

    def notices(self) -> list[str]:
        what = (
            word("1 merged cell has its")
            if self._merged == 1
            else (word(f"{self._merged:,} merged cells have their"))
        )
        told = [f"{what} value in the first of its cells only."] if self._merged else []
        return [*super().notices(), *told]
