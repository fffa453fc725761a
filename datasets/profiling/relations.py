"""Which columns go together, on evenly spaced rows, and which lack values together.

Numbers are compared by Pearson's and Spearman's correlation, categories by Cramér's V,
a number with a category by the correlation ratio. All four are 0 for nothing in common
and 1 (or −1) for one telling the other.
"""

from __future__ import annotations

from itertools import combinations
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from datasets.tables import NUMERIC, ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datasets.tables import Column

    Values = np.ndarray[tuple[int, ...], np.dtype[Any]]
    Figures = dict[str, Any]

#: So many columns are compared with each other, the first of the table that can be.
COMPARED = 40
#: So many rows at most; what they say of a correlation is right to about 0.01.
SAMPLE_ROWS = 20_000
#: A category with more different values is a text or a number of the row.
MOST_CATEGORIES = 50
#: Columns of a pattern of missing values (one bit each), and patterns told.
BITS, PATTERNS = 63, 10
FEWEST = 3
_WORDS = frozenset({ColumnType.CATEGORY, ColumnType.BOOLEAN})


class Relations:
    """Takes in the columns of a table, one after the other, and compares them."""

    def __init__(self, rows: int) -> None:
        self.every = spacing(rows)
        self.numbers: dict[str, Values] = {}
        self.codes: dict[str, Values] = {}

    def add(self, column: Column, values: pl.Series, figures: Figures) -> None:
        """Keep some rows of a column, if it can be compared with others."""
        full = len(self.numbers) + len(self.codes) >= COMPARED
        if full or not is_comparable(column, figures):
            return
        if column.type in NUMERIC:
            kept = values.gather_every(self.every).cast(pl.Float64)
            found = kept.fill_null(np.nan).to_numpy()
            self.numbers[column.id] = np.where(np.isfinite(found), found, np.nan)
        else:
            self.codes[column.id] = _codes(values.gather_every(self.every))

    def pairs(self) -> list[Figures]:
        """Return how each two columns go together, the strongest first.

        Returns
        -------
        list of dict
            `a`, `b` (ids), `measure`, `strength` from 0 to 1, and for numbers `pearson`
            and `spearman`. Two columns without three rows in common are left out.
        """
        found = [*self._of_numbers(), *self._of_codes(), *self._mixed()]
        return sorted(found, key=lambda pair: -float(pair["strength"]))

    def _of_numbers(self) -> list[Figures]:
        if len(self.numbers) < 2:
            return []
        table = np.column_stack(list(self.numbers.values()))
        ranked = np.column_stack([_ranks(column) for column in table.T])
        pearson, spearman = _correlations(table), _correlations(ranked)
        return [
            {
                "a": a,
                "b": b,
                "measure": "pearson",
                "strength": float(abs(pearson[i, j])),
                "pearson": float(pearson[i, j]),
                "spearman": float(spearman[i, j]),
            }
            for (i, a), (j, b) in combinations(enumerate(self.numbers), 2)
            if np.isfinite(pearson[i, j]) and np.isfinite(spearman[i, j])
        ]

    def _of_codes(self) -> list[Figures]:
        found = []
        for (a, one), (b, other) in combinations(self.codes.items(), 2):
            strength = cramers_v(one, other)
            if strength is not None:
                pair = {"a": a, "b": b, "measure": "cramers_v"}
                found.append(pair | {"strength": strength})
        return found

    def _mixed(self) -> list[Figures]:
        found = []
        for a, codes in self.codes.items():
            for b, numbers in self.numbers.items():
                strength = correlation_ratio(codes, numbers)
                if strength is not None:
                    pair = {"a": a, "b": b, "measure": "correlation_ratio"}
                    found.append(pair | {"strength": strength})
        return found


