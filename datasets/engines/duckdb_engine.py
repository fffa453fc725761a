"""DuckDB: within a memory limit for pages, and the second opinion in tests."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import duckdb
import narwhals.stable.v2 as nw
import narwhals.stable.v2.selectors as ncs

from datasets.tables import ROW, ColumnType, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from datasets.engines import Columns
    from datasets.tables import Schema

TYPES: dict[ColumnType, str] = {
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DOUBLE",
    ColumnType.CATEGORY: "VARCHAR",
    ColumnType.TEXT: "VARCHAR",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.DATETIME: "TIMESTAMP",
}


class DuckDBEngine:
    """One connection of its own; not to be shared by threads.

    Parameters
    ----------
    memory_mb
        What all queries together may hold; above it a query fails, it never spills.
    threads
        How many cores a query may use.
    """

    def __init__(self, memory_mb: int = 512, threads: int = 2) -> None:
        self._connection = connect(memory_mb, threads)
        self._numbers = count()

    def scan(self, path: Path) -> nw.LazyFrame[Any]:
        frame = nw.from_native(self._connection.read_parquet(str(path)))
        return _without_nan(frame)

    def table(self, columns: Mapping[str, Sequence[Any]], schema: Schema) -> Table:
        # Names and types are ours: no text of a user reaches this statement.
        name = self._next_name()
        fields = "".join(f", {c.id} {TYPES[c.type]}" for c in schema)
        self._connection.execute(f"CREATE TABLE {name} ({ROW} BIGINT{fields})")
        values = list(zip(*(columns[c.id] for c in schema), strict=True))
        marks = ", ".join("?" * (len(schema) + 1))
        for row, record in enumerate(values):
            self._connection.execute(
                f"INSERT INTO {name} VALUES ({marks})",  # noqa: S608 -- ours
                [row, *record],
            )
        frame = nw.from_native(self._connection.table(name))
        return Table(_without_nan(frame), schema)

    def rows(self, frame: nw.LazyFrame[Any]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = frame.to_native().fetchall()
        return rows

    def keep(self, frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        name = self._next_name()
        frame.to_native().create(name)
        kept: nw.LazyFrame[Any] = nw.from_native(self._connection.table(name))
        return kept

    def write(self, frame: nw.LazyFrame[Any], path: Path) -> None:
        frame.sort(ROW).to_native().write_parquet(str(path), compression="zstd")

    def encode(
        self, frame: nw.LazyFrame[Any], column: str, values: Sequence[str]
    ) -> nw.LazyFrame[Any]:
        code = nw.col(column).replace_strict(
            list(values), list(range(len(values))), default=None, return_dtype=nw.Int64
        )
        return frame.with_columns(code)

    def forward_fill(
        self, frame: nw.LazyFrame[Any], columns: Iterable[str]
    ) -> nw.LazyFrame[Any]:
        filled = (
            nw.col(id).fill_null(strategy="forward").over(order_by=ROW)
            for id in columns
        )
        return frame.with_columns(*filled)

    def first_of_equal(
        self, frame: nw.LazyFrame[Any], columns: Sequence[str]
    ) -> nw.LazyFrame[Any]:
        first = frame.group_by(*columns).agg(nw.col(ROW).min().alias("first"))
        return frame.join(first, left_on=ROW, right_on="first", how="semi")

    def read_times(
        self, frame: nw.LazyFrame[Any], column: str, formats: Sequence[str]
    ) -> nw.LazyFrame[Any]:
        relation = frame.to_native()
        read = duckdb.FunctionExpression(
            "try_strptime",
            duckdb.ColumnExpression(column),
            duckdb.ConstantExpression(list(formats)),
        ).cast("TIMESTAMP")
        values = (
            read.alias(id) if id == column else duckdb.ColumnExpression(id)
            for id in relation.columns
        )
        return nw.from_native(relation.select(*values))

    def compile(
        self, schema: Schema, transform: Callable[[Table], Table]
    ) -> PlainTransform:
        return PlainTransform(self, schema, transform)

    def _next_name(self) -> str:
        return f"kept_{next(self._numbers)}"


class PlainTransform:
    """A chain of steps that is built anew for every few rows."""

    def __init__(
        self,
        engine: DuckDBEngine,
        schema: Schema,
        transform: Callable[[Table], Table],
    ) -> None:
        self._engine, self._inputs, self._transform = engine, schema, transform
        empty = engine.table({column.id: [] for column in schema}, schema)
        self.schema = transform(empty).schema

    def __call__(self, columns: Mapping[str, Sequence[Any]]) -> Columns:
        table = self._engine.table(columns, self._inputs)
        ids = [ROW, *(column.id for column in self.schema)]
        result = nw.from_native(self.frame(table.frame.to_native()))
        rows = self._engine.rows(result.select(ids).sort(ROW))
        return {id: [row[place] for row in rows] for place, id in enumerate(ids)}

    def frame(self, frame: Any) -> Any:
        table = Table(nw.from_native(frame), self._inputs)
        return self._transform(table).frame.to_native()


def connect(memory_mb: int, threads: int) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that loads no extension and writes no file."""
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{memory_mb}MB",
            "threads": threads,
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )


def _without_nan(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    return frame.with_columns(ncs.by_dtype(nw.Float64, nw.Float32).fill_nan(None))
