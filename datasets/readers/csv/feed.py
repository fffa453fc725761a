"""Delimited text as records."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from datasets.readers.csv.records import Records, signs_of
from datasets.readers.csv.source import Source
from datasets.readers.feed import TextFeed
from datasets.readers.names import distinct_names, invented_names

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from datasets.monitor import Monitor
    from datasets.readers.csv.records import Block


class CsvFeed(TextFeed):
    """A CSV file: its pieces are proved regular, else read record by record."""

    def prepare(self, monitor: Monitor, rows: int | None = None) -> None:
        with self._records() as records:
            if self.dialect.header:
                self.names = distinct_names(records.first)
            else:
                self.names = invented_names(records.width)

    def rows(self) -> Generator[tuple[int, list[str]]]:
        with self._records() as records:
            yield from records.rows()

    def blocks(self) -> Generator[Block]:
        from datasets.readers.csv.grammar import Prover  # noqa: PLC0415 -- heavy import

        with self._records() as records:
            prover = Prover(records.width, signs_of(self.dialect))
            for block in records.blocks(prover.shape_of):
                self.read_bytes = records.source.read_bytes
                yield block
            self.read_bytes = records.source.read_bytes

    @contextmanager
    def _records(self) -> Iterator[Records]:
        with Source(self.path, self.dialect.encoding, self.limits) as source:
            records = Records(source, self.dialect, self.limits)
            self.findings = records.findings
            yield records
            self.findings.nul_bytes = source.nul_count
