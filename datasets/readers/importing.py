"""From an uploaded file to the typed Parquet file of version 1."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from datasets.readers.catalogue import reader

if TYPE_CHECKING:
    from pathlib import Path

    from datasets.monitor import Monitor
    from datasets.readers.dialect import Dialect
    from datasets.readers.limits import Limits
    from datasets.readers.report import ImportReport


def import_table(
    source: Path,
    target: Path,
    format: str,
    dialect: Dialect,
    monitor: Monitor,
    limits: Limits,
) -> ImportReport:
    """Read every row of `source` and write it, typed, to `target`.

    `target` is Parquet (zstd, row groups of 100 000 rows) with the columns `_row` and
    `c0` … `cN`; it appears only when the import succeeded. Heavy: run it in a child
    process. Progress is counted in bytes of `source`.

    Raises
    ------
    ReaderError
        If the file cannot be read so, passes a limit, or has bad records and the
        dialect says to stop at them.
    Cancelled
        If the monitor was asked to stop; nothing is left at `target`.
    """
    from datasets.readers.passes import import_feed  # noqa: PLC0415 -- heavy import

    feed = reader(format).open(source, dialect, limits)
    report = import_feed(feed, target, monitor)
    return replace(report, dialect=dialect)
