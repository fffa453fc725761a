"""Signs that stand for no value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import narwhals.stable.v2 as nw
from pydantic import Field
from typing_extensions import override

from datasets.readers.dialect import Dialect
from datasets.readers.kinds import candidates
from datasets.steps.base import Parameters, Step
from datasets.steps.casting import EXACT, number_of, whole_of
from datasets.steps.catalogue import TEXTUAL
from datasets.tables import ColumnType, Table
from datasets.values import Value, ValueTypeError, parse_value

if TYPE_CHECKING:
    from datasets.engines import Engine
    from datasets.steps.base import State
    from datasets.tables import Column

Marker = Annotated[str, Field(min_length=1, max_length=100)]


class MarkMissingParameters(Parameters):
    """Which signs stand for no value."""

    markers: tuple[Marker, ...] = Field(
        ("?", "!!"),
        title="Signs of a missing value",
        description="Cells that hold nothing but one of these become missing; capitals "
        "count. On the page they are written with commas between. Numbers "
        "such as -999 are found in columns of numbers too.",
        min_length=1,
        max_length=50,
    )


class MarkMissing(Step[MarkMissingParameters]):
    """Take signs for no value.

    A column of text or categories whose other values are all numbers becomes one of
    numbers, by the rules of an import. Types are decided on all rows, as there, so
    this is not learned anew in every fold.
    """

    @property
    @override
    def learns(self) -> bool:
        return False

    @property
    @override
    def reads_text(self) -> bool:
        return True

    @property
    @override
    def is_outcome_known(self) -> bool:
        return False

    @override
    def fit(self, table: Table, engine: Engine) -> State:
        columns = self.chosen(table.schema)
        texts = [column for column in columns if column.type in TEXTUAL]
        state: State = {column.name: column.type.value for column in columns}
        if texts:
            asked = (
                value.count().alias(f"{column.id}_{place}")
                for column in texts
                for place, value in enumerate(self._readings(column))
            )
            counts = engine.rows(table.frame.select(*asked))[0]
            for place, column in enumerate(texts):
                state[column.name] = _type_of(
                    column, *counts[3 * place : 3 * place + 3]
                )
        return state

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        types = {name: ColumnType(state[name]) for name in self.columns}
        values = (
            self._value(column, types[column.name]).alias(column.id)
            for column in self.chosen(table.schema)
        )
        schema = table.schema.retype(types)
        return Table(table.frame.with_columns(*values), schema)

    def _value(self, column: Column, type: ColumnType) -> nw.Expr:
        if column.type not in TEXTUAL or type is column.type:
            return self._unmarked(column)
        _, whole, number = self._readings(column)
        return whole if type is ColumnType.INTEGER else number

    def _readings(self, column: Column) -> tuple[nw.Expr, nw.Expr, nw.Expr]:
        """Return the values without the signs, as they are and as numbers."""
        value = self._unmarked(column)
        text = value.str.strip_chars()
        number = number_of(text, _NUMBER.pattern)
        is_whole = text.str.contains(f"^(?:{_WHOLE.pattern})$")
        exact = nw.when(~is_whole | (number.abs() <= EXACT)).then(number)
        return value, whole_of(text, _WHOLE.pattern), exact

    def _unmarked(self, column: Column) -> nw.Expr:
        value = nw.col(column.id)
        trimmed = value.str.strip_chars() if column.type in TEXTUAL else value
        marked = trimmed.is_in(_fitting(self.parameters.markers, column.type))
        return nw.when(~marked).then(value)


_WHOLE, _NUMBER = candidates(Dialect())[:2]


def _fitting(markers: tuple[str, ...], type: ColumnType) -> list[Value]:
    """Return the signs that a column of this type can hold, as its values."""
    found = []
    for marker in markers:
        try:
            found.append(parse_value(marker, type))
        except ValueTypeError:
            continue
    return found


def _type_of(column: Column, present: Any, whole: Any, number: Any) -> str:
    if present and present == whole:
        return ColumnType.INTEGER.value
    if present and present == number:
        return ColumnType.NUMBER.value
    return column.type.value
