"""Every format DataMine reads: one entry each; the code is loaded on use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reader:
    """One format: its name and title, its file extensions, and where its code is.

    `sniff` and `read` are dotted names, "module:function"; the functions have the
    signatures of `sniff.sniff` and `importing.import_table` without the format.
    `preview` names the function that reads the first rows with a given dialect.
    """

    name: str
    title: str
    extensions: tuple[str, ...]
    sniff: str
    preview: str
    read: str


READERS: tuple[Reader, ...] = (
    Reader(
        name="csv",
        title="CSV and other delimited text",
        extensions=(".csv", ".tsv", ".tab", ".txt", ".dat", ".tbl", ".data"),
        sniff="datasets.readers.csv.guess:sniff_csv",
        preview="datasets.readers.csv.guess:preview",
        read="datasets.readers.csv.reader:import_csv",
    ),
)


def readers() -> tuple[Reader, ...]:
    """Return all formats, in the order they are offered."""
    return READERS


def reader(name: str) -> Reader:
    """Return the format called `name`; `LookupError` if there is none."""
    for entry in READERS:
        if entry.name == name:
            return entry
    raise LookupError(f"There is no format “{name}”.")
