"""How an ARFF file is read: nearly all of it is said by the format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasets.readers.arff.header import read_header
from datasets.readers.csv.encodings import guess_encoding
from datasets.readers.csv.source import Source
from datasets.readers.dialect import Dialect
from datasets.readers.limits import Limits
from datasets.readers.report import Guess

if TYPE_CHECKING:
    from pathlib import Path

MISSING = ("", "?")


def guess_arff(path: Path) -> Guess:
    """Guess the encoding, and the quote most values of the data have."""
    encoding, reason = guess_encoding(path)
    with Source(path, encoding, Limits()) as source:
        header = read_header(source)
        only_double = b'"' in header.rest and b"'" not in header.rest
    dialect = Dialect(
        encoding=encoding, quote='"' if only_double else "'", missing_markers=MISSING
    )
    columns = f"{len(header.attributes):,}"
    reasons = [reason, f"The header declares the types of {columns} columns."]
    if not header.has_relation:
        reasons.append("There is no line @relation; nothing else depends on it.")
    return Guess(dialect, reasons)
