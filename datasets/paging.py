"""Pages of rows for people: sorted, filtered, within a memory limit, on DuckDB.

Every name that enters a statement is an id of our own making and every value is
bound, so no text of a user is ever part of a query.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from datasets.tables import COLUMN_ID, NUMERIC, ROW, ColumnType
from datasets.values import ValueTypeError, parse_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from datasets.tables import Column
    from datasets.values import Value

MEMORY_MB = 256
THREADS = 2
MAXIMUM_LIMIT = 1000

#: DuckDB's name for where a row lies in its file.
PLACE = "file_row_number"
_SOURCE = f"FROM read_parquet(?, {PLACE} = true)"
_TIMES = frozenset({ColumnType.DATE, ColumnType.DATETIME})
_ANY = frozenset(ColumnType)


class PageError(ValueError):
    """A page that cannot be shown; the text is a sentence for the user."""


@dataclass(frozen=True)
class Operator:
    """One way to compare a column with a value."""

    title: str
    condition: str
    accepts: frozenset[ColumnType] = _ANY
    needs_value: bool = True


#: All comparisons there are, by the name that pages and the API use.
OPERATORS = {
    "eq": Operator("is", "{0} = ?"),
    "ne": Operator("is not", "{0} IS DISTINCT FROM ?"),
    "lt": Operator("is less than", "{0} < ?", NUMERIC | _TIMES),
    "le": Operator("is at most", "{0} <= ?", NUMERIC | _TIMES),
    "gt": Operator("is more than", "{0} > ?", NUMERIC | _TIMES),
    "ge": Operator("is at least", "{0} >= ?", NUMERIC | _TIMES),
    "contains": Operator(
        "contains",
        "contains(lower({0}), lower(?))",
        frozenset({ColumnType.CATEGORY, ColumnType.TEXT}),
    ),
    "missing": Operator("is missing", "{0} IS NULL", needs_value=False),
    "present": Operator("is present", "{0} IS NOT NULL", needs_value=False),
}


@dataclass(frozen=True)
class Filter:
    """A condition on one column, by id, with a value of the column's type."""

    column: str
    operator: str
    value: Value | None = None


@dataclass(frozen=True)
class Page:
    """Rows in the order asked for, and how many there are on all pages."""

    rows: list[tuple[Any, ...]]
    total: int


def parse_filter(column: Column, operator: str, value: object = None) -> Filter:
    """Return the condition somebody wrote.

    Raises
    ------
    PageError
        If there is no such operator, or it or the value does not suit the column.
    """
    known = OPERATORS.get(operator)
    if known is None:
        message = f"There is no comparison “{operator[:30]}”. Use one of: "
        raise PageError(message + ", ".join(OPERATORS) + ".")
    if column.type not in known.accepts:
        raise PageError(
            f"“{column.name}” is of the type {column.type} and cannot be compared by "
            f"“{known.title}”."
        )
    if not known.needs_value:
        return Filter(column.id, operator)
    try:
        return Filter(column.id, operator, parse_value(value, column.type))
    except ValueTypeError as error:
        message = f"The filter of “{column.name}” has a wrong value: {error}"
        raise PageError(message) from error


def page(  # noqa: PLR0913 -- the sides of a page; all but two have a default
    path: Path,
    ids: Sequence[str],
    *,
    order_by: str | None = None,
    descending: bool = False,
    filters: Sequence[Filter] = (),
    offset: int = 0,
    limit: int = 50,
    memory_mb: int = MEMORY_MB,
) -> Page:
    """Read one page of a typed Parquet file.

    Parameters
    ----------
    path
        The file; its rows lie in the order of `_row`.
    ids
        The columns wanted, in order; `_row` may be among them.
    order_by, descending
        The id to sort by; missing values come last both ways, equal ones by `_row`.
        None keeps the order of the file.
    filters
        Conditions that must all hold.
    offset, limit
        Rows to pass over, and to return at most.
    memory_mb
        What all pages of this process may hold in memory together.

    Raises
    ------
    PageError
        If the page cannot be sorted within the memory.
    """
    order = [] if order_by is None else [order_by]
    if not ids:
        raise ValueError("A page needs column ids.")
    require_ids(*ids, *order, *(one.column for one in filters))
    window = [min(max(limit, 0), MAXIMUM_LIMIT), max(offset, 0)]
    query = _Query(_cursor(memory_mb), path, filters)
    with _within_memory("This page is too large to sort. Narrow it with a filter."):
        return query.page(ids, _ordering(order_by, descending), window)


def placed_rows(
    path: Path, ids: Sequence[str], places: list[int]
) -> list[tuple[Any, ...]]:
    """Return the rows that lie at these places of a file, in this order.

    Raises
    ------
    PageError
        If they do not fit into the memory of pages.
    """
    require_ids(*ids)
    with _within_memory(f"Rows of {len(ids)} columns are too large. Name fewer."):
        return _Query(_cursor(MEMORY_MB), path, ()).at(places, ", ".join(ids))


