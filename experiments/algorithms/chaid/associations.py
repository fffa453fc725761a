"""How strongly groups of rows differ in the target: χ² for classes, F for numbers.

A group is described by sums that can be added: its weight by class; or its weight, its
sum and its sum of squares. Tables of many groups are compared in one call. What comes
out is the logarithm of p: on thousands of rows p itself is too small for a float, and
which of two such questions is better would be chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from scipy.special import betaln, chdtrc, fdtrc, gammaln, xlogy

if TYPE_CHECKING:
    Floats = np.ndarray[Any, np.dtype[np.float64]]

#: Smaller p are computed by the first term of their expansion.
SMALLEST = 1e-300
#: Squares smaller than this share of all are rounding.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Strength:
    """A test for each table.

    Parameters
    ----------
    statistic, log_p : array of float, shape (n_tables,)
        Where a table tells nothing, 0 and 0 (p is 1).
    """

    statistic: Floats
    log_p: Floats


class Association(Protocol):
    """What is tested."""

    def compare(self, tables: Floats) -> Strength:
        """Test tables of sums, shape (n_tables, n_groups, n_sums)."""
        ...

    def weight(self, sums: Floats) -> Floats:
        """Return the weight of groups, shape (..., n_sums)."""
        ...

    def answer(self, sums: Floats) -> Floats:
        """Return what is predicted for groups, shape (n_groups, n_answers)."""
        ...

    def is_pure(self, sums: Floats) -> bool:
        """Return whether one group has nothing left to be told apart."""
        ...


@dataclass(frozen=True)
class ClassAssociation:
    """The χ² test of independence, without correction for continuity."""

    statistic: Literal["pearson", "likelihood_ratio"] = "pearson"

    def compare(self, tables: Floats) -> Strength:
        rows, columns = tables.sum(axis=2), tables.sum(axis=1)
        total = np.maximum(rows.sum(axis=1), np.finfo(float).tiny)
        expected = rows[:, :, None] * (columns / total[:, None])[:, None, :]
        there = np.where(expected > 0, expected, 1)
        if self.statistic == "pearson":
            cells = (tables - expected) ** 2 / there
        else:
            cells = 2 * xlogy(tables, np.where(tables > 0, tables / there, 1))
        filled = (rows > 0).sum(axis=1) - 1, (columns > 0).sum(axis=1) - 1
        freedom = np.maximum(filled[0], 0) * np.maximum(filled[1], 0)
        chi2 = np.where(freedom > 0, cells.sum(axis=(1, 2)), 0)
        return Strength(chi2, _log_chi2(chi2, freedom))

    def weight(self, sums: Floats) -> Floats:
        weight: Floats = sums.sum(axis=-1)
        return weight

    def answer(self, sums: Floats) -> Floats:
        answer: Floats = sums / sums.sum(axis=-1, keepdims=True)
        return answer

    def is_pure(self, sums: Floats) -> bool:
        return int((sums > 0).sum()) < 2


@dataclass(frozen=True)
class NumberAssociation:
    """The F test of equal means."""

    def compare(self, tables: Floats) -> Strength:
        weight, total, squares = np.moveaxis(tables, 2, 0)
        is_there = weight > 0
        explained = np.where(is_there, total**2, 0) / np.where(is_there, weight, 1)
        n, grand = weight.sum(axis=1), total.sum(axis=1)
        all_squares = squares.sum(axis=1) - grand**2 / n
        between = np.maximum(explained.sum(axis=1) - grand**2 / n, 0)
        within = np.maximum(all_squares - between, 0)
        groups = is_there.sum(axis=1) - 1
        rest = n - groups - 1
        is_told = (groups > 0) & (rest > 0) & (between > ROUNDING * all_squares)
        least = np.maximum(ROUNDING * all_squares, np.finfo(float).tiny)
        mean_within = np.maximum(within, least) / np.where(is_told, rest, 1)
        ratio = np.where(is_told, between / np.maximum(groups, 1) / mean_within, 0)
        return Strength(ratio, _log_f(ratio, groups, rest))

    def weight(self, sums: Floats) -> Floats:
        weight: Floats = sums[..., 0]
        return weight

    def answer(self, sums: Floats) -> Floats:
        answer: Floats = sums[..., 1:2] / sums[..., 0:1]
        return answer

    def is_pure(self, sums: Floats) -> bool:
        weight, total, squares = sums
        return bool(squares - total**2 / weight <= ROUNDING * max(squares, 1e-300))


def _log_chi2(chi2: Floats, freedom: Any) -> Floats:
    """Return log p of χ² with so many degrees of freedom."""
    free = np.maximum(freedom, 1)
    p = np.where(freedom > 0, chdtrc(free, chi2), 1)
    found: Floats = np.log(np.maximum(p, SMALLEST))
    if (tiny := p <= SMALLEST).any():
        half, x = free[tiny] / 2, chi2[tiny] / 2
        beyond = np.maximum(x + 1 - half, 1)
        found[tiny] = xlogy(half, x) - x - gammaln(half) - np.log(beyond)
    return found


def _log_f(ratio: Floats, above: Any, below: Floats) -> Floats:
    """Return log p of F with these degrees of freedom."""
    above, below = np.maximum(above, 1), np.maximum(below, 1)
    p = np.where(ratio > 0, fdtrc(above, below, ratio), 1)
    x = below / (below + above * ratio)
    a, b = below / 2, above / 2
    first = xlogy(a, x) + b * np.log1p(-np.minimum(x, 1 - 1e-16))
    first = first - np.log(a) - betaln(a, b)
    return np.where(p > SMALLEST, np.log(np.maximum(p, SMALLEST)), first)
