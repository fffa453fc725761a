"""What the screening network has to beat: a rule on HbA1c, and a small tree."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.tree import DecisionTreeClassifier

from experiments.algorithms.parameters import Setting

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]

#: HbA1c in %, from which the rule says prediabetes, and diabetes.
THRESHOLDS = (5.7, 6.5)


class ThresholdRule(ClassifierMixin, BaseEstimator):
    """Puts rows into bands by their first column; each band has a class.

    Parameters
    ----------
    thresholds : tuple of float
        Where a band begins; the first class that is known is that of the lowest band.
    """

    def __init__(self, *, thresholds: tuple[float, ...] = THRESHOLDS) -> None:
        self.thresholds = thresholds

    def fit(self, X: Matrix, y: Codes) -> Self:
        """Note which classes there are: N, P and Y are coded in this order."""
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: Matrix) -> Matrix:
        """Return 1 for the class of each row's band."""
        bands = np.searchsorted(self.thresholds, X[:, 0], side="right")
        return (bands[:, None] == self.classes_).astype(float)

    def predict(self, X: Matrix) -> Codes:
        """Return the class of each row's band."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def build_rule(setting: Setting) -> Any:
    """Return the rule of the American Diabetes Association."""
    return ThresholdRule()


def build_tree(setting: Setting) -> Any:
    """Return a tree of at most sixteen leaves that minds every class alike."""
    return DecisionTreeClassifier(
        max_depth=4, class_weight="balanced", random_state=setting.seed
    )
