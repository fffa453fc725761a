"""Filling missing values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import narwhals.stable.v2 as nw
from pydantic import Field, model_validator
from typing_extensions import override

from datasets.steps.base import Parameters, Step, StepError
from datasets.steps.batches import batches
from datasets.steps.catalogue import ANY
from datasets.steps.settling import settled
from datasets.tables import NUMERIC, ColumnType, Table
from datasets.values import Value, ValueTypeError, parse_value, to_json
from datasets.words import STATISTICS, word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasets.engines import Engine
    from datasets.steps.base import State
    from datasets.tables import Column, Schema

    Learner = Callable[[Table, Sequence[Column], Engine], list[Any]]

ORDERED = NUMERIC | {ColumnType.DATE, ColumnType.DATETIME}


class FillMissingParameters(Parameters):
    """What to fill with."""

    strategy: Literal["mean", "median", "mode", "min", "max", "constant"] = Field(
        "median",
        title="Fill with",
        description="Mean and median need numbers; smallest and largest need numbers "
        "or dates; the most frequent value and a constant suit every column.",
        json_schema_extra={"words": {**STATISTICS, "constant": word("constant")}},
    )
    value: (
        bool
        | int
        | Annotated[float, Field(allow_inf_nan=False)]
        | Annotated[str, Field(max_length=1000)]
        | None
    ) = Field(
        None,
        title="Constant",
        description="The value to fill with. Only for a constant; it must fit the "
        "type of every chosen column.",
    )

    @model_validator(mode="after")
    def _value_belongs_to_constant(self) -> Self:
        constant = self.strategy == "constant"
        if constant and self.value in (None, ""):
            raise ValueError(word("a constant needs the value to fill with"))
        if not constant and self.value not in (None, ""):
            raise ValueError(word("only a constant takes a value of its own"))
        return self


class FillMissing(Step[FillMissingParameters]):
    """Put a value where there is none.

    Filling whole numbers with a mean or a median makes the column a number. The
    smallest of equally frequent values is the mode. A column without any value
    has nothing to learn from and is refused.
    """

    @property
    @override
    def learns(self) -> bool:
        return self._strategy.learn is not None

    @property
    @override
    def fills(self) -> bool:
        return True

    @property
    def _strategy(self) -> _Strategy:
        return _STRATEGIES[self.parameters.strategy]

    @override
    def check(self, schema: Schema) -> None:
        for column in self.chosen(schema):
            if column.type not in self._strategy.accepts:
                raise StepError(
                    f"“{column.name}” is a {column.type} column and has no "
                    f"{self._strategy.noun}. Fill it with the most frequent value or "
                    "a constant.",
                    column.name,
                    "type",
                )
            if self._strategy.learn is None:
                self._constant(column)

    @override
    def outcome(self, schema: Schema) -> Schema:
        widened = dict.fromkeys(self.columns, ColumnType.NUMBER)
        return schema.retype(widened) if self._strategy.widens else schema

    @override
    def fit(self, table: Table, engine: Engine) -> State:
        columns = self.chosen(table.schema)
        if self._strategy.learn is None:
            return {c.name: to_json(self._constant(c)) for c in columns}
        values = self._strategy.learn(table, columns, engine)
        return {
            column.name: self._learned(column, value)
            for column, value in zip(columns, values, strict=True)
        }

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        schema = self.outcome(table.schema)
        filled = (
            _as_float(column).fill_null(typed(schema.column(column.name), state))
            if self._strategy.widens
            else nw.col(column.id).fill_null(typed(column, state))
            for column in self.chosen(table.schema)
        )
        return Table(table.frame.with_columns(*filled), schema)

    def _constant(self, column: Column) -> Value:
        try:
            return parse_value(self.parameters.value, column.type)
        except ValueTypeError as error:
            sentence = f"“{column.name}” cannot be filled with this value: {error}"
            raise StepError(sentence, column.name, "type", "value") from error

    def _learned(self, column: Column, value: Any) -> Any:
        if value is None:
            raise StepError(
                f"“{column.name}” has no values at all, so there is no "
                f"{self._strategy.noun} to fill with. Fill it with a constant or leave "
                "the column out.",
                column.name,
                "all_missing",
            )
        if isinstance(value, float) and not math.isfinite(value):
            raise StepError(
                f"“{column.name}” holds infinite values, so it has no usable "
                f"{self._strategy.noun}. Replace them first.",
                column.name,
                "infinite",
            )
        return to_json(value)


@dataclass(frozen=True)
class _Strategy:
    noun: str
    accepts: frozenset[ColumnType]
    learn: Learner | None
    widens: bool = False


def _as_float(column: Column) -> nw.Expr:
    value = nw.col(column.id)
    return value.cast(nw.Float64) if column.type is ColumnType.INTEGER else value


def typed(column: Column, state: State) -> Value:
    """Return what was learned of a column as a value of its type."""
    try:
        return parse_value(state[column.name], column.type)
    except ValueTypeError as error:
        sentence = f"“{column.name}” was a column of another type: {error}"
        raise StepError(sentence, column.name, "type") from error


def _minimum(table: Table, columns: Sequence[Column], engine: Engine) -> list[Any]:
    return _row(table, engine, [nw.col(column.id).min() for column in columns])


def _maximum(table: Table, columns: Sequence[Column], engine: Engine) -> list[Any]:
    return _row(table, engine, [nw.col(column.id).max() for column in columns])


def _mean(table: Table, columns: Sequence[Column], engine: Engine) -> list[Any]:
    means = _row(table, engine, [_as_float(column).mean() for column in columns])
    return [settled(mean) for mean in means]


def _median(table: Table, columns: Sequence[Column], engine: Engine) -> list[Any]:
    medians: list[Any] = []
    for some in batches(table, columns, engine):
        medians += _row(table, engine, [_as_float(c).median() for c in some])
    return medians


def _row(table: Table, engine: Engine, values: Sequence[nw.Expr]) -> list[Any]:
    return list(engine.rows(table.frame.select(*values))[0])


def _mode(table: Table, columns: Sequence[Column], engine: Engine) -> list[Any]:
    return [_most_frequent(table, column.id, engine) for column in columns]


def _most_frequent(table: Table, id: str, engine: Engine) -> Any:
    counts = (
        table.frame.select(id)
        .drop_nulls(id)
        .group_by(id)
        .agg(nw.len().alias("count"))
        .sort("count", id, descending=[True, False])
        .head(1)
    )
    rows = engine.rows(counts)
    return rows[0][0] if rows else None


_STRATEGIES = {
    "mean": _Strategy(STATISTICS["mean"], NUMERIC, _mean, widens=True),
    "median": _Strategy(STATISTICS["median"], NUMERIC, _median, widens=True),
    "mode": _Strategy(STATISTICS["mode"], ANY, _mode),
    "min": _Strategy(STATISTICS["min"], ORDERED, _minimum),
    "max": _Strategy(STATISTICS["max"], ORDERED, _maximum),
    "constant": _Strategy("constant", ANY, None),
}
