from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from experiments.algorithms.calibrated import Calibrated
from experiments.algorithms.catalogue import algorithm
from experiments.algorithms.parameters import Setting


@parametrize_with_checks([Calibrated(SVC())])
def test_calibrated_keeps_the_contract_of_scikit_learn(estimator, check):
    check(estimator)


def test_probabilities_are_as_often_right_as_they_say():
    X, y = make_classification(1200, 6, flip_y=0.3, random_state=0)
    model = algorithm("support_vectors").build({"C": 10}, Setting())

    shares = model.fit(X[:800], y[:800]).predict_proba(X[800:])[:, 1]

    for low, high in ((0.0, 0.3), (0.7, 1.0)):
        chosen = (shares >= low) & (shares <= high)
        assert chosen.sum() > 50
        assert shares[chosen].mean() == pytest.approx(y[800:][chosen].mean(), abs=0.08)


def test_class_is_the_likeliest():
    X, y = make_classification(90, 6, n_informative=4, n_classes=3, random_state=0)
    model = algorithm("support_vectors").build({}, Setting()).fit(X, y)

    assert (model.predict(X) == model.predict_proba(X).argmax(axis=1)).all()


def test_small_class_is_calibrated_on_fewer_folds():
    X = np.arange(24, dtype=float).reshape(12, 2)
    y = np.array([0] * 10 + [1] * 2)

    model = algorithm("support_vectors").build({}, Setting()).fit(X, y)

    assert model.predict_proba(X).shape == (12, 2)


def test_class_with_one_row_is_refused():
    X, y = np.arange(8, dtype=float).reshape(4, 2), np.array([0, 0, 0, 1])

    with pytest.raises(ValueError, match="one class has a single row"):
        algorithm("support_vectors").build({}, Setting()).fit(X, y)


def test_tolerance_does_not_depend_on_the_unit_of_the_target():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100, 2))
    y = X[:, 0] + X[:, 1] ** 2
    entry = algorithm("support_vectors_regressor")

    small = entry.build({}, Setting()).fit(X, y).predict(X)
    large = entry.build({}, Setting()).fit(X, y * 1e6).predict(X)

    assert large / 1e6 == pytest.approx(small, rel=1e-6)
