"""The beginning of a CSV file: names and first rows, as the import will read them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from datasets.readers.csv.records import Records
from datasets.readers.csv.source import Source
from datasets.readers.names import Names, distinct_names, invented_names

if TYPE_CHECKING:
    from pathlib import Path

    from datasets.readers.csv.careful import Findings
    from datasets.readers.dialect import Dialect
    from datasets.readers.limits import Limits


@dataclass(frozen=True)
class Head:
    """The beginning of a file: its names and the values of its first rows."""

    names: Names
    rows: list[list[str]]
    findings: Findings


def read_head(path: Path, dialect: Dialect, limits: Limits, count: int) -> Head:
    """Read names and the first `count` rows that fit."""
    with Source(path, dialect.encoding, limits) as source:
        records = Records(source, dialect, limits)
        if dialect.header:
            names = distinct_names(records.first)
        else:
            names = invented_names(records.width)
        rows = [cells for _, cells in islice(records.rows(), count)]
        return Head(names, rows, records.findings)
