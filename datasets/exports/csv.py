"""A table as CSV: UTF-8, text in quotes, an empty cell where a value is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from datasets.exports.cells import (
    NOTHING,
    TEXT,
    as_text,
    between,
    holds_text,
    lines_of,
)
from datasets.exports.spreadsheets import formula_free, header_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasets.exports.outgoing import Outgoing

#: `spreadsheets.FORMULA`, as Arrow writes patterns.
FORMULA = r"^[\s\x{00A0}]*[=+\-@\t\r]"


def stream_csv(table: Outgoing) -> Iterator[bytes]:
    """Yield the line of names, then the rows."""
    names = table.schema.names
    is_raw = table.is_for_programs
    yield header_line(names if is_raw else [formula_free(name) for name in names])
    for piece in table.pieces():
        cells = [_cells(column, is_raw=is_raw) for column in piece.columns]
        yield lines_of(cells, missing="")


def _cells(column: pa.Array, *, is_raw: bool) -> pa.Array:
    text = as_text(column)
    if not holds_text(column):
        return text
    safe = text if is_raw else _harmless(text)
    return between('"', pc.replace_substring(safe, '"', '""'))


def _harmless(text: pa.Array) -> pa.Array:
    """Put an apostrophe in front of what a spreadsheet would run as a formula."""
    marked = pc.binary_join_element_wise(pa.scalar("'", TEXT), text, NOTHING)
    return pc.if_else(pc.match_substring_regex(text, FORMULA), marked, text)
