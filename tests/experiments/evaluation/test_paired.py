from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.evaluation.paired import (
    IncomparableError,
    adjusted,
    fold_test,
    row_test,
)
from experiments.evaluation.tested import RowAnswers


def answered(right: list[bool], rows: list[int] | None = None) -> RowAnswers:
    """Make rows of class 0 that are answered rightly or not."""
    shares = np.where(np.array(right)[:, None], [0.9, 0.1], [0.1, 0.9])
    numbers = np.array(rows if rows else range(len(right)))
    return RowAnswers.of([(0, numbers, np.zeros(len(right), int), shares)])


def test_fold_test_is_the_t_test_with_more_variance():
    first, second = [0.80, 0.82, 0.79, 0.85, 0.81], [0.78, 0.79, 0.80, 0.80, 0.79]

    found = fold_test(first, second, 5)

    # Nadeau and Bengio: 1/J becomes 1/J + n_test / n_train = 1/5 + 1/4.
    plain = stats.ttest_rel(first, second)
    t = plain.statistic / np.sqrt((1 / 5 + 1 / 4) / (1 / 5))
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(t), 4), rel=1e-12)
    assert found.p_value > plain.pvalue
    assert found.difference == pytest.approx(0.022)
    assert found.low < 0.022 < found.high


def test_fold_test_of_one_model_with_itself_finds_nothing():
    found = fold_test([0.8, 0.9, 0.7], [0.8, 0.9, 0.7], 3)

    assert (found.difference, found.p_value) == (0, 1)


@pytest.mark.parametrize(
    ("first", "second"), [([0.8], [0.9]), ([0.8, None], [0.8, 0.9]), ([1, 2], [1])]
)
def test_fold_test_needs_the_same_complete_folds(first, second):
    with pytest.raises(IncomparableError, match="fold"):
        fold_test(first, second, 5)


@pytest.mark.parametrize(("b", "c"), [(3, 9), (0, 5), (4, 4), (700, 400)])
def test_row_test_is_mcnemars(b, c):
    first = answered([True] * b + [False] * c + [True] * 5)
    second = answered([False] * b + [True] * c + [True] * 5)

    found = row_test(first, second)

    exact = stats.binomtest(min(b, c), b + c).pvalue
    assert (found.only_first, found.only_second, found.n_rows) == (b, c, b + c + 5)
    assert found.p_value == pytest.approx(exact, abs=1e-9 if b + c < 1000 else 1e-3)


def test_rows_in_another_order_are_the_same_rows():
    first = answered([True, False, True], rows=[7, 2, 5])
    second = answered([False, True, True], rows=[2, 5, 7])

    found = row_test(first, second)

    assert (found.only_first, found.only_second) == (0, 0)


@pytest.mark.parametrize("rows", [[1, 2, 4], [1, 1, 2]])
def test_other_rows_are_refused(rows):
    with pytest.raises(IncomparableError, match=r"[Rr]ows"):
        row_test(answered([True] * 3, [1, 2, 3]), answered([True] * 3, rows))


def test_p_values_are_adjusted_as_holm_says():
    # Holm's own kind of example: sorted, times 4, 3, 2, 1, never falling.
    assert adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx(
        [0.03, 0.06, 0.06, 0.02]
    )
