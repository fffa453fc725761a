"""The sheets of a workbook, and their cells as text."""

from __future__ import annotations

import datetime
from contextlib import contextmanager
from typing import TYPE_CHECKING

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from datasets.readers.errors import ReaderError
from datasets.readers.workbook.package import check_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from python_calamine import CalamineSheet

#: Whole numbers up to here are exact, in a workbook as in a floating-point number.
EXACT = 2**53


@contextmanager
def opened(path: Path) -> Iterator[CalamineWorkbook]:
    """Open a workbook once it was checked; all its faults become `ReaderError`."""
    check_package(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            yield workbook
    except CalamineError as error:
        raise ReaderError(
            "The workbook cannot be read: it is damaged, or no workbook of Excel. "
            "Save it again and upload that."
        ) from error


def sheet_names(workbook: CalamineWorkbook) -> list[str]:
    """Return the sheets with cells that are not hidden; else all sheets."""
    tables = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet
        and sheet.visible == SheetVisibleEnum.Visible
    ]
    if not workbook.sheet_names:
        raise ReaderError("The workbook has no sheets; choose one with a table.")
    return tables or workbook.sheet_names


def sheet_of(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    """Return the sheet with this name, for an empty one the first."""
    if not name:
        return workbook.get_sheet_by_name(sheet_names(workbook)[0])
    if name not in workbook.sheet_names:
        raise ReaderError(
            f"There is no sheet “{name}” in this workbook; choose another."
        )
    return workbook.get_sheet_by_name(name)


def records(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each row that is not empty."""
    first = sheet.start[0] if sheet.start else 0
    for number, row in enumerate(sheet.to_python(skip_empty_area=True), first + 1):
        cells = [text(value) for value in row]
        if any(cells):
            yield number, cells


def text(value: object) -> str:
    """Return a value of a cell as text, as precise as the cell is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        is_whole = value.is_integer() and abs(value) <= EXACT
        return str(int(value)) if is_whole else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    return str(value).replace("\0", "").strip(" \t")
