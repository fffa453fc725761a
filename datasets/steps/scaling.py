"""Scaling numbers."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw
from pydantic import Field
from typing_extensions import override

from datasets.steps.base import Parameters, Step, StepError
from datasets.steps.batches import batches
from datasets.steps.settling import means_and_deviations
from datasets.tables import ColumnType, Table
from datasets.words import word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasets.engines import Engine
    from datasets.steps.base import State
    from datasets.tables import Column, Schema

    Statistic = Callable[[nw.Expr], nw.Expr]
    #: Per column the centre and the spread; None where there are no values.
    Scales = list[tuple[Any, Any]]


class ScaleParameters(Parameters):
    """By what to scale."""

    method: Literal["minmax", "zscore", "robust"] = Field(
        "zscore",
        title="Method",
        description="What becomes 0 and 1. Outliers hardly move median and quartiles.",
        json_schema_extra={
            "words": {
                "minmax": word("min-max: smallest 0, largest 1"),
                "zscore": word("z-score: mean 0, standard deviation 1"),
                "robust": word("robust: median 0, distance of the quartiles 1"),
            }
        },
    )


class Scale(Step[ScaleParameters]):
    """Subtract a centre and divide by a spread.

    The standard deviation is that of the population (`ddof=0`), as scikit-learn's
    `StandardScaler` has it: one row, or rows that are all equal, then have the
    spread 0 on every engine instead of none. A spread of 0 becomes 1, so a constant
    column becomes 0 and nothing is ever divided by 0.
    """

    @override
    def outcome(self, schema: Schema) -> Schema:
        return schema.retype(dict.fromkeys(self.columns, ColumnType.NUMBER))

    @override
    def fit(self, table: Table, engine: Engine) -> State:
        columns = self.chosen(table.schema)
        scales = _METHODS[self.parameters.method](table, columns, engine)
        return {
            column.name: _checked(column, *scale)
            for column, scale in zip(columns, scales, strict=True)
        }

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        # Polars divides one row and many by the same number with different rounding;
        # a product is the same for both, so a prediction sees what training saw.
        scaled = (
            (_number(column) - state[column.name]["centre"])
            * (1.0 / state[column.name]["spread"])
            for column in self.chosen(table.schema)
        )
        schema = self.outcome(table.schema)
        return Table(table.frame.with_columns(*scaled), schema)


def _number(column: Column) -> nw.Expr:
    value = nw.col(column.id)
    return value.cast(nw.Float64) if column.type is ColumnType.INTEGER else value


def _minmax(table: Table, columns: Sequence[Column], engine: Engine) -> Scales:
    wanted: list[Statistic] = [nw.Expr.min, nw.Expr.max]
    rows = _statistics(table, columns, engine, wanted)
    return [(low, _difference(low, high)) for low, high in rows]


def _zscore(table: Table, columns: Sequence[Column], engine: Engine) -> Scales:
    ranges = _statistics(table, columns, engine, [nw.Expr.min, nw.Expr.max])
    rows = means_and_deviations(table, columns, engine, _number, ddof=0)
    # Rounding gives equal values a tiny deviation: their range tells the truth.
    return [
        (low, 0.0) if low == high else row
        for (low, high), row in zip(ranges, rows, strict=True)
    ]


def _robust(table: Table, columns: Sequence[Column], engine: Engine) -> Scales:
    wanted = [_quartile(0.5), _quartile(0.25), _quartile(0.75)]
    rows: list[tuple[Any, ...]] = []
    for some in batches(table, columns, engine):
        rows += _statistics(table, some, engine, wanted)
    return [(middle, _difference(low, high)) for middle, low, high in rows]


def _quartile(share: float) -> Statistic:
    return lambda value: value.quantile(share, "linear")


def _statistics(
    table: Table,
    columns: Sequence[Column],
    engine: Engine,
    wanted: Sequence[Statistic],
) -> list[tuple[Any, ...]]:
    """Return the wanted figures of each column, from one query."""
    figures = (
        statistic(_number(column)).alias(f"{column.id}_{place}")
        for column in columns
        for place, statistic in enumerate(wanted)
    )
    row = engine.rows(table.frame.select(*figures))[0]
    size = len(wanted)
    return [row[start : start + size] for start in range(0, len(row), size)]


def _difference(low: Any, high: Any) -> Any:
    """Return the distance, 0 where it is only the rounding of equal values."""
    if low is None or high is None:
        return None
    difference = high - low
    rounding = 4 * sys.float_info.epsilon * max(abs(low), abs(high))
    equal = math.isfinite(difference) and difference <= rounding
    return 0.0 if equal else difference


def _checked(column: Column, centre: Any, spread: Any) -> dict[str, float]:
    if centre is None:
        raise StepError(
            f"“{column.name}” has no values at all, so there is nothing to scale by. "
            "Leave the column out.",
            column.name,
            "all_missing",
        )
    if not (math.isfinite(centre) and math.isfinite(spread)):
        raise StepError(
            f"“{column.name}” holds infinite or too large values to be scaled. "
            "Replace them first.",
            column.name,
            "infinite",
        )
    spread = spread if spread >= sys.float_info.min else 1.0
    return {"centre": float(centre), "spread": float(spread)}


_METHODS = {"minmax": _minmax, "zscore": _zscore, "robust": _robust}
