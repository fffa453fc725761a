from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.baselines import one_question
from experiments.training import train
from tests.experiments.tables import (
    iris_columns,
    iris_plan,
    make_table,
    mixed_columns,
    mixed_plan,
)


def test_one_question_finds_the_column_that_tells():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))

    found = one_question(X, (X[:, 1] > 0.2).astype(int), 2, seed=0)

    assert found.column == 1
    assert found.predict(np.array([[0, 5.0, 0], [0, -5.0, 0]])).tolist() == [
        [0.0, 1.0],
        [1.0, 0.0],
    ]


def test_question_about_nothing_asks_no_column():
    found = one_question(np.zeros((10, 2)), np.arange(10.0), None, seed=0)

    assert found.column is None
    assert found.predict(np.zeros((2, 2))) == pytest.approx([4.5, 4.5])


def test_result_tells_what_one_question_reaches():
    outcome = train(iris_plan(), make_table(**iris_columns()))

    asked = outcome.baseline["question"]

    # A tree of one split sets one species apart, and halves the two others.
    assert asked["feature"].startswith("petal")
    assert asked["metrics"]["accuracy"] == pytest.approx(2 / 3, abs=0.02)


@pytest.mark.parametrize("folds", [None, 3])
def test_learning_curve_tells_what_more_rows_bring(folds):
    split = {"learning_curve": True, "train_ratio": 1 if folds else 0.8}
    plan = mixed_plan("knn", split=split | {"cv_folds": folds})

    outcome = train(plan, make_table(**mixed_columns()))

    steps = outcome.evaluation["learning_curve"]
    assert len(steps) == 5
    assert steps[0]["rows"] < steps[-1]["rows"] == (80 if folds else 96)
    metrics = outcome.metrics
    known = metrics["test"] or {
        name: found["folds"][-1] for name, found in metrics["cross_validation"].items()
    }
    assert steps[-1]["test"] == pytest.approx(known, abs=1e-12)
