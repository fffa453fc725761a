"""Which sheet of a workbook is the table, and whether its first row holds names."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from datasets.readers.csv.header import has_header
from datasets.readers.dialect import Dialect
from datasets.readers.report import Guess
from datasets.readers.workbook.sheets import opened, records, sheet_names, sheet_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Rows = list[list[str]]
LOOKED_AT = 200


def guess_workbook(path: Path) -> Guess:
    """Guess that the first sheet that looks like a table is it, not one of notes."""
    with opened(path) as workbook:
        names = sheet_names(workbook)
        name, rows, why = chosen(
            (name, [r for _, r in islice(records(sheet_of(workbook, name)), LOOKED_AT)])
            for name in names
        )
    header, because = has_header(rows, Dialect())
    parts = {name: name for name in names} if len(names) > 1 else {}
    return Guess(Dialect(header=header, part=name), [why, because], parts)


def chosen(sheets: Iterable[tuple[str, Rows]]) -> tuple[str, Rows, str]:
    """Return the name and the rows of the likeliest sheet, and why it is."""
    last, filled = ("", Rows()), None
    for name, rows in sheets:
        if is_table(rows):
            why = f"“{name}” is the first sheet with rows of several cells."
            return name, rows, why
        last = name, rows
        if len(rows) == LOOKED_AT:  # a table of one column: notes are shorter
            filled = last
            break
        filled = filled or (last if rows else None)
    name, rows = filled or last
    return name, rows, f"“{name}” is the first sheet with rows."


def is_table(rows: Rows) -> bool:
    """Whether there is a row beside the first, and one of more than a single cell."""
    return len(rows) > 1 and any(sum(map(bool, row)) > 1 for row in rows)
