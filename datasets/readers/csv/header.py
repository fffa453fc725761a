"""A guess whether the first record of a CSV file holds the columns' names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasets.readers.kinds import Kind, candidates, surviving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasets.readers.dialect import Dialect

#: Whole numbers in this range are taken for years when they stand over other values.
YEARS = range(1800, 2201)


def has_header(records: Sequence[Sequence[str]], dialect: Dialect) -> tuple[bool, str]:
    """Tell whether the first record looks like names, and why.

    Each column votes: for names if the first cell is not what all others are (a word
    over numbers), against if it is (a number over numbers, a value seen again below).
    A tie means names, for most files have them.
    """
    if len(records) < 2:
        return True, "There is only one row; it is taken for the names."
    first = [cell.strip() for cell in records[0]]
    rows = [record for record in records[1:] if len(record) == len(first)]
    kinds = candidates(dialect)
    markers = set(dialect.missing_markers)
    votes = 0
    for index, cell in enumerate(first):
        below = [row[index].strip() for row in rows]
        votes += _vote(cell, [value for value in below if value not in markers], kinds)
    if votes < 0:
        return (
            False,
            "The first row looks like the rows below it, so names are missing.",
        )
    return True, "The first row looks like names."


def _vote(cell: str, below: Sequence[str], kinds: Sequence[Kind]) -> int:
    if not cell or not below:
        return 0
    fitting = surviving(kinds, below)
    if not fitting:
        return -1 if cell in below else 0
    if not fitting[0].accepts(cell):
        return 1
    if cell.isascii() and cell.isdigit() and int(cell[:9]) in YEARS:
        return 1 if _are_no_years(below) else -1
    return -1


def _are_no_years(values: Sequence[str]) -> bool:
    years = sum(v.isascii() and v.isdigit() and int(v[:9]) in YEARS for v in values)
    return 2 * years < len(values)
