"""The formats a version goes out in: one entry each; the code is loaded on use."""

from __future__ import annotations

from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasets.exports.outgoing import Outgoing


@dataclass(frozen=True)
class Format:
    """One format: its name, also the file's ending, and where its code is.

    `streams` names a function from an `outgoing.Outgoing` to pieces of bytes, as
    "module:name".
    """

    name: str
    title: str
    content_type: str
    streams: str

    def stream(self, table: Outgoing) -> Iterator[bytes]:
        """Yield the table piece by piece; nothing is held but the piece."""
        pieces: Iterator[bytes] = resolve_name(self.streams)(table)
        return pieces


FORMATS: dict[str, Format] = {
    entry.name: entry
    for entry in (
        Format(
            name="csv",
            title="CSV",
            content_type="text/csv; charset=utf-8; header=present",
            streams="datasets.exports.csv:stream_csv",
        ),
        Format(
            name="parquet",
            title="Parquet",
            content_type="application/vnd.apache.parquet",
            streams="datasets.exports.parquet:stream_parquet",
        ),
        Format(
            name="json",
            title="JSON",
            content_type="application/json",
            streams="datasets.exports.json:stream_records",
        ),
        Format(
            name="jsonl",
            title="JSON Lines",
            content_type="application/jsonl",
            streams="datasets.exports.json:stream_lines",
        ),
        Format(
            name="arff",
            title="ARFF",
            content_type="text/plain; charset=utf-8",
            streams="datasets.exports.arff:stream_arff",
        ),
        Format(
            name="xlsx",
            title="Excel workbook",
            content_type=(
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            ),
            streams="datasets.exports.xlsx:stream_xlsx",
        ),
    )
}
