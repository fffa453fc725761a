"""Arrow's many types as the few of DataMine, and what is lost on the way."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc

from datasets.readers.arrays import NO_TEXT, texts
from datasets.readers.errors import ReaderError


def target_of(type: pa.DataType) -> pa.DataType:
    """Return the type a column is stored with; text for what is no single value."""
    types = pa.types
    if types.is_dictionary(type):
        return target_of(type.value_type)
    if types.is_integer(type) or types.is_duration(type):
        return pa.int64()
    if types.is_floating(type) or types.is_decimal(type):
        return pa.float64()
    if types.is_timestamp(type):
        return pa.timestamp("us")
    if types.is_date(type):
        return pa.date32()
    return pa.bool_() if types.is_boolean(type) else pa.string()


def notice(type: pa.DataType) -> str:
    """Return what the owner of a column should know; empty if nothing changes."""
    types = pa.types
    if types.is_timestamp(type) and type.tz:
        return f"times are stored in UTC; the file shows them in {type.tz}."
    if types.is_timestamp(type) and type.unit == "ns":
        return "times are stored to the microsecond."
    if types.is_decimal(type):
        return "decimal numbers became floating-point numbers of 15 digits."
    if types.is_duration(type):
        return f"durations became whole numbers of the unit {type.unit}."
    if types.is_nested(type):
        return "nested values became text."
    return ""


def converted(array: pa.Array, name: str) -> pa.Array:
    """Return a column in the type it is stored with.

    Raises
    ------
    ReaderError
        If a value does not fit it: a whole number of more than 64 bits, bytes.
    """
    if pa.types.is_nested(array.type):
        return as_text(array)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    target = target_of(array.type)
    if pa.types.is_duration(array.type):
        array = array.cast(pa.int64())
    try:
        return array.cast(target, safe=not pa.types.is_temporal(target))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise ReaderError(
            f"Column “{name}” holds values of the type {array.type} that are neither "
            "numbers of 64 bits nor text. Leave it out, or write it as text.",
            column=name,
        ) from None


def as_text(array: pa.Array) -> pa.Array:
    """Return the values of a column as text: nested ones as JSON."""
    if not pa.types.is_nested(array.type):
        return array.cast(pa.string())
    values = [json.dumps(v, ensure_ascii=False, default=str) for v in array.to_pylist()]
    return pc.if_else(array.is_null(), NO_TEXT, texts(values))
