"""What any model has to beat: the most frequent class or the mean, and one question.

The question is the best one about a single feature, as a tree of one split asks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

#: What the question is learned from: enough to find it, little enough to cost nothing.
QUESTION_ROWS = 5_000
QUESTION_CELLS = 500_000


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


@dataclass(frozen=True)
class Question:
    """A tree of one split, and the place of the column it asks about.

    Parameters
    ----------
    tree : object
        A fitted tree of scikit-learn.
    n_classes : int or None
        None for numbers.
    """

    tree: Any
    n_classes: int | None

    @property
    def column(self) -> int | None:
        """The column of the matrix that is asked about, None if none helps."""
        asked = int(self.tree.tree_.feature[0])
        return None if asked < 0 else asked

    def predict(self, X: Array) -> Array:
        """Return probabilities of shape (n_samples, n_classes), or numbers."""
        if self.n_classes is None:
            return np.asarray(self.tree.predict(X), float)
        shares = np.zeros((len(X), self.n_classes))
        shares[:, self.tree.classes_] = self.tree.predict_proba(X)
        return shares


def one_question(
    X: Array, y: np.ndarray[Any, Any], n_classes: int | None, seed: int
) -> Question:
    """Return the best single question, learned on a bounded sample of the rows."""
    from sklearn import tree  # noqa: PLC0415 -- heavy import

    size = min(len(X), QUESTION_ROWS, max(100, QUESTION_CELLS // max(1, X.shape[1])))
    places = np.sort(np.random.default_rng(seed).permutation(len(X))[:size])
    kind = (
        tree.DecisionTreeRegressor if n_classes is None else tree.DecisionTreeClassifier
    )
    stump = kind(max_depth=1, random_state=seed).fit(X[places], y[places])
    return Question(stump, n_classes)
