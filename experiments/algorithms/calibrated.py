"""An estimator of distances made one of probabilities, on rows it was not taught by."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedKFold
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from datasets.words import word

Array = np.ndarray[Any, np.dtype[np.float64]]

MOST_FOLDS = 5


class Calibrated(ClassifierMixin, BaseEstimator):
    """Probabilities by a sigmoid over out-of-fold distances; all rows in the model.

    Parameters
    ----------
    estimator : object
        With `decision_function`.
    random_state : int, optional
        Of the folds. There are as many as the smallest class has rows, at most five.
    """

    def __init__(self, estimator: Any = None, random_state: int | None = None) -> None:
        self.estimator = estimator
        self.random_state = random_state

    def fit(self, X: Array, y: np.ndarray[Any, Any]) -> Calibrated:
        """Learn the distances from all rows, and the sigmoid from those left out."""
        X, y = validate_data(self, X, y)
        check_classification_targets(y)
        smallest = int(np.unique(y, return_counts=True)[1].min())
        if smallest < 2:
            raise ValueError(
                word(
                    "one class has a single row to learn from, and two are needed for "
                    "probabilities; leave the class out or merge it"
                )
            )
        folds = StratifiedKFold(
            min(MOST_FOLDS, smallest), shuffle=True, random_state=self.random_state
        )
        self.calibrated_ = CalibratedClassifierCV(
            clone(self.estimator), method="sigmoid", cv=folds, ensemble=False
        ).fit(X, y)
        self.classes_ = self.calibrated_.classes_
        return self

    def predict_proba(self, X: Array) -> Array:
        """Return a probability for every class, in columns."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False)
        found: Array = self.calibrated_.predict_proba(X)
        return found

    def predict(self, X: Array) -> np.ndarray[Any, Any]:
        """Return the likeliest class of every row."""
        check_is_fitted(self)
        best = self.predict_proba(X).argmax(axis=1)
        found: np.ndarray[Any, Any] = self.classes_[best]
        return found
