"""Which sheet of a workbook is the table, and whether its first row holds names."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from datasets.readers.csv.header import has_header
from datasets.readers.dialect import Dialect
from datasets.readers.report import Guess
from datasets.readers.workbook.sheets import opened, records, sheet_names, sheet_of

if TYPE_CHECKING:
    from pathlib import Path

LOOKED_AT = 200


def guess_workbook(path: Path) -> Guess:
    """Guess that the first sheet with rows is the table."""
    with opened(path) as workbook:
        names = sheet_names(workbook)
        for name in names:
            rows = [r for _, r in islice(records(sheet_of(workbook, name)), LOOKED_AT)]
            if rows:
                break
        header, why = has_header(rows, Dialect())
    reasons = [f"“{name}” is the first sheet with rows.", why]
    parts = {name: name for name in names} if len(names) > 1 else {}
    return Guess(Dialect(header=header, part=name), reasons, parts)
