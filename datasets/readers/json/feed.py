"""JSON as records: a list, the lists at a place inside, lines, or columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasets.readers.csv.records import rewritten_blocks
from datasets.readers.csv.source import Source
from datasets.readers.errors import BadRecord, ReaderError
from datasets.readers.feed import TextFeed
from datasets.readers.findings import Findings
from datasets.readers.json.document import Document, parsed
from datasets.readers.json.flatten import Cells, Key, columns, name_of, spread
from datasets.readers.json.lines import holds_lines, lines
from datasets.readers.json.paths import path_of
from datasets.readers.names import distinct_names

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from pathlib import Path

    from datasets.monitor import Monitor
    from datasets.readers.csv.records import Block
    from datasets.readers.dialect import Dialect
    from datasets.readers.limits import Limits

#: Rows between two looks for a stop.
CHECKED = 10_000

Record = tuple[int, Cells]  # its line and cells


class JsonFeed(TextFeed):
    """A JSON file; columns are all names found in any record, in order."""

    def __init__(self, path: Path, dialect: Dialect, limits: Limits) -> None:
        # Cells are handed over as plain CSV, however the dialect would read that.
        plain = {"delimiter": ",", "quote": '"', "decimal": ".", "thousands": ""}
        super().__init__(path, dialect.model_copy(update=plain), limits)
        self._keys: dict[Key, None] = {}
        self._is_lines = holds_lines(path, dialect.encoding, limits)

    def prepare(self, monitor: Monitor, rows: int | None = None) -> None:
        monitor.phase("Finding the columns")
        size = self.path.stat().st_size
        monitor.total(2 * size)
        told = 0
        for count, (_, cells) in enumerate(self._records(), 1):
            if not cells.keys() <= self._keys.keys():
                self._keys |= dict.fromkeys(cells)
                self._check_width()
            if count % CHECKED == 0:
                monitor.check()
                monitor.advance(self.read_bytes - told)
                told = self.read_bytes
            if count == rows:
                break
        monitor.advance(self.read_bytes - told)
        self.read_before = self.read_bytes
        if not self._keys and not self.findings.bad:
            raise ReaderError(
                "There are no records in this file; add some and try again."
            )
        self.names = distinct_names([name_of(key) for key in self._keys])

    def rows(self) -> Generator[tuple[int, list[str]]]:
        for line, cells in self._records():
            yield line, [cells.get(key, "") for key in self._keys]

    def blocks(self) -> Generator[Block]:
        yield from rewritten_blocks(self.rows(), self.dialect)

    def _records(self) -> Iterator[Record]:
        self.findings = Findings()
        with Source(self.path, self.dialect.encoding, self.limits) as source:
            found = self._lines(source) if self._is_lines else self._document(source)
            for record in found:
                self.read_bytes = source.read_bytes
                yield record
            self.read_bytes = source.read_bytes
            self.findings.nul_bytes = source.nul_count

    def _lines(self, source: Source) -> Iterator[Record]:
        path = path_of(self.dialect.part)
        for line, text in lines(source, self.limits):
            try:
                value = parsed(text, line)
            except ReaderError as error:
                self.findings.add(BadRecord(line, 0, 0, error.sentence))
                continue
            for cells in spread(value, path, {}):
                yield line, cells

    def _document(self, source: Source) -> Iterator[Record]:
        document = Document(source, self.limits)
        path = path_of(self.dialect.part)
        rest = document.enter(path)
        sign = document.peek()
        line = document.line
        if sign == b"[":
            for values, at in document.elements():
                for value, where in zip(values, at, strict=True):
                    for cells in spread(value, rest, {}):
                        yield where, cells
        else:
            yield from ((line, cells) for cells in _of_value(document.value()))
        if not path:
            document.finish()

    def _check_width(self) -> None:
        if len(self._keys) > self.limits.max_columns:
            raise ReaderError(
                f"The records have more than {self.limits.max_columns:,} different "
                "names, the most columns that are allowed. Choose another place of "
                "the records."
            )


def _of_value(value: object) -> Iterable[Cells]:
    if isinstance(value, dict):
        return columns(value)
    what = "text" if isinstance(value, str) else repr(value)[:40]
    raise ReaderError(
        f"There is only a single value here ({what}), no records. Choose a file, or "
        "a place in it, with a list of objects."
    )
