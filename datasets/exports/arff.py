"""A table as ARFF, with what it knows of each column in the header.

The format has no boolean, which goes out as a nominal of false and true, and its dates
know milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from datasets.exports.cells import TEXT, as_text, between, holds_text, lines_of
from datasets.tables import ColumnType, Schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasets.exports.outgoing import Outgoing
    from datasets.tables import Column

#: Different values above which a category goes out as text.
MOST_VALUES = 1_000
ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
KINDS = {
    ColumnType.INTEGER: "integer",
    ColumnType.NUMBER: "real",
    ColumnType.TEXT: "string",
    ColumnType.BOOLEAN: "{false,true}",
    ColumnType.DATE: "date 'yyyy-MM-dd'",
}
MOMENTS = "date 'yyyy-MM-dd HH:mm:ss'"
FINE_MOMENTS = "date 'yyyy-MM-dd HH:mm:ss.SSS'"


@dataclass
class Seen:
    """What the header says about a column and only its values know."""

    values: set[str] = field(default_factory=set)
    has_fractions: bool = False

    def look(self, column: pa.Array) -> None:
        if pa.types.is_timestamp(column.type):
            self.has_fractions |= _has_fractions(column)
        elif len(self.values) <= MOST_VALUES:
            self.values |= set(pc.unique(column).drop_null().to_pylist())


def stream_arff(table: Outgoing) -> Iterator[bytes]:
    """Yield the header, then the rows; a missing value is a question mark."""
    seen = _seen(table)
    lines = [f"@relation {_quoted(table.name)}", ""]
    for column in table.schema:
        kind = _kind(column, seen.get(column.id))
        lines.append(f"@attribute {_quoted(column.name)} {kind}")
    yield "\n".join([*lines, "", "@data", ""]).encode()
    for piece in table.pieces():
        columns = zip(table.schema, piece.columns, strict=True)
        cells = [_cells(values, seen.get(column.id)) for column, values in columns]
        yield lines_of(cells, missing="?")


def _seen(table: Outgoing) -> dict[str, Seen]:
    """Read the columns whose values the header needs, once."""
    asked = (ColumnType.CATEGORY, ColumnType.DATETIME)
    found = {c.id: Seen() for c in table.schema if c.type in asked}
    if found:
        schema = Schema(tuple(c for c in table.schema if c.id in found))
        for piece in replace(table, schema=schema).pieces():
            for id, seen in found.items():
                seen.look(piece.column(id))
    return found


def _kind(column: Column, seen: Seen | None) -> str:
    if column.type is ColumnType.DATETIME and seen:
        return FINE_MOMENTS if seen.has_fractions else MOMENTS
    if column.type is ColumnType.CATEGORY and seen:
        if not 0 < len(seen.values) <= MOST_VALUES:
            return KINDS[ColumnType.TEXT]
        return "{" + ",".join(map(_quoted, sorted(seen.values))) + "}"
    return KINDS[column.type]


def _cells(column: pa.Array, seen: Seen | None) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        unit = "ms" if seen and seen.has_fractions else "s"
        return between("'", column.cast(pa.timestamp(unit), safe=False).cast(TEXT))
    text = as_text(column)
    if not holds_text(column):
        return text
    for sign, escape in ESCAPES.items():
        text = pc.replace_substring(text, sign, escape)
    return between("'", text)


def _has_fractions(column: pa.Array) -> bool:
    whole = column.cast(pa.timestamp("s"), safe=False).cast(column.type)
    return bool(pc.any(pc.not_equal(whole, column)).as_py())


def _quoted(text: str) -> str:
    return "'" + "".join(ESCAPES.get(sign, sign) for sign in text) + "'"
