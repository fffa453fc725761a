"""How much a step changed: rows and cells that differ between two tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from datasets.tables import NUMERIC, ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasets.engines import Engine
    from datasets.tables import Column, Table

#: So many columns are compared in one query; more would need more memory.
AT_ONCE = 200


@dataclass(frozen=True)
class Changes:
    """What differs between a table and what became of it.

    Parameters
    ----------
    rows_before, rows_after
        Numbers of rows.
    rows_changed
        Rows kept with at least one other value, and rows dropped. Beyond `AT_ONCE`
        compared columns it is the largest such number of any group of them.
    cells
        Changed cells by column name, for columns that both tables have.
    """

    rows_before: int
    rows_after: int
    rows_changed: int
    cells: dict[str, int]

    @property
    def cells_changed(self) -> int:
        """The number of changed cells in all columns."""
        return sum(self.cells.values())


def count_changes(
    before: Table, after: Table, names: Sequence[str], engine: Engine
) -> Changes:
    """Compare the columns called `names`, row by row, by their `_row`.

    Values that are equal as numbers are equal: 3 and 3.0 are no change. A column
    that only one of the tables has is not compared.

    Parameters
    ----------
    before, after
        The tables; both lazy, of the same engine.
    names
        The columns the steps worked on, by name.
    engine
        What computes.
    """
    both = set(before.schema.names) & set(after.schema.names)
    compared = [name for name in dict.fromkeys(names) if name in both]
    rows_before, rows_after = (_length(t, engine) for t in (before, after))
    cells: dict[str, int] = {}
    touched = 0
    for start in range(0, len(compared), AT_ONCE):
        some = compared[start : start + AT_ONCE]
        counted = _compare(before, after, some, engine)
        cells.update(zip(some, counted[1:], strict=True))
        touched = max(touched, counted[0])
    dropped = max(rows_before - rows_after, 0)
    return Changes(rows_before, rows_after, touched + dropped, cells)


def _length(table: Table, engine: Engine) -> int:
    return int(engine.rows(table.frame.select(nw.len()))[0][0])


def _compare(
    before: Table, after: Table, names: Sequence[str], engine: Engine
) -> list[int]:
    """Return the number of rows with a change, then the changes of each column."""
    pairs = [(before.schema.column(n), after.schema.column(n)) for n in names]
    old = (_comparable(a, b).alias(f"a{i}") for i, (a, b) in enumerate(pairs))
    new = (_comparable(b, a).alias(f"b{i}") for i, (a, b) in enumerate(pairs))
    joined = before.frame.select(ROW, *old).join(
        after.frame.select(ROW, *new), on=ROW, how="inner"
    )
    places = [f"d{i}" for i in range(len(names))]
    marked = joined.select(
        *(_differs(f"a{i}", f"b{i}").alias(f"d{i}") for i in range(len(names)))
    )
    counted = marked.select(
        nw.any_horizontal(*places, ignore_nulls=True).cast(nw.Int64).sum().alias("any"),
        *(nw.col(place).cast(nw.Int64).sum() for place in places),
    )
    row: tuple[Any, ...] = engine.rows(counted)[0]
    return [int(value or 0) for value in row]


def _comparable(column: Column, other: Column) -> nw.Expr:
    """Return the column's values, as text where the other has another type."""
    value = nw.col(column.id)
    alike = column.type == other.type or {column.type, other.type} <= NUMERIC
    return value if alike else value.cast(nw.String)


def _differs(a: str, b: str) -> nw.Expr:
    left, right = nw.col(a), nw.col(b)
    one_missing = left.is_null() != right.is_null()
    return one_missing | (left != right).fill_null(False)
