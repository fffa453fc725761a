"""Single values: from what people write to a column's type, and to JSON and back."""

from __future__ import annotations

import math
import reprlib
from datetime import date, datetime
from typing import TYPE_CHECKING

from datasets.tables import ColumnType
from datasets.words import word

if TYPE_CHECKING:
    from collections.abc import Callable

Value = bool | int | float | str | date | datetime
Json = bool | int | float | str

TRUE = frozenset({"true", "yes", "1"})
FALSE = frozenset({"false", "no", "0"})
_INT64 = range(-(2**63), 2**63)


class ValueTypeError(ValueError):
    """A value that the column's type cannot hold; the text is a sentence."""


def parse_value(value: object, type: ColumnType) -> Value:
    """Return `value` as a value of a column of this type.

    Text is read as people write it ("2.5", "yes", "2024-03-01").

    Raises
    ------
    ValueTypeError
        If the column cannot hold the value; the sentence names both.
    """
    try:
        return _PARSERS[type](value)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        # Not all of a list in a list in a list …
        shown = (value if isinstance(value, str) else reprlib.repr(value))[:60]
        message = f"“{shown}” is not {_NOUNS[type]}."
        raise ValueTypeError(message) from error


def to_json(value: Value) -> Json:
    """Return the value as JSON knows it: dates become ISO text."""
    return value.isoformat() if isinstance(value, date) else value


def _refuse_odd_digits(value: object) -> None:
    """Refuse what Python would take for a number and no import does: 1_000, ٣."""
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, str) and ("_" in value or not value.strip().isascii()):
        raise ValueError


def _integer(value: object) -> int:
    _refuse_odd_digits(value)
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    number = int(value)  # type: ignore[call-overload]
    if number not in _INT64:
        raise OverflowError
    return int(number)


def _number(value: object) -> float:
    _refuse_odd_digits(value)
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        raise ValueError
    return number


def _boolean(value: object) -> bool:
    text = str(value).strip().lower()
    if text not in TRUE | FALSE:
        raise ValueError
    return text in TRUE


def _date(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(_text(value))


def _datetime(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    return datetime.fromisoformat(_text(value))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    raise TypeError


_PARSERS: dict[ColumnType, Callable[[object], Value]] = {
    ColumnType.INTEGER: _integer,
    ColumnType.NUMBER: _number,
    ColumnType.CATEGORY: _text,
    ColumnType.TEXT: _text,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DATE: _date,
    ColumnType.DATETIME: _datetime,
}

_NOUNS = {
    ColumnType.INTEGER: word("a whole number"),
    ColumnType.NUMBER: word("a number"),
    ColumnType.CATEGORY: "text",
    ColumnType.TEXT: "text",
    ColumnType.BOOLEAN: word("yes or no"),
    ColumnType.DATE: word("a date such as 2024-03-01"),
    ColumnType.DATETIME: word("a time such as 2024-03-01T12:30:00"),
}
