"""Values read as another type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import narwhals.stable.v2 as nw
from pydantic import Field
from typing_extensions import override

from datasets.readers.dialect import Dialect
from datasets.readers.kinds import CLOCK, DAYS, candidates_for
from datasets.steps.base import Parameters, Step, StepError
from datasets.steps.catalogue import TEXTUAL
from datasets.tables import ColumnType, Table
from datasets.values import FALSE, TRUE
from datasets.words import word

if TYPE_CHECKING:
    from datasets.engines import Engine
    from datasets.steps.base import State
    from datasets.tables import Column, Schema

#: So many digits fit 64 bits whatever they are.
SAFE_DIGITS = 18
#: Whole numbers beyond this are no longer exact as floating-point numbers.
EXACT = 2.0**53

_INTEGER, _NUMBER = ColumnType.INTEGER, ColumnType.NUMBER
_BOOLEAN, _DATE, _DATETIME = (
    ColumnType.BOOLEAN,
    ColumnType.DATE,
    ColumnType.DATETIME,
)
#: Into what other types a column of each type can be turned.
POSSIBLE: dict[ColumnType, frozenset[ColumnType]] = {
    _INTEGER: frozenset({_NUMBER, _BOOLEAN}) | TEXTUAL,
    _NUMBER: frozenset({_INTEGER}),
    _BOOLEAN: frozenset({_INTEGER, _NUMBER}) | TEXTUAL,
    _DATE: frozenset({_DATETIME}) | TEXTUAL,
    _DATETIME: frozenset({_DATE}),
    **dict.fromkeys(TEXTUAL, frozenset(ColumnType)),
}
_PARTS = {"ymd": "%Y-%m-%d", "dmy": "%d-%m-%Y", "mdy": "%m-%d-%Y"}
_TIMES = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f")
#: The name of a group; Java, by which Spark matches, writes names otherwise.
_GROUP_NAME = re.compile(r"\?P<\w+>")


class CastParameters(Parameters):
    """What to read the values as."""

    type: ColumnType = Field(
        ColumnType.NUMBER,
        title="Type",
        description="What the columns become. Text is read as an import reads it; "
        "numbers become whole ones where they are whole, true and false 1 and 0.",
    )
    format: Literal["ymd", "dmy", "mdy"] = Field(
        "ymd",
        title="Order of dates",
        description="For text that becomes dates, with or without a time of day.",
        json_schema_extra={
            "words": {
                "ymd": word("year, month, day: 2024-03-31"),
                "dmy": word("day, month, year: 31.03.2024"),
                "mdy": word("month, day, year: 03/31/2024"),
            }
        },
    )


class Cast(Step[CastParameters]):
    """Read values as another type; what cannot be read so becomes missing."""

    @property
    @override
    def reads_text(self) -> bool:
        return True

    @property
    @override
    def told(self) -> list[str]:
        is_moment = self.parameters.type in _MOMENTS
        order = [self.parameters.told("format")] if is_moment else []
        return [self.parameters.type.value, *order]

    @override
    def check(self, schema: Schema) -> None:
        wanted = self.parameters.type
        for column in self.chosen(schema):
            if wanted not in POSSIBLE[column.type] | {column.type}:
                known = " or ".join(sorted(POSSIBLE[column.type]))
                raise StepError(
                    f"“{column.name}” is a {column.type} column, which cannot become "
                    f"{wanted}; it can become {known}.",
                    column.name,
                    "type",
                    "type",
                )

    @override
    def outcome(self, schema: Schema) -> Schema:
        return schema.retype(dict.fromkeys(self.columns, self.parameters.type))

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        frame, wanted = table.frame, self.parameters.type
        for column in self.chosen(table.schema):
            if column.type in TEXTUAL and wanted in _MOMENTS:
                order = self.parameters.format
                frame = frame.with_columns(_dated(column, order))
                frame = engine.read_times(frame, column.id, _formats(order))
                frame = frame.with_columns(nw.col(column.id).cast(_DTYPES[wanted]))
            elif column.type is not wanted:
                frame = frame.with_columns(_read(column, wanted))
        return Table(frame, self.outcome(table.schema))


def whole_of(text: nw.Expr, pattern: str) -> nw.Expr:
    """Return trimmed text that matches as whole numbers, other text as missing."""
    fits = text.str.contains(f"^(?:{pattern})$") & (text.str.len_chars() <= SAFE_DIGITS)
    return nw.when(fits).then(text.str.strip_chars("+")).cast(nw.Int64)


def number_of(text: nw.Expr, pattern: str) -> nw.Expr:
    """Return trimmed text that matches as finite numbers, other text as missing."""
    fits = text.str.contains(f"^(?:{pattern})$") & text.str.contains("[0-9]")
    number = nw.when(fits).then(text.str.strip_chars("+")).cast(nw.Float64)
    return nw.when(number.is_finite()).then(number)


def _read(column: Column, wanted: ColumnType) -> nw.Expr:
    """Return the values as the wanted type, by what the column is."""
    value = nw.col(column.id)
    if column.type in TEXTUAL:
        return _read_text(value, wanted).alias(column.id)
    if wanted in TEXTUAL:
        return value.cast(nw.String)
    if wanted is _BOOLEAN:
        return nw.when(value.is_in([0, 1])).then(value == 1).alias(column.id)
    if column.type is _NUMBER:
        is_whole = (value == value.round(0)) & (value.abs() <= EXACT)
        return nw.when(is_whole).then(value).cast(nw.Int64).alias(column.id)
    return value.cast(_DTYPES[wanted])


def _read_text(value: nw.Expr, wanted: ColumnType) -> nw.Expr:
    if wanted in TEXTUAL:
        return value
    text = value.str.strip_chars()
    if wanted is _BOOLEAN:
        word = text.str.to_lowercase()
        known = word.is_in(sorted(TRUE | FALSE))
        return nw.when(known).then(word.is_in(sorted(TRUE)))
    (kind,) = candidates_for(wanted, Dialect())
    return (whole_of if wanted is _INTEGER else number_of)(text, kind.pattern)


def _dated(column: Column, order: str) -> nw.Expr:
    """Return what looks like a date, with a blank before its time; else missing."""
    text = nw.col(column.id).str.strip_chars()
    pattern = _GROUP_NAME.sub("", f"^{DAYS[order]}(?:[ T]{CLOCK})?$")
    fits = text.str.contains(pattern)
    return nw.when(fits).then(text.str.replace_all("T", " ", literal=True))


def _formats(order: str) -> list[str]:
    days = [_PARTS[order].replace("-", sign) for sign in "-./"]
    return [f"{day}{time}" for time in _TIMES for day in days]


_MOMENTS = frozenset({_DATE, _DATETIME})
_DTYPES = {
    _INTEGER: nw.Int64(),
    _NUMBER: nw.Float64(),
    _DATE: nw.Date(),
    _DATETIME: nw.Datetime("us"),
}
