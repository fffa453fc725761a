"""A table as JSON, a list of records or one record a line; missing is null."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasets.exports.outgoing import Outgoing

#: Every cell of a piece becomes an object of Python, and a part of a dictionary.
PER_CELL = 10


def stream_records(table: Outgoing) -> Iterator[bytes]:
    """Yield one list of objects, an object a line."""
    before = b"[\n"
    for records in _records(table):
        yield before + b",\n".join(records)
        before = b",\n"
    yield b"\n]\n"


def stream_lines(table: Outgoing) -> Iterator[bytes]:
    """Yield JSON Lines: an object a line and nothing around them."""
    for records in _records(table):
        yield b"".join([record + b"\n" for record in records])


def _records(table: Outgoing) -> Iterator[list[bytes]]:
    names = table.schema.names
    for piece in table.pieces(PER_CELL):
        columns = [column.to_pylist() for column in piece.columns]
        rows = zip(*columns, strict=True)
        yield [orjson.dumps(dict(zip(names, row, strict=True))) for row in rows]
