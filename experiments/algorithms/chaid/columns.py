"""Columns as CHAID asks for them: categories, or numbers in a few ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from experiments.algorithms.chaid.associations import Floats

    Ints = np.ndarray[Any, np.dtype[np.int64]]

#: The code of a category that no training row has.
UNSEEN = -1


@dataclass(frozen=True)
class Column:
    """How the values of one column become codes; the last code is a missing value.

    Parameters
    ----------
    values : array of float
        Categories; or the upper ends of all ranges but the last, smallest first.
    is_category : bool
    """

    values: Floats
    is_category: bool

    @classmethod
    def of_categories(cls, numbers: Floats) -> Column:
        """Return a column with the categories in these rows."""
        return cls(np.unique(numbers[~np.isnan(numbers)]), True)

    @classmethod
    def of_numbers(cls, numbers: Floats, weights: Floats, n_bins: int) -> Column:
        """Return a column with ranges of about equal weight, or one for each number."""
        is_known = ~np.isnan(numbers)
        known = numbers[is_known]
        values = np.unique(known)
        if len(values) > n_bins:
            inner = np.linspace(0, 1, n_bins + 1)[1:-1]
            ends = np.quantile(
                known, inner, weights=weights[is_known], method="inverted_cdf"
            )
            values = np.append(np.unique(ends), values[-1])
        return cls(np.unique(values)[:-1], False)

    @property
    def missing(self) -> int:
        """The code of a missing value."""
        return len(self.values) + (0 if self.is_category else 1)

    @property
    def size(self) -> int:
        """How many codes there are."""
        return self.missing + 1

    def codes(self, numbers: Floats) -> Ints:
        """Return the codes of values, NaN where there is none."""
        is_missing = np.isnan(numbers)
        found = np.searchsorted(self.values, numbers)
        if self.is_category and len(self.values):
            nearest = self.values[found.clip(max=len(self.values) - 1)]
            found = np.where(nearest == numbers, found, UNSEEN)
        elif self.is_category:
            found = np.full(len(numbers), UNSEEN)
        return np.where(is_missing, self.missing, found)
