"""What the checks need to know about columns, from a stored profile or from rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datasets.tables import ColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from experiments.learning.preparation import Frame

#: With more distinct values than this, they are not counted one by one.
COUNTED_VALUES = 200
#: So many rows without a value are named.
NAMED_ROWS = 5


@dataclass(frozen=True)
class ColumnFacts:
    """One column: how much is missing, how many values there are, and which.

    `counts` holds how often each value occurs, where all of them are known; else it is
    None. `is_whole` says whether all numbers are whole, None where that is unknown.
    `missing_at` are the first rows without a value, where rows are known.
    """

    name: str
    type: ColumnType
    missing: int
    unique: int
    minimum: float | None = None
    maximum: float | None = None
    counts: Mapping[Any, int] | None = None
    is_whole: bool | None = None
    missing_at: tuple[int, ...] = ()


@dataclass(frozen=True)
class TableFacts:
    """The columns by name, and how many rows there are.

    `is_complete` is False where steps still to come may add columns.
    """

    rows: int
    columns: Mapping[str, ColumnFacts] = field(default_factory=dict)
    is_complete: bool = True


def facts_from_profile(profile: Mapping[str, Any]) -> TableFacts:
    """Return what a profile, as `datasets.profiling` makes it, knows.

    It loads no library: pages ask while someone is still choosing columns.
    """
    columns = (_profiled(column) for column in profile["columns"])
    return TableFacts(int(profile["rows"]), {c.name: c for c in columns})


def facts_from_frame(frame: Frame, *, is_complete: bool = True) -> TableFacts:
    """Return the facts of rows in memory, exactly."""
    facts = (_counted(frame, column.name) for column in frame.schema)
    return TableFacts(len(frame), {c.name: c for c in facts}, is_complete)


def _profiled(column: Mapping[str, Any]) -> ColumnFacts:
    top = {item["value"]: int(item["count"]) for item in column.get("top") or ()}
    kind = ColumnType(column["type"])
    unique = int(column.get("unique") or 0)
    minimum, maximum = column.get("minimum"), column.get("maximum")
    is_number = isinstance(minimum, int | float) and isinstance(maximum, int | float)
    return ColumnFacts(
        column["name"],
        kind,
        int(column.get("missing") or 0),
        unique,
        minimum if is_number else None,
        maximum if is_number else None,
        top if len(top) == unique else None,
        True if kind is ColumnType.INTEGER else None,
    )


def _counted(frame: Frame, name: str) -> ColumnFacts:
    column, series = frame.schema.column(name), frame.column(name)
    missing = series.null_count()
    present = series.drop_nulls() if missing else series
    unique = present.n_unique()
    counts = None
    if unique <= COUNTED_VALUES:
        values, amounts = present.value_counts().iter_columns()
        counts = dict(zip(values.to_list(), amounts.to_list(), strict=True))
    numeric = column.type in {ColumnType.INTEGER, ColumnType.NUMBER} and len(present)
    return ColumnFacts(
        name,
        column.type,
        missing,
        unique,
        _number(present.min()) if numeric else None,
        _number(present.max()) if numeric else None,
        counts,
        _is_whole(present, column.type) if numeric else None,
        tuple(frame.rows[series.is_null().arg_true()[:NAMED_ROWS]].tolist()),
    )


def _number(value: Any) -> float:
    return float(value)


def _is_whole(present: pl.Series, kind: ColumnType) -> bool:
    return kind is ColumnType.INTEGER or bool((present == present.round()).all())
