"""Parquet as records: columns keep their types, nothing is guessed from text."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from datasets.readers.arrays import NO_TEXT, texts
from datasets.readers.columnar.types import as_text, converted, notice, target_of
from datasets.readers.conversion import ARROW_TYPES
from datasets.readers.csv.parsing import read_as
from datasets.readers.declared import Declared
from datasets.readers.errors import ReaderError
from datasets.readers.feed import Feed
from datasets.readers.findings import Findings
from datasets.readers.kinds import candidates_for
from datasets.readers.names import distinct_names

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from datasets.monitor import Monitor
    from datasets.readers.csv.parsing import Cells, Plan
    from datasets.readers.dialect import Dialect

#: Cells read at a time.
CELLS = 1_000_000
FEWEST_ROWS = 100
OF_ARROW = {arrow: type for type, arrow in ARROW_TYPES.items() if arrow != pa.string()}


@dataclass(frozen=True)
class Batch:
    """Some rows; `line` is the place of the first, from 1, for there are no lines."""

    columns: list[pa.Array]
    line: int

    def line_of(self, row: int, dialect: Dialect) -> int:
        """Return the place of a row of the batch in the file."""
        return self.line + row


class ParquetFeed(Feed[Batch]):
    """A Parquet file; its schema says the names and types of all columns."""

    def prepare(self, monitor: Monitor, rows: int | None = None) -> None:
        with self._opened() as file:
            self._schema = file.schema_arrow
        if len(self._schema) > self.limits.max_columns:
            raise ReaderError(
                f"The file has {len(self._schema):,} columns; at most "
                f"{self.limits.max_columns:,} are allowed."
            )
        self.names = distinct_names(self._schema.names)
        pairs = zip(self.names.names, self._schema.types, strict=True)
        self.declared = {name: declared(type, self.dialect) for name, type in pairs}

    def rows(self) -> Generator[tuple[int, list[str]]]:
        for batch in self.blocks():
            named = zip(batch.columns, self.names.names, strict=True)
            cells = [as_text(converted(column, name)) for column, name in named]
            found = zip(*(column.to_pylist() for column in cells), strict=True)
            for row, values in enumerate(found):
                yield batch.line + row, ["" if v is None else v for v in values]

    def blocks(self) -> Generator[Batch]:
        self.findings = Findings()
        size = self.path.stat().st_size
        most = max(FEWEST_ROWS, CELLS // max(1, len(self._schema)))
        with self._opened() as file:
            done, total = 0, max(1, file.metadata.num_rows)
            for batch in file.iter_batches(batch_size=most, use_threads=False):
                self.read_bytes = size * (done + batch.num_rows) // total
                yield Batch(batch.columns, done + 1)
                done += batch.num_rows

    def parse(self, block: Batch, plans: Sequence[Plan]) -> list[Cells]:
        named = zip(block.columns, self.names.names, plans, strict=True)
        return [self._column(column, name, plan) for column, name, plan in named]

    def notices(self) -> list[str]:
        pairs = zip(self.names.names, self._schema.types, strict=True)
        told = [(name, notice(type)) for name, type in pairs]
        changes = [f"Column “{name[:60]}”: {text}" for name, text in told if text]
        return [*super().notices(), *changes]

    def _column(self, column: pa.Array, name: str, plan: Plan) -> Cells:
        """Return a column as it is where its type is the planned one, else by text."""
        wanted = pa.string() if plan.kind is None else ARROW_TYPES[plan.kind.type]
        if target_of(column.type) == wanted:
            column = converted(column, name)
        else:
            column = as_text(converted(column, name))
        if column.type == pa.string():
            missing = pc.is_in(column, texts(self.dialect.missing_markers))
            column = pc.if_else(missing, NO_TEXT, column)
        return read_as(column, plan)

    @contextmanager
    def _opened(self) -> Iterator[pq.ParquetFile]:
        try:
            with pq.ParquetFile(self.path) as file:
                yield file
        except (pa.ArrowException, OSError) as error:
            raise ReaderError(
                "The Parquet file is damaged, cut off or encrypted, so that its "
                "columns cannot be read. Write it again and upload that."
            ) from error


def declared(type: pa.DataType, dialect: Dialect) -> Declared:
    """Return what a type of Arrow says of a column."""
    found = OF_ARROW.get(target_of(type))
    if found is None:
        return Declared(None)
    return Declared(found, candidates_for(found, dialect))
