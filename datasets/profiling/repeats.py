"""Counting repeated rows, one column in memory at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]
    Places = np.ndarray[tuple[int], np.dtype[np.int64]]

_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class RowHashes:
    """A 64-bit hash of every row, grown column by column.

    Rows with equal hashes are compared cell by cell before they count, so a
    collision cannot invent a repeated row.
    """

    def __init__(self, rows: int) -> None:
        self._hashes: Hashes = np.zeros(rows, dtype=np.uint64)
        self._all_differ = rows < 2

    def add(self, values: pl.Series, *, distinct: bool) -> None:
        """Take in the next column; `distinct` if no two of its rows are equal."""
        self._all_differ = self._all_differ or distinct
        if not self._all_differ:
            self._hashes *= _FACTOR
            self._hashes += values.hash().to_numpy()

    def count(self, columns: Iterable[pl.Series]) -> int:
        """Return how many rows equal an earlier one.

        Parameters
        ----------
        columns
            The same columns again; read only if there are rows to compare.
        """
        if self._all_differ:
            return 0
        rows, earlier = self._pairs()
        for values in columns:
            if not rows.size:
                break
            same = values.gather(rows).eq_missing(values.gather(earlier)).to_numpy()
            rows, earlier = rows[same], earlier[same]
        return int(rows.size)

    def _pairs(self) -> tuple[Places, Places]:
        """Return rows whose hash an earlier row has, and the first such row."""
        ordered = np.sort(self._hashes)
        if not (ordered[1:] == ordered[:-1]).any():
            none: Any = np.zeros(0, dtype=np.int64)
            return none, none
        order = np.argsort(self._hashes, kind="stable")
        ordered = self._hashes[order]
        first = np.append(True, ordered[1:] != ordered[:-1])
        starts = np.maximum.accumulate(np.where(first, np.arange(order.size), 0))
        return order[~first], order[starts][~first]
