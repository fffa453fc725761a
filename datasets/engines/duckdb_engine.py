"""DuckDB: within a memory limit for pages, and the second opinion in tests."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any

import duckdb
import narwhals.stable.v2 as nw

from datasets.engines.portable import PortableEngine, without_nan
from datasets.tables import ROW, ColumnType, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

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


class DuckDBEngine(PortableEngine):
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
        return without_nan(frame)

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
        return Table(without_nan(frame), schema)

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

    def read_times(
        self, frame: nw.LazyFrame[Any], column: str, formats: Sequence[str]
    ) -> nw.LazyFrame[Any]:
        read = duckdb.FunctionExpression(
            "try_strptime",
            duckdb.ColumnExpression(column),
            duckdb.ConstantExpression(list(formats)),
        ).cast("TIMESTAMP")
        return _with(frame, {column: read})

    def since_1970(self, frame: nw.LazyFrame[Any], schema: Schema) -> nw.LazyFrame[Any]:
        counted = {
            column.id: COUNTED[column.type](duckdb.ColumnExpression(column.id))
            for column in schema
            if column.type in COUNTED
        }
        return _with(frame, counted)

    def _next_name(self) -> str:
        return f"kept_{next(self._numbers)}"


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


def _days(value: duckdb.Expression) -> duckdb.Expression:
    first = duckdb.ConstantExpression(date(1970, 1, 1))
    unit = duckdb.ConstantExpression("day")
    return duckdb.FunctionExpression("date_diff", unit, first, value)


def _microseconds(value: duckdb.Expression) -> duckdb.Expression:
    return duckdb.FunctionExpression("epoch_us", value)


COUNTED = {ColumnType.DATE: _days, ColumnType.DATETIME: _microseconds}


def _with(
    frame: nw.LazyFrame[Any], values: Mapping[str, duckdb.Expression]
) -> nw.LazyFrame[Any]:
    """Return the frame with some of its columns replaced."""
    relation = frame.to_native()
    columns = (
        values[id].alias(id) if id in values else duckdb.ColumnExpression(id)
        for id in relation.columns
    )
    return nw.from_native(relation.select(*columns))
