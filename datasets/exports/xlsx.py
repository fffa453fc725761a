"""A table as a workbook of Excel: a sheet with names above, each cell of its type.

Cells know milliseconds; whole numbers they would round, and days before their calendar
begins, go out as text.
"""

from __future__ import annotations

import math
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyarrow import parquet
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from datasets.exports.outgoing import TooLargeError
from datasets.exports.spreadsheets import FORMULA
from datasets.tables import ColumnType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datasets.exports.outgoing import Outgoing

#: What a sheet can hold, the line of names among its rows.
MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT = 1_048_576, 16_384, 32_767
#: What is written while somebody waits: a workbook is sent once it is whole.
MOST_CELLS = 3_000_000
#: Every cell of a piece becomes an object of Python.
PER_CELL = 10
PART = 1 << 20
#: The first day on which Excel counts right, and the largest exact whole number.
FIRST_DAY, EXACT = date(1900, 3, 1), 2**53
FORMATS = {ColumnType.DATE: "yyyy-mm-dd", ColumnType.DATETIME: "yyyy-mm-dd hh:mm:ss"}


class Sheet(Worksheet):
    """Writes numbers with all their digits, and text that looks like marks as text."""

    def _xml_number_element(self, number: Any, attributes: Any = ()) -> None:
        # The library's own way keeps 16 digits; a number may need 17.
        named = "".join(f' {key}="{value}"' for key, value in attributes)
        self.fh.write(f"<c{named}><v>{number!r}</v></c>")

    def _xml_rich_inline_string(self, string: str, attributes: Any = ()) -> None:
        # The library takes text in “<r>” for marks of its own and would not escape it.
        self._xml_inline_string(string, False, attributes)


def stream_xlsx(table: Outgoing) -> Iterator[bytes]:
    """Yield the workbook, once it is whole.

    Raises
    ------
    TooLargeError
        Before anything is yielded.
    """
    with tempfile.TemporaryDirectory(dir=table.scratch) as folder:
        path = Path(folder, "table.xlsx")
        options = {"constant_memory": True, "tmpdir": folder}
        with Workbook(str(path), options) as workbook:
            _fill(workbook, table)
        with path.open("rb") as file:
            while part := file.read(PART):
                yield part


def _fill(workbook: Any, table: Outgoing) -> None:
    _check_size(parquet.read_metadata(table.path).num_rows, len(table.schema))
    sheet = workbook.add_worksheet("Data", worksheet_class=Sheet)
    sheet.freeze_panes(1, 0)
    head = workbook.add_format({"bold": True, "quote_prefix": True})
    for place, column in enumerate(table.schema):
        _put_text(sheet, 0, place, column.name, head, column.name)
    puts = [
        _putting(workbook, sheet, place, column.name, column.type)
        for place, column in enumerate(table.schema)
    ]
    for number, row in enumerate(_rows(table), start=1):
        for put, value in zip(puts, row, strict=True):
            if value is not None:
                put(number, value)


def _rows(table: Outgoing) -> Iterator[tuple[Any, ...]]:
    for piece in table.pieces(PER_CELL):
        yield from zip(*(column.to_pylist() for column in piece.columns), strict=True)


def _check_size(rows: int, columns: int) -> None:
    instead = "Take CSV or Parquet, or keep fewer rows or columns first."
    if rows >= MOST_ROWS:
        raise TooLargeError(
            f"A sheet of Excel has {MOST_ROWS:,} rows, one of them for the names; this "
            f"table has more. {instead}"
        )
    if columns > MOST_COLUMNS:
        raise TooLargeError(
            f"A sheet of Excel has {MOST_COLUMNS:,} columns; this table has "
            f"{columns:,}. {instead}"
        )
    if rows * columns > MOST_CELLS:
        raise TooLargeError(
            f"A workbook of more than {MOST_CELLS:,} cells is not made here; this "
            f"table has more. {instead}"
        )


def _putting(
    workbook: Any, sheet: Any, place: int, name: str, type: ColumnType
) -> Callable[[int, Any], None]:
    """Return what writes a value of a column into a row."""
    if type is ColumnType.BOOLEAN:
        return lambda row, value: sheet.write_boolean(row, place, value)
    if type in (ColumnType.INTEGER, ColumnType.NUMBER):
        return lambda row, value: _put_number(sheet, row, place, value)
    if type in FORMATS:
        shown = workbook.add_format({"num_format": FORMATS[type]})
        fine = workbook.add_format({"num_format": f"{FORMATS[type]}.000"})
        return lambda row, value: _put_moment(
            sheet,
            row,
            place,
            value,
            fine if getattr(value, "microsecond", 0) else shown,
        )
    quoted = workbook.add_format({"quote_prefix": True})
    return lambda row, value: _put_text(
        sheet, row, place, value, quoted if FORMULA.match(value) else None, name
    )


def _put_number(sheet: Any, row: int, place: int, value: float) -> None:
    is_held = abs(value) <= EXACT if isinstance(value, int) else math.isfinite(value)
    if is_held:
        sheet.write_number(row, place, value)
    else:
        sheet.write_string(row, place, str(value))


def _put_moment(sheet: Any, row: int, place: int, value: date, shown: Any) -> None:
    day = value.date() if isinstance(value, datetime) else value
    if day < FIRST_DAY:
        sheet.write_string(row, place, str(value))
    else:
        sheet.write_datetime(row, place, value, shown)


def _put_text(
    sheet: Any, row: int, place: int, text: str, shown: Any, name: str
) -> None:
    """Write text; marked as such, it stays text when somebody edits the cell."""
    if sheet.write_string(row, place, text, shown) != 0:
        raise TooLargeError(
            f"A cell of Excel holds {LONGEST_TEXT:,} characters; “{name[:60]}” has a "
            f"longer text in row {row:,}. Take CSV or Parquet."
        )
