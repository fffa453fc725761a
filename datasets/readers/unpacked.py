"""The bytes of a file, unpacked on the way if gzip packed them."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Self

from datasets.readers.errors import ReaderError

if TYPE_CHECKING:
    from pathlib import Path

MAGIC = b"\x1f\x8b"


def is_packed(path: Path) -> bool:
    """Tell whether a file is packed, by its first bytes."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


class Unpacked:
    """A file to be read in order, however it is stored.

    Parameters
    ----------
    path : pathlib.Path
    most : int
        Bytes a packed file may unpack to; few bytes can hold any number of them.
    """

    def __init__(self, path: Path, most: int) -> None:
        self._most = most
        self._packed = is_packed(path)
        self._stored = path.open("rb")
        self._bytes = gzip.GzipFile(fileobj=self._stored) if self._packed else None
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._stored.close()

    @property
    def position(self) -> int:
        """Bytes of the file itself read so far."""
        return self._stored.tell()

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most `size`; empty only at the end.

        Raises
        ------
        ReaderError
            If the packed bytes are damaged, or become too many.
        """
        if self._bytes is None:
            return self._stored.read(size)
        try:
            part = self._bytes.read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise ReaderError(
                f"The compressed file is damaged or cut off: it ends after "
                f"{self._count:,} bytes of its content. Get the whole file."
            ) from None
        self._count += len(part)
        if self._count > self._most:
            raise ReaderError(
                f"The compressed file holds more than {self._most:,} bytes, the most "
                "that are allowed. Leave out columns or rows you do not need."
            )
        return part
