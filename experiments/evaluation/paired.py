"""Whether one model is better than another, or only luckier: tests on the same rows.

Over folds, differences are not independent, because folds share most rows they learn
from: the plain paired t-test finds differences where there are none. Its variance is
corrected by the share of tested to learned rows (Nadeau and Bengio 2003).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.evaluation.tested import RowAnswers

Json = dict[str, Any]

LEVEL = 0.95
#: So many rows on which two models disagree are counted exactly.
EXACT = 1_000


class IncomparableError(Exception):
    """Two results that no paired test can be made of; the text is a sentence."""


@dataclass(frozen=True)
class FoldTest:
    """The difference of two models over the same folds.

    Parameters
    ----------
    difference, low, high : float
        The mean of first minus second, and its 95 % interval.
    p_value : float
        Two-sided.
    n_folds : int
    """

    difference: float
    low: float
    high: float
    p_value: float
    n_folds: int


@dataclass(frozen=True)
class RowTest:
    """On how many of the same rows only one of two classifiers was right.

    Parameters
    ----------
    only_first, only_second : int
    p_value : float
        Two-sided, of McNemar's test.
    n_rows : int
    """

    only_first: int
    only_second: int
    p_value: float
    n_rows: int


def fold_test(
    first: Sequence[float | None], second: Sequence[float | None], cv_folds: int
) -> FoldTest:
    """Return the corrected paired t-test over folds, repeated ones too.

    Parameters
    ----------
    first, second : sequence of float
        One figure a fold, in the same order of the same folds.
    cv_folds : int
        Folds in one repeat: each tests on one and learns from the others.

    Raises
    ------
    IncomparableError
        Where there are fewer than two folds, or a fold without the figure.
    """
    from scipy import special  # noqa: PLC0415 -- heavy import

    if len(first) != len(second) or len(first) < 2 or cv_folds < 2:
        raise IncomparableError("It takes the same two or more folds.")
    if any(value is None for value in (*first, *second)):
        raise IncomparableError("A fold has no such figure.")
    differences = np.array(first, float) - np.array(second, float)
    mean, count = float(differences.mean()), len(differences)
    variance = float(differences.var(ddof=1)) * (1 / count + 1 / (cv_folds - 1))
    if variance <= np.finfo(float).eps ** 2:
        # Equal in every fold, or better by the same in each.
        return FoldTest(mean, mean, mean, 1.0 if abs(mean) < 1e-12 else 0.0, count)
    error = math.sqrt(variance)
    p_value = 2 * float(special.stdtr(count - 1, -abs(mean) / error))
    half = float(special.stdtrit(count - 1, (1 + LEVEL) / 2)) * error
    return FoldTest(mean, mean - half, mean + half, p_value, count)


def row_test(first: RowAnswers, second: RowAnswers) -> RowTest:
    """Return McNemar's test: exact for few rows, else with Edwards' correction.

    Raises
    ------
    IncomparableError
        Where the rows, or their classes, are not the same, or tested several times.
    """
    for one in (first, second):
        if not one.is_classification:
            raise IncomparableError("Numbers are not right or wrong.")
        if not one.is_unique:
            raise IncomparableError("Rows were tested several times, in every repeat.")
    here, there = (np.argsort(one.rows, kind="stable") for one in (first, second))
    same = np.array_equal(first.rows[here], second.rows[there])
    if not same or not np.array_equal(first.y[here], second.y[there]):
        raise IncomparableError("They were tested on different rows.")
    right = (first.predicted == first.y)[here]
    other = (second.predicted == second.y)[there]
    only_first, only_second = int((right & ~other).sum()), int((other & ~right).sum())
    return RowTest(
        only_first, only_second, mcnemar(only_first, only_second), len(right)
    )


def mcnemar(only_first: int, only_second: int) -> float:
    """Return how likely two equal classifiers differ at least so much, either way."""
    count, least = only_first + only_second, min(only_first, only_second)
    if count > EXACT:
        chi = (abs(only_first - only_second) - 1) ** 2 / count
        return math.erfc(math.sqrt(chi / 2))
    ways = sum(math.comb(count, k) for k in range(least + 1))
    return min(1.0, 2 * ways / 2**count)


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for being several (Holm 1979)."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    found, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        found[place] = highest
    return found
