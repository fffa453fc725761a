"""Single cells and rows as CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: What a spreadsheet would take for a formula, after any blanks.
FORMULA = re.compile(r"[\s\u00a0]*[=+\-@\t\r]")


def formula_free(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def neutral(value: object) -> object:
    """Return a cell for a spreadsheet: text made harmless, all else as it is."""
    return formula_free(value) if isinstance(value, str) else value


class _Echo:
    """A file that hands every line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield rows of cells as lines of CSV that are safe to open in a spreadsheet."""
    writer = csv.writer(_Echo())
    for row in rows:
        yield writer.writerow([neutral(cell) for cell in row])


def header_line(names: Iterable[str]) -> bytes:
    """Return the first line of a CSV file."""
    quoted = ('"' + name.replace('"', '""') + '"' for name in names)
    return (",".join(quoted) + "\n").encode()
