"""The first rows of a file, exactly as the import would read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasets.monitor import SilentMonitor
from datasets.readers.errors import ReaderError
from datasets.readers.head import first_rows, first_values
from datasets.readers.kinds import first_type
from datasets.readers.limits import Limits
from datasets.readers.report import Guess, Sniff

if TYPE_CHECKING:
    from pathlib import Path

    from datasets.readers.catalogue import Reader

PREVIEW = 20
WARNED = 5
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
    return Sniff(
        format=entry.name,
        dialect=dialect,
        reasons=guess.reasons,
        parts=guess.parts,
        columns=[
            (name, first_type(values, name, dialect, feed.declared.get(name)))
            for name, values in zip(names, first_values(feed, rows), strict=True)
        ],
        rows=[
            [None if cell in markers else cell for cell in row]
            for row in rows[:PREVIEW]
        ],
        warnings=[
            *feed.names.notices,
            *(record.detail for record in feed.findings.bad[:WARNED]),
        ],
    )