class MissingPatterns:
    """Notes which rows lack which columns, and counts those that lack the same."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._lacking: Values | None = None
        self.columns: list[str] = []

    def add(self, column: Column, values: pl.Series) -> None:
        """Take in the next column; the first `BITS` that lack values are noted."""
        if not values.null_count() or len(self.columns) == BITS:
            return
        if self._lacking is None:
            self._lacking = np.zeros(self._rows, dtype=np.int64)
        bit = np.int64(1) << np.int64(len(self.columns))
        self._lacking |= np.where(values.is_null().to_numpy(), bit, np.int64(0))
        self.columns.append(column.id)

    def most_frequent(self) -> list[Figures]:
        """Return columns that are missing together, and in how many rows just they."""
        if self._lacking is None:
            return []
        found = pl.Series("lacking", self._lacking[self._lacking != 0])
        counted = found.value_counts(sort=False).sort(
            "count", "lacking", descending=[True, False]
        )
        return patterns(self.columns, counted.head(PATTERNS).rows())


def is_comparable(column: Column, figures: Figures) -> bool:
    """Whether a column holds numbers or few categories, and more than one of them."""
    most = inf if column.type in NUMERIC else MOST_CATEGORIES
    return column.type in NUMERIC | _WORDS and 2 <= figures["unique"] <= most


def spacing(rows: int) -> int:
    """Return n, where every n-th row is compared, from the first."""
    return -(-rows // SAMPLE_ROWS) or 1


def patterns(ids: Sequence[str], counted: Iterable[tuple[int, int]]) -> list[Figures]:
    """Return which columns each number names by its bits, and in how many rows."""
    return [
        {"columns": [id for n, id in enumerate(ids) if bits >> n & 1], "rows": count}
        for bits, count in counted
    ]


def cramers_v(one: Values, other: Values) -> float | None:
    """Return Cramér's V of two columns of codes; −1 is a missing value."""
    both = (one >= 0) & (other >= 0)
    if both.sum() < FEWEST:
        return None
    counts = _counts(one[both], other[both])
    least = min(counts.shape) - 1
    if not least:
        return None
    total = counts.sum()
    expected = counts.sum(1, keepdims=True) * counts.sum(0, keepdims=True) / total
    chi_square = ((counts - expected) ** 2 / expected).sum()
    return float(np.sqrt(chi_square / total / least).clip(0, 1))


def correlation_ratio(codes: Values, numbers: Values) -> float | None:
    """Return the share of a number's spread that lies between groups, as a root."""
    both = (codes >= 0) & np.isfinite(numbers)
    if both.sum() < FEWEST:
        return None
    groups, values = codes[both], numbers[both]
    scale = np.abs(values).max() or 1.0  # squares of huge numbers have no end
    values = values / scale - (values / scale).mean()
    whole = float((values**2).sum())
    if not whole:
        return None
    sizes = np.bincount(groups)
    sums = np.bincount(groups, weights=values)
    between = float((sums[sizes > 0] ** 2 / sizes[sizes > 0]).sum())
    return float(np.sqrt(min(between / whole, 1.0)))


def _codes(values: pl.Series) -> Values:
    """Return the place of each value among the different ones, −1 for none."""
    if values.dtype != pl.Boolean:
        values = values.cast(pl.String).cast(pl.Categorical).to_physical()
    places = values.cast(pl.Int64).rank("dense").cast(pl.Int64)
    found: Values = (places - 1).fill_null(-1).to_numpy()
    return found


def _counts(one: Values, other: Values) -> Values:
    width = int(other.max()) + 1
    flat = np.bincount(one * width + other, minlength=(int(one.max()) + 1) * width)
    table = flat.reshape(-1, width).astype(float)
    return table[table.sum(1) > 0][:, table.sum(0) > 0]


def _ranks(values: Values) -> Values:
    """Return ranks from 1, the mean for equal values, NaN for none."""
    found: Values = (
        pl.Series(values, nan_to_null=True).rank("average").fill_null(np.nan).to_numpy()
    )
    return found


def _correlations(table: Values) -> Values:
    """Return Pearson's correlation of each two columns over the rows both have."""
    present = np.isfinite(table)
    with np.errstate(all="ignore"):
        scale = np.nanmax(np.abs(table), axis=0)
        values = table / np.where(scale > 0, scale, 1.0)
        values = np.where(present, values - np.nanmean(values, axis=0), 0.0)
        known = present.astype(float)
        count = known.T @ known
        sums = values.T @ known
        squares = (values**2).T @ known
        products = values.T @ values
        covariance = products - sums * sums.T / count
        spread = squares - sums**2 / count
        spread = np.where(spread > 1e-12 * squares, spread, np.nan)
        found: Values = covariance / np.sqrt(spread * spread.T)
    found[count < FEWEST] = np.nan
    return found.clip(-1, 1)