def require_ids(*ids: str) -> None:
    """Raise `ValueError` for what is no id of our making and so no part of a query."""
    if not all(id == ROW or COLUMN_ID.fullmatch(id) for id in ids):
        raise ValueError(f"These are not column ids: {list(ids)}.")


def fetch(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement of our making, its values bound by name.

    Raises
    ------
    PageError
        If it needs more than the memory of pages.
    """
    with _within_memory("This takes more memory than a page has. Choose less of it."):
        rows: list[tuple[Any, ...]] = (
            _cursor(MEMORY_MB).execute(statement, values).fetchall()
        )
        return rows


@contextmanager
def _within_memory(sentence: str) -> Iterator[None]:
    import duckdb  # noqa: PLC0415 -- heavy import

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise PageError(sentence) from error


def rows_at(
    path: Path, ids: Sequence[str], rows: Sequence[int], memory_mb: int = MEMORY_MB
) -> list[tuple[Any, ...]]:
    """Read some rows by their `_row`, in the order they are asked for.

    Parameters
    ----------
    path
        The typed Parquet file.
    ids
        The columns wanted, in order.
    rows
        At most `MAXIMUM_LIMIT` of them; one that is not there is left out.
    memory_mb
        What all pages of this process may hold in memory together.
    """
    require_ids(*ids)
    if len(rows) > MAXIMUM_LIMIT:
        raise ValueError(f"These are too many rows: {len(rows)}.")
    if not rows:
        return []
    query = _Query(_cursor(memory_mb), path, ())
    return query.at_rows(list(rows), ", ".join([ROW, *ids]))


@dataclass(frozen=True)
class _Query:
    connection: duckdb.DuckDBPyConnection
    path: Path
    filters: Sequence[Filter]

    def page(self, ids: Sequence[str], ordering: str, window: list[int]) -> Page:
        total = self._rows("count(*)", "", [])[0][0]
        wanted = ", ".join(ids)
        if not ordering:
            return Page(self._rows(wanted, "LIMIT ? OFFSET ?", window), total)
        # Sorting reads one column; the others are read for the rows of the page.
        tail = f"ORDER BY {ordering} LIMIT ? OFFSET ?"
        places = [row[0] for row in self._rows(PLACE, tail, window)]
        return Page(self.at(places, wanted), total)

    def _rows(self, wanted: str, tail: str, values: list[Any]) -> list[tuple[Any, ...]]:
        conditions = [
            OPERATORS[f.operator].condition.format(f.column) for f in self.filters
        ]
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        bound = [f.value for f in self.filters if OPERATORS[f.operator].needs_value]
        statement = f"SELECT {wanted} {_SOURCE} {where} {tail}"
        return self._fetch(statement, [*bound, *values])

    def at(self, places: list[int], wanted: str) -> list[tuple[Any, ...]]:
        if not places:
            return []
        marks = ", ".join("?" * len(places))
        statement = f"SELECT {PLACE}, {wanted} {_SOURCE} WHERE {PLACE} IN ({marks})"
        rows = {row[0]: row[1:] for row in self._fetch(statement, places)}
        return [rows[place] for place in places]

    def at_rows(self, rows: list[int], wanted: str) -> list[tuple[Any, ...]]:
        marks = ", ".join("?" * len(rows))
        statement = f"SELECT {wanted} {_SOURCE} WHERE {ROW} IN ({marks})"
        found = {row[0]: row[1:] for row in self._fetch(statement, rows)}
        return [found[row] for row in rows if row in found]

    def _fetch(self, statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
        bound = list(chain([str(self.path)], values))
        rows: list[tuple[Any, ...]] = self.connection.execute(
            statement, bound
        ).fetchall()
        return rows


def _ordering(order_by: str | None, descending: bool) -> str:
    if order_by is None or (order_by == ROW and not descending):
        return ""
    direction = "DESC" if descending else "ASC"
    # Rows lie in the order of `_row`; their place costs no second column to read.
    return f"{order_by} {direction} NULLS LAST, {PLACE}"


def _cursor(memory_mb: int) -> duckdb.DuckDBPyConnection:
    return _database(os.getpid(), memory_mb).cursor()


@cache
def _database(process: int, memory_mb: int) -> duckdb.DuckDBPyConnection:
    """Return this process's database: one limit for all its threads.

    Opening one takes longer than a page, and one inherited through a fork hangs:
    hence one for each process id.
    """
    from datasets.engines.duckdb_engine import connect  # noqa: PLC0415 -- heavy import

    return connect(memory_mb, THREADS)
