"""How much a file may bring."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """The bounds of an import; each is named to the user when it is passed.

    `max_bytes` counts the file as uploaded, `max_record` the bytes of one record, so
    also of one cell.
    """

    max_bytes: int = 20_000 * MIB
    max_rows: int = 200_000_000
    max_columns: int = 10_000
    max_record: int = 16 * MIB
