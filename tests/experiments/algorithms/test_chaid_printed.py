"""What the unit tests of the `CHAID` package (5.4.1) print, by our trees."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from experiments.algorithms.chaid.estimator import ChaidClassifier

#: As the package does it: no correction, and any split is taken.
AS_PRINTED = {
    "min_samples_split": 1,
    "min_samples_leaf": 0,
    "bonferroni": False,
    "alpha_merge": 0.9,
    "alpha_split": 1.0,
    "categorical_features": [0],
}
SEVEN = ([1, 1, 1, 1, 2, 2, 2], [1, 1, 1, 2, 2, 2, 2])
#: The category of each of eleven rows, its class and its weight.
ELEVEN = ([0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1], [0, 0, 1, 0, 2, 0, 1, 2, 1, 0, 1])
WEIGHTS = [0.9, 0.8, 0.9, 1.1, 1.2, 0.8, 1.3, 0.2, 0.5, 0.7, 1.1]
TWENTY = (
    [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 1],
    [0, 0, 1, 1, 2, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
)


def grown(rows, weights=None, **changes) -> ChaidClassifier:
    X, y = column(rows)
    return ChaidClassifier(**{**AS_PRINTED, **changes}).fit(X, y, weights)


def column(rows) -> tuple[np.ndarray, list[int]]:
    return np.array(rows[0], float)[:, None], rows[1]


@pytest.mark.parametrize(
    ("rows", "weights", "statistic", "p"),
    [(SEVEN, None, 3.9375, 0.0472), (ELEVEN, WEIGHTS, 1.6179, 0.4453)],
)
def test_statistic_is_the_printed_one(rows, weights, statistic, p):
    question = grown(rows, weights).nodes_[0].question

    assert (round(question.statistic, 4), round(exp(question.log_p), 4)) == (
        statistic,
        p,
    )


def test_accuracy_is_the_printed_one():
    tree = grown(TWENTY)

    assert tree.nodes_[0].question.groups == ((0,), (1,), (2,))
    assert tree.score(*column(TWENTY)) == 0.85


def test_no_node_is_divided_into_smaller_ones_than_allowed():
    assert len(grown(TWENTY, min_samples_leaf=30).nodes_) == 1


def test_empty_cells_count_where_rows_are_weighted():
    """The package leaves cells without rows out of independence: 14.5103, p = .0007.

    A cell that no row fell in is no cell that none can fall in, so ours count.
    """
    merged = [0 if value == 2 else value for value in TWENTY[0]]
    question = grown((merged, TWENTY[1]), [0.9] * 10 + [1.9] * 10).nodes_[0].question

    assert (round(question.statistic, 4), round(exp(question.log_p), 4)) == (
        15.1474,
        0.0005,
    )
