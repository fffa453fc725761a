"""A guess at the encoding of a file, with its reason."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from datasets.readers.limits import Limits
from datasets.readers.unpacked import Unpacked

if TYPE_CHECKING:
    from pathlib import Path

#: The longer marks first: that of UTF-32 begins like that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
LOOKED_AT = 64 << 20
PART = 1 << 20
#: Bytes that cp1252 leaves undefined, and those only it uses for letters and signs.
UNDEFINED = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])
ONLY_WINDOWS = bytes(b for b in range(0x80, 0xA0) if b not in UNDEFINED)


def guess_encoding(path: Path) -> tuple[str, str]:
    """Return the encoding of a file by its mark or its bytes, and the reason.

    The first `LOOKED_AT` bytes are looked at: plain ASCII costs next to nothing.
    """
    with Unpacked(path, Limits().max_bytes) as file:
        head, seen = file.read(PART), 0
        for mark, encoding, title in MARKS:
            if head.startswith(mark):
                return encoding, f"The file begins with the mark of {title}."
        if encoding := _utf16_without_mark(head):
            return encoding, "Every other byte is zero, as in UTF-16."
        decoder = codecs.getincrementaldecoder("utf-8")()
        while head:
            try:
                decoder.decode(head)
            except UnicodeDecodeError:
                return _single_byte(head)
            seen += len(head)
            head = file.read(PART) if seen < LOOKED_AT else b""
    return "utf-8", "All bytes looked at are valid UTF-8."


def _utf16_without_mark(head: bytes) -> str:
    half = len(head) // 2
    if half and head[1::2].count(0) > 0.7 * half and not head[::2].count(0):
        return "utf-16-le"
    if half and head[::2].count(0) > 0.7 * half and not head[1::2].count(0):
        return "utf-16-be"
    return ""


def _single_byte(part: bytes) -> tuple[str, str]:
    undefined = len(part) - len(part.translate(None, UNDEFINED))
    windows = len(part) - len(part.translate(None, ONLY_WINDOWS))
    if windows and not undefined:
        return "cp1252", "It is not UTF-8, and has signs of Windows (cp1252)."
    return "iso8859-1", "It is not UTF-8; read as Latin-1."
