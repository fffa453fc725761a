"""The bytes of a file as clean UTF-8, whatever encoding they came in."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Self

from datasets.readers.errors import ReaderError
from datasets.readers.unpacked import Unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from datasets.readers.limits import Limits

BOM = "\ufeff".encode()
SEARCH = 1 << 20
#: Bytes of the longest sign in UTF-8, and what the first of several is at least.
LONGEST_SIGN, LEADING = 4, 0xC0


class Source:
    """A file read in order as UTF-8 without byte order mark and NUL bytes.

    A line end is added where the last line has none. `read_bytes` counts the bytes
    of the file read so far, packed as they are stored; `nul_count` the NUL bytes left
    out.

    Parameters
    ----------
    path : Path
    encoding : str
        A name Python's `codecs` knows.
    limits : Limits
        `max_bytes` is checked at once.
    """

    def __init__(self, path: Path, encoding: str, limits: Limits) -> None:
        size = path.stat().st_size
        if size > limits.max_bytes:
            raise ReaderError(
                f"The file has {size:,} bytes; at most {limits.max_bytes:,} are "
                "allowed."
            )
        self.path = path
        self.encoding = encoding
        self.read_bytes = 0
        self.nul_count = 0
        self._limits = limits
        self._file = Unpacked(path, limits.max_bytes)
        self._offset = 0
        self._decoder = codecs.getincrementaldecoder(encoding)()
        name = codecs.lookup(encoding).name
        self._is_utf8 = name in {"utf-8", "utf-8-sig", "ascii"}
        self._has_long_signs = self._is_utf8 and name != "ascii"
        self._pending = b""
        self._last = b""
        self._newline = b""
        self._begun = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int) -> bytes:
        """Return about `size` bytes of text as UTF-8; empty only at the end."""
        while raw := self._file.read(size):
            offset, self._offset = self._offset, self._offset + len(raw)
            self.read_bytes = self._file.position
            text = self._cleaned(self._to_utf8(raw, offset, final=False))
            if text:
                return text
        return self._end()

    def _end(self) -> bytes:
        text = self._cleaned(self._to_utf8(b"", self._offset, final=True))
        if text or self._last in {b"", b"\n", b"\r"}:
            return text
        self._last = b"\n"
        return self._newline or b"\n"

    def _to_utf8(self, raw: bytes, offset: int, *, final: bool) -> bytes:
        """Return text as UTF-8; what is UTF-8 already is only checked."""
        if self._is_utf8 and not self._pending and raw.isascii():
            return raw
        # The first piece, all that a preview reads, is not worth loading Arrow.
        is_later = bool(offset) and not final
        checked = self._whole_signs(raw) if is_later and self._has_long_signs else None
        if checked is not None:
            return checked
        try:
            text = self._decoder.decode(raw, final)
        except UnicodeDecodeError as error:
            raise self._undecodable(offset - len(self._pending) + error.start) from None
        if not self._is_utf8:
            return text.encode()
        checked = self._pending + raw
        self._pending = self._decoder.getstate()[0]
        return checked[: len(checked) - len(self._pending)]

    def _whole_signs(self, raw: bytes) -> bytes | None:
        """Return what waited and `raw`, without a sign cut off at its end, as checked.

        None where it is no UTF-8: the decoder, which takes ten times as long, tells
        where.
        """
        from datasets.readers.arrays import is_utf8  # noqa: PLC0415 -- heavy import

        text = self._pending + raw
        cut = _end_of_whole_signs(text)
        if not is_utf8(text[:cut]):
            return None
        self._pending = text[cut:]
        self._decoder.setstate((self._pending, 0))
        return text[:cut]

    def _cleaned(self, text: bytes) -> bytes:
        if not self._begun and text:
            text = text.removeprefix(BOM)
            self._begun = True
        if b"\0" in text:
            clean = text.replace(b"\0", b"")
            self.nul_count += len(text) - len(clean)
            text = clean
        if text:
            self._last = text[-1:]
            self._newline = self._newline or _newline_of(text)
        return text

    def _undecodable(self, offset: int) -> ReaderError:
        line = self._line_at(offset)
        return ReaderError(
            f"Line {line:,} holds bytes that are not {self.encoding.upper()} (at byte "
            f"{offset:,}); choose another encoding, such as cp1252 or Latin-1.",
            line=line,
        )

    def _line_at(self, offset: int) -> int:
        line, left = 1, offset
        with Unpacked(self.path, self._limits.max_bytes) as file:
            while left > 0 and (part := file.read(min(left, SEARCH))):
                line += part.count(b"\n")
                left -= len(part)
        return line


def _newline_of(text: bytes) -> bytes:
    at = min((i for i in (text.find(b"\n"), text.find(b"\r")) if i >= 0), default=-1)
    if at < 0:
        return b""
    return text[at : at + 2] if text[at : at + 2] == b"\r\n" else text[at : at + 1]


def _end_of_whole_signs(text: bytes) -> int:
    """Return the length of UTF-8 text without a sign that is cut off at its end."""
    for back in range(1, min(LONGEST_SIGN, len(text) + 1)):
        first = text[-back]
        if first >= LEADING:
            length = 2 + (first >= 0xE0) + (first >= 0xF0)
            return len(text) - back if length > back else len(text)
    return len(text)
