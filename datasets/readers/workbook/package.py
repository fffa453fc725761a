"""What a workbook unpacks to, looked at before anything reads it whole."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from datasets.readers.errors import ReaderError
from datasets.readers.limits import MIB
from datasets.words import word

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

#: What reading a package raises that is not one; OSError where a part is said to lie
#: before its beginning.
DAMAGES = (
    *(BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError),
)
#: Bytes all parts may have together: a sheet is held in memory, also to show it.
UNPACKED = 100 * MIB
#: Cells between the first and the last one of a sheet: two far apart would do.
AREA = 5_000_000
PART = 1 << 20
#: A reference is shorter, so none is lost where two parts meet.
OVERLAP = 32
REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,7})([0-9]{1,9})[\"']")


def check_package(path: Path) -> None:
    """Refuse a workbook that is damaged or would fill the memory."""
    try:
        with ZipFile(path) as package:
            parts = package.infolist()
            if sum(part.file_size for part in parts) > UNPACKED:
                raise _too_large(word(f"unpacks to more than {UNPACKED:,} bytes"))
            for part in parts:
                with package.open(part) as file:
                    if _area(file) > AREA:
                        raise _too_large(
                            word(f"has a sheet of more than {AREA:,} cells")
                        )
    except DAMAGES:
        raise ReaderError(
            "The workbook is damaged, cut off or protected by a password. Save it "
            "again without one and upload that."
        ) from None


def _area(file: IO[bytes]) -> int:
    """Return how many cells lie between the first and the last one of a part."""
    rows = columns = 0
    rest = b""
    while part := file.read(PART):
        for letters, digits in REFERENCE.findall(rest + part):
            rows = max(rows, int(digits))
            columns = max(columns, _column(letters.upper()))
        rest = part[-OVERLAP:]
    return rows * columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_large(what: str) -> ReaderError:
    return ReaderError(
        f"The workbook {what}, the most that is read. Save the sheet as CSV and "
        "upload that."
    )
