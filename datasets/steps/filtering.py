"""Rows that stay and rows that go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

import narwhals.stable.v2 as nw
from pydantic import Field, model_validator
from typing_extensions import override

from datasets.steps.base import Parameters, Step, StepError
from datasets.steps.catalogue import TEXTUAL
from datasets.steps.columns import LONGEST_NAME
from datasets.steps.filling import ORDERED
from datasets.tables import Table
from datasets.values import Value, ValueTypeError, parse_value
from datasets.words import Name, word

if TYPE_CHECKING:
    from datasets.engines import Engine
    from datasets.steps.base import State
    from datasets.tables import Column, Schema

_WITHOUT_VALUE = frozenset({"missing", "present"})
_OF_ORDER = frozenset({"<", "<=", ">", ">="})


class DropMissingParameters(Parameters):
    """Which rows go."""

    how: Literal["any", "all"] = Field(
        "any",
        title="Remove rows that lack",
        description="A row lacks a value where its cell is missing.",
        json_schema_extra={
            "words": {
                "any": word("a value in any of the columns"),
                "all": word("a value in all of the columns"),
            }
        },
    )


class DropDuplicatesParameters(Parameters):
    """Nothing to set: the columns say all."""


class FilterRowsParameters(Parameters):
    """What the value of a row is compared with."""

    column: Annotated[str, Field(max_length=LONGEST_NAME)] = Field(
        "",
        title="Column",
        description="The column whose values decide.",
        json_schema_extra={"format": "column"},
    )
    operator: Literal[
        "==", "!=", "<", "<=", ">", ">=", "contains", "missing", "present"
    ] = Field(
        "present",
        title="Keep rows whose value is",
        description="Larger and smaller need numbers or dates, “contains” needs text. "
        "A row without a value stays only by “not equal to” and “missing”.",
        json_schema_extra={
            "words": {
                "==": word("equal to"),
                "!=": word("not equal to"),
                "<": word("less than"),
                "<=": word("at most"),
                ">": word("greater than"),
                ">=": word("at least"),
                "contains": word("text that contains"),
                "missing": word("missing"),
                "present": word("present"),
            }
        },
    )
    value: (
        bool
        | int
        | Annotated[float, Field(allow_inf_nan=False)]
        | Annotated[str, Field(max_length=1000)]
        | None
    ) = Field(
        None,
        title="Value",
        description="What to compare with; it must fit the type of the column. None "
        "for “missing” and “present”.",
    )

    @model_validator(mode="after")
    def _value_belongs_to_operator(self) -> Self:
        needed = self.operator not in _WITHOUT_VALUE
        if needed and self.value in (None, ""):
            raise ValueError(word("a comparison needs a value to compare with"))
        if not needed and self.value not in (None, ""):
            raise ValueError(word("whether one is missing is asked without a value"))
        return self


class DropMissing(Step[DropMissingParameters]):
    """Remove the rows that lack values."""

    @property
    @override
    def affects_rows(self) -> bool:
        return True

    @property
    @override
    def fills(self) -> bool:
        return self.parameters.how == "any"

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        present = [~nw.col(c.id).is_null() for c in self.chosen(table.schema)]
        join = nw.all_horizontal if self.parameters.how == "any" else nw.any_horizontal
        kept = table.frame.filter(join(*present, ignore_nulls=False))
        return Table(kept, table.schema)


class DropDuplicates(Step[DropDuplicatesParameters]):
    """Keep the first of rows that are equal; no value equals no value."""

    @property
    @override
    def affects_rows(self) -> bool:
        return True

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        ids = [column.id for column in self.chosen(table.schema)]
        return Table(engine.first_of_equal(table.frame, ids), table.schema)


class FilterRows(Step[FilterRowsParameters]):
    """Keep the rows whose value compares as said; no text is ever run."""

    @property
    @override
    def affects_rows(self) -> bool:
        return True

    @property
    @override
    def told(self) -> list[str]:
        operator, value = self.parameters.operator, self.parameters.value
        if value is None:
            return [self.parameters.told("operator")]
        if operator == "contains":
            return [word(f"contains “{value}”")]
        return [Name(f"{operator} {value}")]

    @override
    def check(self, schema: Schema) -> None:
        if len(self.columns) != 1 or self.parameters.column not in ("", *self.columns):
            raise StepError(
                "“Keep rows by a value” looks at one column. Name one.", code="columns"
            )
        (column,) = self.chosen(schema)
        operator = self.parameters.operator
        reason = ""
        if operator in _OF_ORDER and column.type not in ORDERED:
            reason = (
                f"“{column.name}” is a {column.type} column: none of its values is "
                "larger than another. Choose another comparison."
            )
        if operator == "contains" and column.type not in TEXTUAL:
            reason = (
                f"“{column.name}” is a {column.type} column, and only text contains "
                "something. Choose another comparison."
            )
        if reason:
            raise StepError(reason, column.name, "type", "operator")
        if operator not in _WITHOUT_VALUE:
            self._value(column)

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        (column,) = self.chosen(table.schema)
        return Table(table.frame.filter(self._keeps(column)), table.schema)

    def _keeps(self, column: Column) -> nw.Expr:
        cell, operator = nw.col(column.id), self.parameters.operator
        if operator in _WITHOUT_VALUE:
            return cell.is_null() if operator == "missing" else ~cell.is_null()
        value = self._value(column)
        compared = {
            "==": lambda: cell == value,
            "!=": lambda: (cell != value).fill_null(True),
            "<": lambda: cell < value,
            "<=": lambda: cell <= value,
            ">": lambda: cell > value,
            ">=": lambda: cell >= value,
            "contains": lambda: cell.str.contains(str(value), literal=True),
        }
        return compared[operator]()

    def _value(self, column: Column) -> Value:
        try:
            return parse_value(self.parameters.value, column.type)
        except ValueTypeError as error:
            sentence = f"“{column.name}” cannot be compared with this value: {error}"
            raise StepError(sentence, column.name, "type", "value") from error
