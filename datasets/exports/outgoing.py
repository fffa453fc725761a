"""A stored table on its way out, piece by piece within little memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import parquet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datasets.tables import Schema

PIECE_CELLS = 1_000_000


class TooLargeError(Exception):
    """A table that a format cannot hold; the text is a sentence."""


@dataclass(frozen=True)
class Outgoing:
    """A version's table and what is asked of its copy.

    Parameters
    ----------
    path
        The version's Parquet file.
    schema
        The columns that go out, under the names people gave them.
    name
        What the table is called, for formats that say so.
    is_for_programs
        Whether text stays as it is; else what a spreadsheet would run as a formula
        gets an apostrophe in front, in formats that spreadsheets open.
    scratch
        Where a format that cannot be sent before it is whole puts its file.
    """

    path: Path
    schema: Schema
    name: str = "table"
    is_for_programs: bool = True
    scratch: Path | None = None

    def pieces(self, per_cell: int = 1) -> Iterator[pa.RecordBatch]:
        """Yield the rows without `_row`, so many at a time as fit a steady memory.

        `per_cell` says how many times the usual memory a cell takes. An empty table
        yields one empty piece.
        """
        ids = [column.id for column in self.schema]
        size = max(PIECE_CELLS // per_cell // max(len(ids), 1), 1)
        with parquet.ParquetFile(self.path) as file:
            if not file.metadata.num_rows:
                yield _empty(file.schema_arrow, ids)
                return
            for piece in file.iter_batches(batch_size=size, columns=ids):
                yield piece.select(ids)


def _empty(schema: pa.Schema, ids: list[str]) -> pa.RecordBatch:
    fields = [schema.field(id) for id in ids]
    arrays = [pa.array([], type=field.type) for field in fields]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))
