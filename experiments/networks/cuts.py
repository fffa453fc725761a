"""Numbers as questions: what lets a network draw sharp lines.

A network bends slowly; where a class begins at 5.7 and ends at 6.5 it needs to see that
these are far apart. For each column a small tree finds where the classes part, and each
of these places becomes one number: whether the value lies above it.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.tree import DecisionTreeClassifier

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]


class Cuts(TransformerMixin, BaseEstimator):
    """Learns where classes part in each column, and tells on which side a value is.

    Parameters
    ----------
    most : int
        At most so many places a column; fewer where it tells less.
    fewest_rows : int
        Rows there must be on either side of a place, between it and the next.
    """

    def __init__(self, *, most: int = 4, fewest_rows: int = 3) -> None:
        self.most = most
        self.fewest_rows = fewest_rows

    def fit(self, X: Matrix, y: Codes) -> Self:
        """Learn the places from training rows and their classes, rare ones alike."""
        self.cuts_ = [self._parting(column, y) for column in X.T]
        return self

    def transform(self, X: Matrix) -> Matrix:
        """Return 1 above a place and 0 below, shape (n_samples, number of places)."""
        pairs = zip(X.T, self.cuts_, strict=True)
        above = [column[:, None] > cuts for column, cuts in pairs]
        found: Matrix = np.concatenate(above, axis=1).astype(np.float64)
        return found

    def _parting(self, column: Matrix, y: Codes) -> Matrix:
        tree = DecisionTreeClassifier(
            max_leaf_nodes=self.most + 1,
            min_samples_leaf=self.fewest_rows,
            class_weight="balanced",
            random_state=0,
        )
        grown = tree.fit(column[:, None], y).tree_
        cuts: Matrix = np.sort(grown.threshold[grown.children_left >= 0])
        return cuts
