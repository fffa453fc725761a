"""What a file really is, whatever its name says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasets.readers.catalogue import READERS
from datasets.readers.errors import ReaderError
from datasets.readers.limits import Limits
from datasets.readers.unpacked import Unpacked, is_packed

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 4096
UNICODE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
#: More control characters than this share of the head, and it is no text.
CONTROL_SHARE = 0.1
CONTROL = bytes(b for b in range(32) if b not in b"\t\n\r\f\x1b") + b"\x7f"


@dataclass(frozen=True)
class Content:
    """A kind of content: how its first bytes look, and what to do with such a file.

    `name` is the format's name should the catalogue have a reader for it.
    """

    name: str
    title: str
    pattern: re.Pattern[bytes]
    hint: str = "Export the table as CSV and upload that."


def _content(name: str, title: str, pattern: bytes, hint: str = "") -> Content:
    compiled = re.compile(pattern, re.DOTALL | re.IGNORECASE)
    return Content(name, title, compiled, hint or Content.hint)


# Patterns that repeat a repetition do so possessively (`*+`): each byte is looked at
# once, whatever a file begins with.
CONTENTS: tuple[Content, ...] = (
    _content(
        "xlsx", "an Excel workbook", rb"PK\x03\x04.{0,4000}?(\[Content_Types\]|xl/)"
    ),
    _content(
        "ods", "an OpenDocument file", rb"PK\x03\x04.{0,80}?mimetypeapplication/vnd"
    ),
    _content(
        "zip",
        "a ZIP archive",
        rb"PK(\x03\x04|\x05\x06)",
        "Unpack it and upload the table.",
    ),
    _content("xls", "an old Excel workbook", rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    _content("parquet", "a Parquet file", rb"PAR1"),
    _content("feather", "an Arrow file", rb"ARROW1"),
    _content("hdf5", "an HDF5 file", rb"\x89HDF"),
    _content("sqlite", "an SQLite database", rb"SQLite format 3\x00"),
    _content(
        "packed",
        "a compressed file",
        rb"(\x1f\x8b|BZh[1-9]|\xfd7zXZ|7z\xbc\xaf|Rar!|\x28\xb5\x2f\xfd)",
        "Unpack it and upload the table.",
    ),
    _content(
        "tar", "a tar archive", rb".{257}ustar", "Unpack it and upload the table."
    ),
    _content(
        "pickle",
        "a Python pickle",
        rb"\x80[\x02-\x05].",
        "Pickles can run code and are never opened; export the table as CSV.",
    ),
    _content(
        "image",
        "an image",
        rb"(\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\x00\x00\x00\x00|RIFF.{4}WEBP|II\*\x00)",
    ),
    _content("pdf", "a PDF document", rb"%PDF-"),
    _content("program", "a program", rb"(\x7fELF|MZ.\x00|\xca\xfe\xba\xbe)"),
    _content(
        "html",
        "a web page",
        rb"\s*+(?:<!--(?:(?!-->).)*+-->\s*+)*+<(!doctype\s+html|html|head|body|table|script)\b",
        "Save the table as CSV where you found it and upload that.",
    ),
    _content("xml", "an XML file", rb"\s*<\?xml\b"),
    _content(
        "arff",
        "an ARFF file",
        rb"(?:[^\S\n]*+(?:%[^\n]*+)?\n)*+[^\S\n]*+@(relation|attribute)\b",
    ),
    _content(
        "json",
        "a JSON file",
        rb'\s*(\{\s*("[^"\n]*"\s*:|\})|\[\s*(\{|\[\s*[-\["0-9{]|\]))',
    ),
)


def recognise(path: Path, filename: str) -> str:
    """Return the name of the format that a file's content and name point to.

    Content comes first: a workbook called `.csv` is a workbook. Text that looks like
    nothing else is read by the format of its extension, or as CSV. Of a file packed by
    gzip it is what is inside, and the name without `.gz`.

    Raises
    ------
    ReaderError
        If the file is empty, or is something DataMine does not read.
    """
    with Unpacked(path, Limits().max_bytes) as file:
        head = file.read(HEAD)
    if is_packed(path):
        filename = re.sub(r"\.gz$", "", filename, flags=re.IGNORECASE)
    if not head:
        raise ReaderError("The file is empty; choose a file with a table in it.")
    found = _content_of(head)
    if found is None:
        return _format_of(filename)
    known = next((entry for entry in READERS if entry.name == found.name), None)
    if known and (known.is_text or not is_packed(path)):
        return known.name
    if known:
        raise ReaderError(f"This is {found.title}, packed by gzip. Unpack it first.")
    raise ReaderError(
        f"This is {found.title}, not a table DataMine reads. {found.hint}"
    )


def _content_of(head: bytes) -> Content | None:
    if head.startswith(UNICODE_MARKS[:2]):
        return None
    text = head.removeprefix(UNICODE_MARKS[2])
    for content in CONTENTS:
        if content.pattern.match(text):
            return content
    if _looks_binary(head):
        raise ReaderError(
            "This is not text, so it is no CSV file. Export the table as CSV and "
            "upload that."
        )
    return None


def _looks_binary(head: bytes) -> bool:
    """Tell whether control characters abound; UTF-16 without a mark has only NULs."""
    without_nul = head.replace(b"\0", b"")
    control = len(without_nul) - len(without_nul.translate(None, CONTROL))
    return control > CONTROL_SHARE * len(head) or not without_nul


def _format_of(filename: str) -> str:
    extension = "." + filename.rpartition(".")[2].lower()
    for entry in READERS:
        if extension in entry.extensions:
            return entry.name
    return "csv"
