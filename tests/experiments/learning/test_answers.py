"""The short way to trees and forests gives what scikit-learn's own way gives."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_classification, make_regression
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from experiments.learning.answers import answers


@pytest.mark.parametrize("kind", [DecisionTreeClassifier, RandomForestClassifier])
@pytest.mark.parametrize("missing", [False, True])
def test_shares_of_classes_are_those_of_the_estimator(kind, missing):
    X, y = make_classification(300, n_classes=3, n_informative=6, random_state=1)
    if missing:
        X[::7, 2] = np.nan
    estimator = kind(max_depth=4, random_state=1).fit(X[:200], y[:200])

    found = answers(estimator, X[200:], ("a", "b", "c"))

    np.testing.assert_array_equal(found, estimator.predict_proba(X[200:]))


@pytest.mark.parametrize("kind", [DecisionTreeRegressor, RandomForestRegressor])
def test_numbers_are_those_of_the_estimator(kind):
    X, y = make_regression(300, n_features=6, random_state=1)
    estimator = kind(max_depth=6, random_state=1).fit(X[:200], y[:200])

    found = answers(estimator, X[200:], None)

    np.testing.assert_allclose(found, estimator.predict(X[200:]), rtol=1e-9, atol=1e-9)


def test_class_that_was_never_learned_gets_nothing():
    X = np.array([[0.0], [1.0]])
    estimator = DecisionTreeClassifier().fit(X, [0, 2])

    found = answers(estimator, X, ("a", "b", "c"))

    assert found.tolist() == [[1, 0, 0], [0, 0, 1]]


def test_estimator_of_a_derived_class_is_asked_itself():
    class Reversed(DecisionTreeClassifier):
        def predict_proba(self, X, check_input=True):
            return super().predict_proba(X)[:, ::-1]

    X = np.array([[0.0], [1.0]])
    estimator = Reversed().fit(X, [0, 1])

    assert answers(estimator, X, ("a", "b")).tolist() == [[0, 1], [1, 0]]
