"""Text to typed values, whole columns at a time, by the rules of `kinds`."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datasets.readers.arrays import (
    NO_NUMBER,
    NO_TEXT,
    booleans,
    fixed,
    number,
    numbers_of,
    text,
    texts,
    truths_of,
    whole,
)
from datasets.readers.kinds import EXACT, MONTHS, Integer, Kind, Moment, Number
from datasets.tables import ColumnType

if TYPE_CHECKING:
    from numpy.typing import NDArray

ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    ColumnType.INTEGER: pa.int64(),
    ColumnType.NUMBER: pa.float64(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.CATEGORY: pa.string(),
    ColumnType.TEXT: pa.string(),
    ColumnType.DATE: pa.date32(),
    ColumnType.DATETIME: pa.timestamp("us"),
}
#: Digits that surely fit 64 bits; longer ones are looked at one by one.
SAFE_DIGITS = 18
#: The years 1 to 9999; an offset from UTC can lead a moment out of them.
CALENDAR = (np.datetime64("0001-01-01", "us"), np.datetime64("10000-01-01", "us"))
MICROSECONDS = {"hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000}


@singledispatch
def convert(kind: Kind, cells: pa.Array) -> pa.Array:
    """Convert text to what a kind says it means.

    Parameters
    ----------
    kind : Kind
    cells : pyarrow.Array of string
        Trimmed; null where missing.

    Returns
    -------
    pyarrow.Array
        Of the kind's Arrow type; null also where the kind does not accept a cell.
        Numbers may be infinite or NaN.
    """
    fitting = _fitting(kind, cells)
    return pc.match_substring_regex(fitting, f"^(?:{_true_pattern(kind)})$")


@convert.register
def _(kind: Integer, cells: pa.Array) -> pa.Array:
    fitting = _fitting(kind, cells)
    fitting = _without(fitting, _doubtful(kind, fitting, pc.utf8_length(fitting)))
    return pc.cast(_digits(fitting, kind.thousands), pa.int64())


@convert.register
def _(kind: Number, cells: pa.Array) -> pa.Array:
    fitting = _fitting(kind, cells)
    digits = _digits(fitting, kind.thousands)
    if kind.decimal != ".":
        digits = pc.replace_substring(digits, kind.decimal, ".")
    values = pc.cast(digits, pa.float64())
    refused = pc.and_(
        pc.greater(pc.abs(values), number(EXACT)), _refused(kind, fitting, values)
    )
    return pc.if_else(refused, NO_NUMBER, values)


@convert.register
def _(kind: Moment, cells: pa.Array) -> pa.Array:
    parts = pc.extract_regex(cells, f"^(?:{kind.pattern})$")
    found = truths_of(pc.is_valid(parts))
    fields = {field.name: pc.struct_field(parts, field.name) for field in parts.type}
    days, exists = _days(fields)
    valid = found & exists
    if kind.type is ColumnType.DATE:
        return fixed(days.astype(np.int64).astype(np.int32), pa.date32(), valid)
    clock, possible = _clock(fields)
    moments = days.astype("datetime64[us]") + clock - _offset(fields)
    in_calendar = (moments >= CALENDAR[0]) & (moments < CALENDAR[1])
    return fixed(moments, pa.timestamp("us"), valid & possible & in_calendar)


def without_infinities(values: pa.Array) -> tuple[pa.Array, int]:
    """Return numbers with infinities and NaN as null, and how many there were."""
    total = pc.sum(values).as_py()
    if total is None or np.isfinite(total):
        return values, 0
    bad = pc.invert(pc.is_finite(values))
    count = pc.sum(bad).as_py() or 0
    return pc.if_else(bad, NO_NUMBER, values), count


def _fitting(kind: Kind, cells: pa.Array) -> pa.Array:
    fits = pc.match_substring_regex(cells, f"^(?:{kind.pattern})$")
    return pc.if_else(fits, cells, NO_TEXT)


def _true_pattern(kind: Kind) -> str:
    start = kind.pattern.index("(?P<yes>") + len("(?P<yes>")
    return f"(?i:{kind.pattern[start : kind.pattern.index(')', start)]})"


def _digits(cells: pa.Array, thousands: str) -> pa.Array:
    if thousands:
        cells = pc.replace_substring(cells, thousands, "")
    return pc.utf8_ltrim(cells, "+")


def _doubtful(kind: Kind, cells: pa.Array, lengths: pa.Array) -> pa.Array:
    """Mark the long cells that a kind refuses after all."""
    return _refused(
        kind, pc.if_else(pc.greater(lengths, whole(SAFE_DIGITS)), cells, NO_TEXT), None
    )


def _refused(kind: Kind, cells: pa.Array, values: pa.Array | None) -> pa.Array:
    if values is not None:
        cells = pc.if_else(pc.greater(pc.abs(values), number(EXACT)), cells, NO_TEXT)
    if cells.null_count == len(cells):
        return booleans(np.zeros(len(cells), dtype=bool))
    refused = [c is not None and not kind.accepts(c) for c in cells.to_pylist()]
    return booleans(np.array(refused, dtype=bool))


def _without(cells: pa.Array, refused: pa.Array) -> pa.Array:
    return pc.if_else(refused, NO_TEXT, cells)


def _whole(cells: pa.Array) -> NDArray[np.int64]:
    """Return digits as numbers; empty and missing ones as 0."""
    filled = pc.fill_null(cells, text(""))
    digits = pc.if_else(pc.equal(filled, text("")), text("0"), filled)
    return numbers_of(pc.cast(digits, pa.int64()), np.int64)


def _month(cells: pa.Array) -> NDArray[np.int64]:
    short = pc.utf8_lower(pc.utf8_slice_codeunits(cells, 0, 3))
    named = pc.index_in(short, texts(MONTHS))
    place = numbers_of(pc.fill_null(named, whole(-1)), np.int32) + 1
    return np.where(
        place > 0, place, _whole(pc.if_else(named.is_null(), cells, NO_TEXT))
    )


def _days(fields: dict[str, pa.Array]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return days since 1970, and which of them are in the calendar."""
    year, day = _whole(fields["year"]), _whole(fields["day"])
    month = _month(fields["month"])
    months = ((year - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    exists = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    return days, exists & (days.astype("datetime64[M]") == months)


def _clock(fields: dict[str, pa.Array]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return the time of day in microseconds, and which of them exist."""
    hour, minute, second = (_whole(fields[name]) for name in MICROSECONDS)
    six = pc.utf8_slice_codeunits(pc.utf8_rpad(fields["fraction"], 6, "0"), 0, 6)
    micros = _whole(six)
    for name, value in zip(MICROSECONDS, (hour, minute, second), strict=True):
        micros = micros + value * MICROSECONDS[name]
    possible = (hour < 24) & (minute < 60) & (second < 60)
    return micros.astype("timedelta64[us]"), possible


def _offset(fields: dict[str, pa.Array]) -> NDArray[Any] | np.timedelta64:
    """Return what to subtract to come to UTC."""
    if "zone" not in fields:
        return np.timedelta64(0, "us")
    zone = pc.replace_substring(fields["zone"], ":", "")
    hours = _whole(pc.replace_substring_regex(zone, "^([+-])([0-9]{2}).*$|^.*$", r"\2"))
    rest = pc.replace_substring_regex(zone, "^[+-][0-9]{2}([0-9]{2})$|^.*$", r"\1")
    minutes = hours * 60 + _whole(rest)
    west = truths_of(pc.starts_with(zone, "-"))
    return np.where(west, -minutes, minutes).astype("timedelta64[m]")
