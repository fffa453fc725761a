"""The profile of a stored table by queries alone, for tables that outgrow a process.

The figures are those of `datasets.profiling.table`, which reads whole columns. Here
only what a profile shows leaves the engine, and the rows that columns are compared on.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import polars as pl

from datasets.monitor import Monitor, SilentMonitor
from datasets.profiling.advice import about_column, about_pairs, about_table
from datasets.profiling.numbers import (
    QUANTILES,
    TOP,
    edges_between,
    fences,
    or_none,
    told_as_times,
)
from datasets.profiling.relations import (
    BITS,
    COMPARED,
    PATTERNS,
    Relations,
    is_comparable,
    patterns,
    spacing,
)
from datasets.profiling.words import COMPARED as FEW_VALUES
from datasets.profiling.words import word_figures
from datasets.steps.settling import means_and_deviations
from datasets.tables import NUMERIC, ROW, Column, ColumnType, Schema, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from datasets.engines.portable import PortableEngine

    Figures = dict[str, Any]

#: Columns asked about in one query: each brings some 25 sums along.
AT_ONCE = 8
#: Rows that are numbered together where some numbers are missing.
BLOCK = 1_000_000
_TIMES = {ColumnType.DATE: pl.Date(), ColumnType.DATETIME: pl.Datetime("us")}
_MEASURED = NUMERIC | set(_TIMES)
_DTYPES = {ColumnType.INTEGER: pl.Int64(), ColumnType.NUMBER: pl.Float64()} | {
    ColumnType.CATEGORY: pl.String(),
    ColumnType.BOOLEAN: pl.Boolean(),
}


def profile_by_queries(
    path: Path,
    schema: Schema,
    engine: PortableEngine,
    monitor: Monitor | None = None,
) -> dict[str, Any]:
    """Describe a typed Parquet file as `datasets.profiling.profile` does.

    Means and deviations are right to twelve digits, all else is the same.

    Parameters
    ----------
    path, schema
        The file, with `_row` and these columns.
    engine
        What computes.
    monitor
        Told of each column; asked whether to stop.
    """
    stored = _Stored.open(path, schema, engine, monitor or SilentMonitor())
    described = [
        figures | {"warnings": about_column(figures, stored.rows)}
        for figures in _described(stored)
    ]
    every = spacing(stored.rows)
    pairs = _pairs(stored, every, described)
    about_pairs(described, pairs)
    whole = {
        "rows": stored.rows,
        "columns": described,
        "duplicates": _duplicates(stored, described),
        "relations": {"every": every, "pairs": pairs},
        "missing_patterns": _missing_patterns(stored, described),
    }
    return whole | {"warnings": about_table(whole)}


@dataclass(frozen=True)
class _Stored:
    """A table to ask: its dates are days, its times microseconds since 1970."""

    frame: nw.LazyFrame[Any]
    schema: Schema
    engine: PortableEngine
    monitor: Monitor
    rows: int

    @classmethod
    def open(
        cls, path: Path, schema: Schema, engine: PortableEngine, monitor: Monitor
    ) -> _Stored:
        frame = engine.since_1970(engine.scan(path), schema)
        rows = int(engine.rows(frame.select(nw.len()))[0][0])
        return cls(frame, schema, engine, monitor, rows)

    def ask(self, asked: Sequence[Sequence[nw.Expr]]) -> list[tuple[Any, ...]]:
        """Return the answers to several questions about each of some columns."""
        named = (
            figure.alias(f"f{column}_{place}")
            for column, figures in enumerate(asked)
            for place, figure in enumerate(figures)
        )
        answers = iter(self.engine.rows(self.frame.select(*named))[0])
        return [tuple(next(answers) for _ in figures) for figures in asked]


def _described(stored: _Stored) -> Iterator[Figures]:
    """Yield the figures of each column, without warnings."""
    columns = stored.schema.columns
    for start in range(0, len(columns), AT_ONCE):
        some = columns[start : start + AT_ONCE]
        present = stored.ask([[nw.col(column.id).count()] for column in some])
        measured = _measured(stored, [c for c in some if c.type in _MEASURED])
        for column, (count,) in zip(some, present, strict=True):
            stored.monitor.check()
            head = {"id": column.id, "name": column.name, "type": column.type.value}
            found = measured.get(column.id) or _words(stored, column, count)
            yield head | {"missing": stored.rows - count} | found


# ------------------------------------------------------------------ numbers, times


def _measured(stored: _Stored, columns: Sequence[Column]) -> dict[str, Figures]:
    """Return the figures of numbers, dates and times, by id."""
    if not columns:
        return {}
    basic = stored.ask([_basic_figures(column) for column in columns])
    found = {
        column.id: _named(column, figures)
        for column, figures in zip(columns, basic, strict=True)
    }
    _add_spread(stored, columns, found)
    numbers = [column for column in columns if column.type in NUMERIC]
    _add_moments(stored, numbers, found)
    for column in columns:
        found[column.id] |= _frequent(stored, column)
        if column.type in _TIMES:
            found[column.id] = told_as_times(found[column.id], _TIMES[column.type])
    return found


def _finite(column: Column) -> nw.Expr:
    value = nw.col(column.id)
    if column.type is ColumnType.NUMBER:
        return nw.when(value.is_finite()).then(value)
    return value


def _number(column: Column) -> nw.Expr:
    return _finite(column).cast(nw.Float64)


def _basic_figures(column: Column) -> list[nw.Expr]:
    value = _finite(column)
    return [
        nw.col(column.id).count(),
        value.count(),
        value.min(),
        value.max(),
        _times(value == 0),
        _times(value < 0),
        *(_number(column).quantile(share, "linear") for share in QUANTILES),
    ]


def _times(condition: nw.Expr) -> nw.Expr:
    """Return how often it is true."""
    return condition.cast(nw.Int64).sum()


def _named(column: Column, figures: tuple[Any, ...]) -> Figures:
    present, finite, low, high, zeros, negatives, *quartiles = figures
    shares = map(str, QUANTILES)
    return {
        "minimum": low,
        "maximum": high,
        "quantiles": dict(zip(shares, quartiles, strict=True)),
        "zeros": zeros or 0,
        "negatives": negatives or 0,
        "infinite": present - finite,
        "lengths": None,
        "finite": finite,
    }


def _add_spread(
    stored: _Stored, columns: Sequence[Column], found: dict[str, Figures]
) -> None:
    """Add histogram and outliers, which are counted by what is known already."""
    some = [column for column in columns if found[column.id]["finite"]]
    edges = [edges_between(*_ends(found[column.id])) for column in some]
    asked = [
        [_outside(column, found[column.id]), *_below(column, inner[1:-1])]
        for column, inner in zip(some, edges, strict=True)
    ]
    answers = stored.ask(asked) if some else []
    for column, marks, (outside, *below) in zip(some, edges, answers, strict=True):
        figures = found[column.id]
        counts = [b - a for a, b in pairwise([0, *below, figures["finite"]])]
        figures["histogram"] = {"edges": marks, "counts": counts}
        figures["outliers"] = outside
    for figures in found.values():
        empty = {"histogram": None, "outliers": 0}
        figures.update({key: figures.get(key, empty[key]) for key in empty})
        del figures["finite"]


def _ends(figures: Figures) -> tuple[Any, Any]:
    return figures["minimum"], figures["maximum"]


def _below(column: Column, edges: Sequence[Any]) -> Iterator[nw.Expr]:
    """Return how many values lie below each edge."""
    return (_times(_finite(column) < edge) for edge in edges)


def _outside(column: Column, figures: Figures) -> nw.Expr:
    low, high = figures["quantiles"]["0.25"], figures["quantiles"]["0.75"]
    if low == high:
        return nw.lit(0)
    least, most = fences(low, high)
    return _times((_number(column) < least) | (_number(column) > most))


def _add_moments(
    stored: _Stored, columns: Sequence[Column], found: dict[str, Figures]
) -> None:
    if not columns:
        return
    table = Table(stored.frame, stored.schema)
    moments = means_and_deviations(table, columns, stored.engine, _number, ddof=1)
    for column, (mean, deviation) in zip(columns, moments, strict=True):
        found[column.id]["mean"] = None if mean is None else or_none(mean)
        found[column.id]["deviation"] = (
            None if deviation is None else or_none(deviation)
        )


def _frequent(stored: _Stored, column: Column) -> Figures:
    """Return how many values differ, and the most frequent finite ones."""
    counted = _counted(stored, column)
    finite = counted.filter(~_finite(column).is_null())
    top = _most_frequent(stored, finite, column, TOP)
    return {
        "unique": stored.engine.rows(counted.select(nw.len()))[0][0],
        "top": [{"value": value, "count": count} for value, count in top],
    }


def _counted(stored: _Stored, column: Column) -> nw.LazyFrame[Any]:
    present = stored.frame.select(column.id).drop_nulls(column.id)
    return present.group_by(column.id).agg(nw.len().alias("count"))


def _most_frequent(
    stored: _Stored, counted: nw.LazyFrame[Any], column: Column, most: int
) -> list[tuple[Any, ...]]:
    """Return the most frequent values and their counts, equal ones by value."""
    ordered = counted.sort("count", column.id, descending=[True, False])
    return stored.engine.rows(ordered.select(column.id, "count").head(most))


# ------------------------------------------------------------------ text, yes/no


def _words(stored: _Stored, column: Column, present: int) -> Figures:
    counted = _counted(stored, column)
    if column.type is ColumnType.BOOLEAN:
        top = _most_frequent(stored, counted, column, TOP)
        return word_figures(len(top), top, None, [])
    length, often = nw.col(column.id).str.len_chars().cast(nw.Int64), nw.col("count")
    asked = counted.select(
        nw.len().alias("unique"),
        length.min().alias("least"),
        length.max().alias("most"),
        (length * often).sum().alias("all"),
    )
    unique, least, most, characters = stored.engine.rows(asked)[0]
    few = unique <= FEW_VALUES
    values = _most_frequent(stored, counted, column, FEW_VALUES if few else TOP)
    mean = characters / present if present else None
    return word_figures(
        unique,
        values[:TOP],
        {"minimum": least, "maximum": most, "mean": mean},
        [value for value, _ in values] if few else [],
    )


# ------------------------------------------------------------------ rows


def _duplicates(stored: _Stored, described: Sequence[Figures]) -> int:
    """Return how many rows equal an earlier one."""
    if any(figures["unique"] == stored.rows for figures in described):
        return 0
    ids = [column.id for column in stored.schema]
    different = stored.frame.select(*ids).group_by(*ids).agg(nw.len().alias("count"))
    return stored.rows - int(stored.engine.rows(different.select(nw.len()))[0][0])


def _missing_patterns(
    stored: _Stored, described: Sequence[Figures]
) -> list[dict[str, Any]]:
    ids = [figures["id"] for figures in described if figures["missing"]][:BITS]
    if not ids:
        return []
    bits = (
        nw.when(nw.col(id).is_null()).then(nw.lit(1 << place, nw.Int64)).otherwise(0)
        for place, id in enumerate(ids)
    )
    lacking = stored.frame.select(nw.sum_horizontal(*bits).alias("lacking"))
    counted = lacking.group_by("lacking").agg(nw.len().alias("count"))
    ordered = counted.filter(nw.col("lacking") != 0).sort(
        "count", "lacking", descending=[True, False]
    )
    rows = stored.engine.rows(ordered.select("lacking", "count").head(PATTERNS))
    return patterns(ids, ((bits, count) for bits, count in rows))


def _pairs(
    stored: _Stored, every: int, described: Sequence[Figures]
) -> list[dict[str, Any]]:
    """Compare columns on every n-th row, which are fetched for that."""
    both = list(zip(stored.schema, described, strict=True))
    some = [pair for pair in both if is_comparable(*pair)][:COMPARED]
    ids = [column.id for column, _ in some]
    chosen = _every(stored, every).select(ROW, *ids).sort(ROW)
    rows = stored.engine.rows(chosen) if some else []
    relations = Relations(len(rows))
    for place, (column, figures) in enumerate(some, start=1):
        values = [row[place] for row in rows]
        series = pl.Series(column.id, values, dtype=_DTYPES[column.type])
        relations.add(column, series, figures)
    return relations.pairs()


def _every(stored: _Stored, every: int) -> nw.LazyFrame[Any]:
    """Return every n-th row, counted from the first, as they lie by `_row`."""
    if every == 1:
        return stored.frame
    last = int(stored.engine.rows(stored.frame.select(nw.col(ROW).max()))[0][0])
    if last == stored.rows - 1:  # no row was ever dropped
        return stored.frame.filter(nw.col(ROW) % every == 0)
    in_blocks = stored.frame.with_columns(_block().alias("block"))
    placed = in_blocks.join(_rows_before(stored), on="block")
    place = nw.col("before") + nw.col(ROW).rank("ordinal").over("block") - 1
    return placed.with_columns(place.alias("place")).filter(
        nw.col("place") % every == 0
    )


def _block() -> nw.Expr:
    return (nw.col(ROW) - nw.col(ROW) % BLOCK).cast(nw.Int64)


def _rows_before(stored: _Stored) -> nw.LazyFrame[Any]:
    """Return how many rows lie before each block of row numbers."""
    blocks = stored.frame.select(_block().alias("block"))
    sizes = blocks.group_by("block").agg(nw.len().alias("size")).sort("block")
    known: dict[str, list[int]] = {"c0": [], "c1": []}
    before = 0
    for block, size in stored.engine.rows(sizes):
        known["c0"].append(block)
        known["c1"].append(before)
        before += size
    names = {"c0": "block", "c1": "before"}
    whole = (Column(id, name, ColumnType.INTEGER) for id, name in names.items())
    table = stored.engine.table(known, Schema(tuple(whole)))
    return table.frame.select("c0", "c1").rename(names)
