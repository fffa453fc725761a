"""What any model has to beat: the most frequent class, or the mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Baseline:
    """A prediction that looks at no feature.

    Parameters
    ----------
    name : str
        `most_frequent` or `mean`.
    value : array of float, shape (n_classes,) or (1,)
        The shares of the classes in training, or the mean of the target.
    """

    name: str
    value: Array

    def predict(self, n_samples: int) -> Array:
        """Return the same probabilities, or the same number, for every row."""
        rows = np.tile(self.value, (n_samples, 1))
        return rows if self.name == "most_frequent" else rows[:, 0]


def most_frequent(y: np.ndarray[Any, Any], n_classes: int) -> Baseline:
    """Return the baseline of a classification, learned on the training rows."""
    return Baseline("most_frequent", np.bincount(y, minlength=n_classes) / len(y))


def mean(y: Array) -> Baseline:
    """Return the baseline of a regression, learned on the training rows."""
    return Baseline("mean", np.array([y.mean()]))
