"""The first rows of a file, exactly as the import would read them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from datasets.monitor import SilentMonitor
from datasets.readers.errors import ReaderError
from datasets.readers.head import first_rows, first_values
from datasets.readers.kinds import first_type
from datasets.readers.limits import Limits
from datasets.readers.questions import unclear_dates
from datasets.readers.report import Guess, Sniff
from datasets.tables import ColumnType

if TYPE_CHECKING:
    from pathlib import Path

    from datasets.readers.catalogue import Reader
    from datasets.readers.dialect import Dialect

PREVIEW = 20
WARNED = 5
DATES = frozenset({ColumnType.DATE, ColumnType.DATETIME})
#: Rows looked at for the types shown with the preview.
TYPED_ROWS = 1_000


def preview(path: Path, entry: Reader, guess: Guess) -> Sniff:
    """Read the first rows as guessed, or as the guess was corrected.

    Raises
    ------
    ReaderError
        If the file has no rows or cannot be read so.
    """
    dialect = guess.dialect
    feed = entry.open(path, dialect, Limits())
    feed.prepare(SilentMonitor(), TYPED_ROWS)
    rows = first_rows(feed, TYPED_ROWS)
    if not rows and not feed.findings.bad:
        raise ReaderError("The file has a header but no rows; add rows and try again.")
    markers = set(dialect.missing_markers)
    names = feed.names.names
    pairs = list(zip(names, first_values(feed, rows), strict=True))
    columns = [
        (name, first_type(values, name, dialect, feed.declared.get(name)))
        for name, values in pairs
    ]
    return Sniff(
        format=entry.name,
        dialect=dialect,
        reasons=guess.reasons,
        parts=guess.parts,
        columns=columns,
        rows=[
            [None if cell in markers else cell for cell in row]
            for row in rows[:PREVIEW]
        ],
        warnings=[
            *feed.names.notices,
            *unclear(pairs, columns, dialect),
            *(record.detail for record in feed.findings.bad[:WARNED]),
            *way_out(dialect, bool(feed.findings.bad)),
        ],
    )


def way_out(dialect: Dialect, has_bad: bool) -> list[str]:
    """Return what can be done about records that would stop the import."""
    if not has_bad or not dialect.stops:
        return []
    return [
        "Such records stop the import. Choose under “Bad records” to fill short ones "
        "or to leave them out, or correct the file or how it is read."
    ]


def unclear(
    pairs: list[tuple[str, list[str]]],
    columns: list[tuple[str, ColumnType]],
    dialect: Dialect,
) -> list[str]:
    """Return what is to be said of the first columns with dates of two readings."""
    kinds = dict(columns)
    found = (
        unclear_dates(name, values, dialect)
        for name, values in pairs
        if kinds[name] in DATES
    )
    return list(islice(filter(None, found), WARNED))
