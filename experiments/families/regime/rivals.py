"""What the regime network has to beat: that the regime stays, as often as it did."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from experiments.algorithms.parameters import Setting
from experiments.families.regime.rules import REGIMES

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]


class Transitions(ClassifierMixin, BaseEstimator):
    """Counts which regime followed each after the horizon; today's is the last column.

    Parameters
    ----------
    doubt : float
        What is added to each count, so that nothing is impossible.
    """

    def __init__(self, *, doubt: float = 0.5) -> None:
        self.doubt = doubt

    def fit(self, X: Matrix, y: Codes) -> Self:
        """Count the pairs of today's regime and the one to come."""
        self.classes_, codes = np.unique(y, return_inverse=True)
        counts = np.full((len(REGIMES), len(self.classes_)), self.doubt)
        np.add.at(counts, (today_in(X), codes), 1)
        self.shares_ = counts / counts.sum(axis=1, keepdims=True)
        return self

    def predict_proba(self, X: Matrix) -> Matrix:
        """Return how often each regime followed that of today."""
        shares: Matrix = self.shares_[today_in(X)]
        return shares

    def predict(self, X: Matrix) -> Codes:
        """Return the regime that followed most often."""
        codes: Codes = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return codes


def today_in(X: Matrix) -> Codes:
    """Return the regime of the day of each sample."""
    return X[:, -1].astype(np.int64)


def build_persistence(setting: Setting) -> Any:
    """Return the transitions as they were counted."""
    return Transitions()
