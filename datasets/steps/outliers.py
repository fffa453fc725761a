"""Numbers far from the others, or beyond what can be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw
from pydantic import Field
from typing_extensions import override

from datasets.outliers import OutlierRule, rounding
from datasets.steps.base import Step, StepError, words_of
from datasets.steps.batches import batches
from datasets.steps.settling import means_and_deviations
from datasets.tables import ColumnType, Table
from datasets.words import Name, statistics, word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasets.engines import Engine
    from datasets.steps.base import State
    from datasets.tables import Column, Schema

    Bounds = list[tuple[Any, Any]]
    Statistic = Callable[[nw.Expr], nw.Expr]


class OutliersParameters(OutlierRule):
    """What counts as an outlier, and what becomes of it."""

    action: Literal["replace", "clip", "drop"] = Field(
        "clip",
        title="What to do",
        description="Predictions answer rows that are removed here all the same.",
        json_schema_extra={
            "words": {
                "replace": word("replace with a statistic"),
                "clip": word("clip to the bound"),
                "drop": word("remove the row"),
            }
        },
    )
    statistic: Literal["median", "mean"] = Field(
        "median",
        title="Replace with",
        description="Where outliers are replaced: of the numbers that are none.",
        json_schema_extra={"words": {**statistics("median", "mean")}},
    )


class Outliers(Step[OutliersParameters]):
    """Replace, clip or remove what lies beyond two bounds, per column.

    A number on a bound is no outlier, and numbers without end always are: they count
    for no bound and no statistic. Whole numbers become numbers where some are
    replaced or clipped. A gap stays a gap.
    """

    @property
    @override
    def told(self) -> list[str]:
        set_to = self.parameters
        reach = {"iqr": set_to.factor, "zscore": set_to.threshold}.get(set_to.method)
        bounds = [set_to.low, set_to.high] if reach is None else [reach]
        statistic = [set_to.told("statistic")] if set_to.action == "replace" else []
        shown = ["…" if bound is None else words_of(bound) for bound in bounds]
        method, action = set_to.told("method"), set_to.told("action")
        return [method, Name(" – ".join(shown)), action, *statistic]

    @property
    @override
    def learns(self) -> bool:
        return self.parameters.method != "range" or self.parameters.action == "replace"

    @property
    @override
    def affects_rows(self) -> bool:
        return self.parameters.action == "drop"

    @override
    def outcome(self, schema: Schema) -> Schema:
        if self.affects_rows:
            return schema
        return schema.retype(dict.fromkeys(self.columns, ColumnType.NUMBER))

    @override
    def fit(self, table: Table, engine: Engine) -> State:
        columns = self.chosen(table.schema)
        bounds = _METHODS[self.parameters.method](
            table, columns, engine, self.parameters
        )
        state: State = {
            column.name: {"low": low, "high": high}
            for column, (low, high) in zip(columns, bounds, strict=True)
        }
        if self.parameters.action == "replace":
            values = self._replacements(table, columns, state, engine)
            for column, value in zip(columns, values, strict=True):
                state[column.name]["value"] = _checked(column, value)
        return state

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        columns = self.chosen(table.schema)
        inside = {c.id: _inside(_number(c), state[c.name]) for c in columns}
        schema = self.outcome(table.schema)
        if self.affects_rows:
            kept = [inside[c.id] | nw.col(c.id).is_null() for c in columns]
            return Table(table.frame.filter(*kept), schema)
        put = _value if self.parameters.action == "replace" else _nearest
        treated = (
            nw.when(inside[c.id] | nw.col(c.id).is_null())
            .then(_number(c))
            .otherwise(put(_number(c), state[c.name]))
            .alias(c.id)
            for c in columns
        )
        return Table(table.frame.with_columns(*treated), schema)

    def _replacements(
        self,
        table: Table,
        columns: Sequence[Column],
        state: State,
        engine: Engine,
    ) -> list[Any]:
        statistic = _STATISTICS[self.parameters.statistic]
        found: list[Any] = []
        for some in batches(table, columns, engine):
            kept = ((c, _inside(_number(c), state[c.name])) for c in some)
            asked = (
                statistic(nw.when(inside).then(_number(c))).alias(c.id)
                for c, inside in kept
            )
            found += engine.rows(table.frame.select(*asked))[0]
        return found


def _number(column: Column) -> nw.Expr:
    value = nw.col(column.id)
    return value.cast(nw.Float64) if column.type is ColumnType.INTEGER else value


def _finite(column: Column) -> nw.Expr:
    value = _number(column)
    return nw.when(value.is_finite()).then(value)


def _inside(value: nw.Expr, bounds: dict[str, float | None]) -> nw.Expr:
    """Tell which numbers are no outliers; bounds are as exact as they were computed."""
    low, high = bounds["low"], bounds["high"]
    inside = value.is_finite()
    if low is not None:
        inside &= value >= low - rounding(low)
    if high is not None:
        inside &= value <= high + rounding(high)
    return inside


def _value(value: nw.Expr, bounds: dict[str, float]) -> nw.Expr:
    return nw.lit(bounds["value"], nw.Float64)


def _nearest(value: nw.Expr, bounds: dict[str, float | None]) -> nw.Expr:
    """Return the bound that was passed; none for a number without end."""
    low, high = bounds["low"], bounds["high"]
    if low is not None and high is not None:
        return nw.when(value < low).then(nw.lit(low)).otherwise(nw.lit(high))
    if high is not None:
        return nw.when(value > high).then(nw.lit(high, nw.Float64))
    return nw.when(value < low).then(nw.lit(low, nw.Float64))


def _by_quartiles(
    table: Table,
    columns: Sequence[Column],
    engine: Engine,
    parameters: OutliersParameters,
) -> Bounds:
    found: Bounds = []
    for some in batches(table, columns, engine):
        quartiles = _row(table, engine, some, [_quartile(0.25), _quartile(0.75)])
        for column, (first, third) in zip(some, quartiles, strict=True):
            low, high = _checked(column, first), _checked(column, third)
            reach = parameters.factor * (high - low)
            found.append(
                (_checked(column, low - reach), _checked(column, high + reach))
            )
    return found


def _by_deviation(
    table: Table,
    columns: Sequence[Column],
    engine: Engine,
    parameters: OutliersParameters,
) -> Bounds:
    found: Bounds = []
    ranges = _row(table, engine, columns, [nw.Expr.min, nw.Expr.max])
    rows = means_and_deviations(table, columns, engine, _finite, ddof=1)
    for column, (least, most), (mean, deviation) in zip(
        columns, ranges, rows, strict=True
    ):
        if least is not None and least == most:  # a mean of equal values is rounded
            found.append((least, most))
            continue
        reach = parameters.threshold * _checked(column, deviation)
        middle = _checked(column, mean)
        low, high = middle - reach, middle + reach
        found.append((_checked(column, low), _checked(column, high)))
    return found


def _by_range(
    table: Table,
    columns: Sequence[Column],
    engine: Engine,
    parameters: OutliersParameters,
) -> Bounds:
    return [(parameters.low, parameters.high)] * len(columns)


def _row(
    table: Table,
    engine: Engine,
    columns: Sequence[Column],
    statistics: Sequence[Statistic],
) -> list[tuple[Any, ...]]:
    """Return the statistics of each column's finite numbers, from one query."""
    asked = (
        statistic(_finite(column)).alias(f"{column.id}_{place}")
        for column in columns
        for place, statistic in enumerate(statistics)
    )
    row = engine.rows(table.frame.select(*asked))[0]
    size = len(statistics)
    return [row[start : start + size] for start in range(0, len(row), size)]


def _quartile(share: float) -> Statistic:
    return lambda value: value.quantile(share, "linear")


def _checked(column: Column, value: Any) -> float:
    if value is None:
        raise StepError(
            f"“{column.name}” has no numbers to go by. Leave the column out, or choose "
            "a range of your own that holds some.",
            column.name,
            "all_missing",
        )
    if not math.isfinite(value):
        raise StepError(
            f"“{column.name}” holds numbers too large to be reckoned with. Choose a "
            "range of your own.",
            column.name,
            "infinite",
        )
    return float(value)


_METHODS = {"iqr": _by_quartiles, "zscore": _by_deviation, "range": _by_range}
_STATISTICS: dict[str, Statistic] = {"median": nw.Expr.median, "mean": nw.Expr.mean}
