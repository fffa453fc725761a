from __future__ import annotations

import numpy as np
import pytest

from datasets.tables import ColumnType
from experiments.evaluation.importances import (
    REPEATS,
    HeldRows,
    allowance,
    native_importances,
    permutation_importances,
)
from experiments.learning.encoding import Encoder, FeatureCode

GROUPS = (slice(0, 1), slice(1, 2), slice(2, 4))


def accuracy(y, predicted):
    return (predicted == y).mean(axis=1)


def rows(n_rows: int = 200) -> HeldRows:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, 4))
    return HeldRows(X, (X[:, 0] > 0).astype(int), GROUPS)


def test_only_the_used_feature_matters():
    tested = rows()

    means, deviations = permutation_importances(
        lambda X: (X[:, 0] > 0).astype(int), accuracy, tested, seed=1
    )

    assert means[0] == pytest.approx(0.5, abs=0.1)
    assert means[1:].tolist() == [0, 0]
    assert deviations[0] > 0


def test_columns_of_a_feature_are_shuffled_together():
    tested = rows()
    tested.X[:, 3] = tested.X[:, 2]

    means, _ = permutation_importances(
        lambda X: (X[:, 2] == X[:, 3]).astype(int),
        lambda y, found: found.mean(axis=1),
        tested,
        seed=1,
    )

    assert means.tolist() == [0, 0, 0]


def test_work_is_bounded_by_rows():
    few = rows().within(REPEATS * 3 * 50, seed=0)

    assert few is not None
    assert len(few.X) == 50
    assert rows().within(REPEATS * 3 * 10, seed=0) is None
    assert (allowance(10), allowance(10**6)) == (3000, 200_000)


class Linear:
    coef_ = np.array([2.0, 0, 1, 1])


def test_native_weights_are_added_up_by_feature():
    number = ColumnType.NUMBER
    kinds = FeatureCode("kind", ColumnType.CATEGORY, ("a", "b"))
    encoder = Encoder(
        (FeatureCode("x", number), FeatureCode("y", number), kinds), onehot=True
    )
    X = np.array([[0.0, 5, 0, 0], [2, 9, 2, 2]])

    found = native_importances(Linear(), encoder, X)

    assert found == pytest.approx([0.5, 0, 0.5])
    assert native_importances(object(), encoder, X) is None
