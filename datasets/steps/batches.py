"""How many columns may be held in memory at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datasets.engines import Engine
    from datasets.tables import Column, Table

#: One column of a large table, all columns of a small one.
CELLS_AT_ONCE = 2_000_000


def batches(
    table: Table, columns: Sequence[Column], engine: Engine
) -> Iterator[Sequence[Column]]:
    """Split columns for statistics that hold whole columns, such as quantiles."""
    rows = int(engine.rows(table.frame.select(nw.len()))[0][0])
    size = max(CELLS_AT_ONCE // max(rows, 1), 1)
    for start in range(0, len(columns), size):
        yield columns[start : start + size]
