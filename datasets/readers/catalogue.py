"""Every format DataMine reads: one entry each; the code is loaded on use."""

from __future__ import annotations

from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from datasets.readers.dialect import Dialect
    from datasets.readers.feed import Feed
    from datasets.readers.limits import Limits


@dataclass(frozen=True)
class Reader:
    """One format: its name and title, its file extensions, and where its code is.

    `guess` names the function that looks at the first part of a file and returns a
    `report.Guess`, `feed` the class of its `feed.Feed`, both as "module:name".
    `settings` are the fields of a `Dialect` that matter to the format.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    guess: str
    feed: str
    settings: tuple[str, ...]

    @property
    def is_text(self) -> bool:
        """Whether files of the format have an encoding, and may be packed by gzip."""
        return "encoding" in self.settings

    def open(self, path: Path, dialect: Dialect, limits: Limits) -> Feed[Any]:
        """Return the records of a file of this format."""
        feed: Feed[Any] = resolve_name(self.feed)(path, dialect, limits)
        return feed


#: What the names of text files end in that gzip has packed.
PACKED = ".gz"
READERS: tuple[Reader, ...] = (
    Reader(
        name="csv",
        title="CSV and other delimited text",
        extensions=(".csv", ".tsv", ".tab", ".txt", ".dat", ".tbl", ".data"),
        guess="datasets.readers.csv.guess:guess_csv",
        feed="datasets.readers.csv.feed:CsvFeed",
        settings=(
            *("encoding", "delimiter", "decimal", "thousands", "quote", "comment"),
            *("day_first", "bad_records", "header", "missing_markers"),
        ),
    ),
    Reader(
        name="arff",
        title="ARFF",
        extensions=(".arff",),
        guess="datasets.readers.arff.guess:guess_arff",
        feed="datasets.readers.arff.feed:ArffFeed",
        settings=("encoding", "bad_records", "missing_markers"),
    ),
    Reader(
        name="json",
        title="JSON and JSON Lines",
        extensions=(".json", ".jsonl", ".ndjson", ".geojson"),
        guess="datasets.readers.json.guess:guess_json",
        feed="datasets.readers.json.feed:JsonFeed",
        settings=("part", "encoding", "day_first", "bad_records", "missing_markers"),
    ),
    Reader(
        name="parquet",
        title="Parquet",
        extensions=(".parquet", ".pq"),
        guess="datasets.readers.columnar.guess:guess_parquet",
        feed="datasets.readers.columnar.feed:ParquetFeed",
        settings=("missing_markers",),
    ),
    Reader(
        name="xlsx",
        title="Excel workbook",
        extensions=(".xlsx", ".xlsm"),
        guess="datasets.readers.workbook.guess:guess_workbook",
        feed="datasets.readers.workbook.feed:WorkbookFeed",
        settings=("part", "day_first", "header", "missing_markers"),
    ),
)


def readers() -> tuple[Reader, ...]:
    """Return all formats, in the order they are offered."""
    return READERS


def extensions() -> list[str]:
    """Return what the names of files DataMine reads end in."""
    return [extension for entry in READERS for extension in entry.extensions]


def reader(name: str) -> Reader:
    """Return the format called `name`; `LookupError` if there is none."""
    for entry in READERS:
        if entry.name == name:
            return entry
    raise LookupError(f"There is no format “{name}”.")
