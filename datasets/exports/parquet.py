"""A table as Parquet, with the names people gave its columns."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import parquet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasets.exports.outgoing import Outgoing


class Outlet:
    """A file that hands over what was written to it since it was last asked."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self._size += len(data)
        return len(data)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        """Keep what was written; it goes out when it is taken."""

    def close(self) -> None:
        self.closed = True

    def taken(self) -> bytes:
        """Return what came since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def stream_parquet(table: Outgoing) -> Iterator[bytes]:
    """Yield the file piece by piece; nothing of it waits on a disk."""
    outlet = Outlet()
    names = list(table.schema.names)
    pieces = (piece.rename_columns(names) for piece in table.pieces())
    first = next(pieces)
    sink = pa.PythonFile(outlet, mode="w")
    with parquet.ParquetWriter(sink, first.schema, compression="zstd") as writer:
        for piece in chain([first], pieces):
            writer.write_batch(piece)
            yield outlet.taken()
    yield outlet.taken()
