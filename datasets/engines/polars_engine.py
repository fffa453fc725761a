"""Polars: the engine of jobs. Only children and tests import this module."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import polars as pl
import polars.selectors as cs

from datasets.engines.tape import Tape
from datasets.profiling import profile
from datasets.tables import DATA_PAGE, ROW, ROW_GROUP, ColumnType, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from datasets.engines import Columns
    from datasets.monitor import Monitor
    from datasets.tables import Schema

DTYPES: dict[ColumnType, Any] = {
    ColumnType.INTEGER: pl.Int64,
    ColumnType.NUMBER: pl.Float64,
    ColumnType.CATEGORY: pl.String,
    ColumnType.TEXT: pl.String,
    ColumnType.BOOLEAN: pl.Boolean,
    ColumnType.DATE: pl.Date,
    ColumnType.DATETIME: pl.Datetime("us"),
}
#: Row groups read ahead of what is done with them. With two, Polars reads on where
#: writing or joining is slower, and holds what waits: the more, the longer a file is.
READ_AHEAD = 1
#: So many rows become a frame faster row by row than column by column.
FEW = 64


class PolarsEngine:
    """Streams through files; only operations that keep memory flat belong here."""

    def __init__(self) -> None:
        # Polars looks at this whenever it opens a file.
        os.environ.setdefault("POLARS_ROW_GROUP_PREFETCH_SIZE", str(READ_AHEAD))

    def scan(self, path: Path) -> nw.LazyFrame[Any]:
        # Files keep categories as codes; steps meet text, as from every engine.
        text = (cs.categorical() | cs.enum()).cast(pl.String)
        # Told that rows lie in their order, Polars joins two files without holding one.
        rows = pl.scan_parquet(path).set_sorted(ROW)
        return nw.from_native(_without_nan(rows).with_columns(text))

    def table(self, columns: Mapping[str, Sequence[Any]], schema: Schema) -> Table:
        frame = _without_nan(_frame(columns, _dtypes(schema)).lazy())
        return Table(nw.from_native(frame), schema)

    def rows(self, frame: nw.LazyFrame[Any]) -> list[tuple[Any, ...]]:
        return _native(frame).collect(engine="streaming").rows()

    def keep(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        return nw.from_native(_native(frame).collect(engine="streaming").lazy())

    def write(self, frame: nw.LazyFrame[Any], path: Path) -> None:
        # Every operation steps use keeps the order, so the rows come sorted by `_row`.
        _native(frame).sink_parquet(
            path,
            compression="zstd",
            compression_level=1,  # a fifth less work for a hundredth more bytes
            row_group_size=ROW_GROUP,
            data_page_size=DATA_PAGE,
        )

    def encode(
        self, frame: nw.LazyFrame[Any], column: str, values: Sequence[str]
    ) -> nw.LazyFrame[Any]:
        # replace_strict() would hold the whole table in memory.
        category = pl.col(column).cast(pl.Enum(values), strict=False)
        code = category.to_physical().cast(pl.Int64)
        return nw.from_native(_native(frame).with_columns(code))

    def forward_fill(
        self, frame: nw.LazyFrame[Any], columns: Iterable[str]
    ) -> nw.LazyFrame[Any]:
        # The portable window needs twice the memory; files lie in the order of `_row`.
        filled = pl.col(list(columns)).forward_fill()
        return nw.from_native(_native(frame).with_columns(filled))

    def first_of_equal(
        self, frame: nw.LazyFrame[Any], columns: Sequence[str]
    ) -> nw.LazyFrame[Any]:
        first = _native(frame).unique(
            subset=list(columns), keep="first", maintain_order=True
        )
        return nw.from_native(first)

    def read_times(
        self, frame: nw.LazyFrame[Any], column: str, formats: Sequence[str]
    ) -> nw.LazyFrame[Any]:
        text = pl.col(column).str
        read = (
            text.to_datetime(f.replace(".%f", "%.f"), time_unit="us", strict=False)
            for f in formats
        )
        return nw.from_native(_native(frame).with_columns(pl.coalesce(list(read))))

    def compile(
        self, schema: Schema, transform: Callable[[Table], Table]
    ) -> CompiledExpressions:
        return CompiledExpressions(schema, transform)

    def profile(
        self, path: Path, schema: Schema, monitor: Monitor | None = None
    ) -> dict[str, Any]:
        return profile(path, schema, monitor)


class CompiledExpressions:
    """The expressions of a chain of steps, kept, so that one row takes microseconds.

    Building expressions through narwhals takes ten times longer than Polars needs
    to evaluate them on one row.
    """

    def __init__(self, schema: Schema, transform: Callable[[Table], Table]) -> None:
        self._dtypes = _dtypes(schema)
        empty = Tape.start({ROW: pl.Int64, **self._dtypes})
        result = transform(Table(nw.from_native(empty), schema))
        self.schema = result.schema
        self._tape = Tape.end(_native(result.frame))

    def __call__(self, columns: Mapping[str, Sequence[Any]]) -> Columns:
        values = self.frame(self._frame(columns)).to_dict(as_series=False)
        return {id: values[id] for id in (ROW, *(c.id for c in self.schema))}

    def _frame(self, columns: Mapping[str, Sequence[Any]]) -> pl.DataFrame:
        if any(len(values) > FEW for values in columns.values()):
            many = _frame(columns, self._dtypes)
            return many.with_columns(cs.float().fill_nan(None))
        # One call for all cells: a series per column costs twice as much on one row.
        cells = zip(*(_not_nan(columns[id]) for id in self._dtypes), strict=True)
        rows = [(place, *row) for place, row in enumerate(cells)]
        dtypes = {ROW: pl.Int64, **self._dtypes}
        return pl.DataFrame(rows, schema=dtypes, orient="row")

    def frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        return self._tape.play(frame)


def _native(frame: nw.LazyFrame[Any]) -> pl.LazyFrame:
    native: pl.LazyFrame = frame.to_native()
    return native


def _without_nan(frame: pl.LazyFrame) -> pl.LazyFrame:
    return frame.with_columns(cs.float().fill_nan(None))


def _dtypes(schema: Schema) -> dict[str, Any]:
    return {column.id: DTYPES[column.type] for column in schema}


def _frame(
    columns: Mapping[str, Sequence[Any]], dtypes: dict[str, Any]
) -> pl.DataFrame:
    length = max((len(values) for values in columns.values()), default=0)
    data = {ROW: range(length), **{id: columns[id] for id in dtypes}}
    return pl.DataFrame(data, schema={ROW: pl.Int64, **dtypes})


def _not_nan(values: Sequence[Any]) -> list[Any]:
    return [None if value != value else value for value in values]
