"""Columns as text, so that a reader finds the type again that they had."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

TEXT = pa.large_string()
#: An Arrow scalar for joining; every part of a join has the same type.
NOTHING = pa.scalar("", TEXT)
WHOLE = r"^-?[0-9]+$"


def holds_text(column: pa.Array) -> bool:
    """Whether the values are text people wrote, plain or as a dictionary."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
    )


def as_text(column: pa.Array) -> pa.Array:
    """Return each value as text; what is missing stays so.

    Numbers keep a point ("2.0") and moments lose a fraction that is nothing.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    text = column.cast(TEXT)
    if pa.types.is_floating(column.type):
        return pc.if_else(
            pc.match_substring_regex(text, WHOLE), _with_point(text), text
        )
    if pa.types.is_timestamp(column.type):
        return pc.replace_substring_regex(text, r"\.0+$", "")
    return text


def _with_point(text: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(text, pa.scalar(".0", TEXT), NOTHING)


def between(sign: str, text: pa.Array) -> pa.Array:
    """Return each text between two signs; what is missing stays so."""
    mark = pa.scalar(sign, TEXT)
    return pc.binary_join_element_wise(mark, text, mark, NOTHING)


def lines_of(columns: list[pa.Array], missing: str) -> bytes:
    """Return rows of cells with commas between, a line each."""
    lines = pc.binary_join_element_wise(
        *columns,
        pa.scalar(",", TEXT),
        null_handling="replace",
        null_replacement=missing,
    ).to_pylist()
    return "".join([f"{line}\n" for line in lines]).encode()
