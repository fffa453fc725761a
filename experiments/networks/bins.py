"""Numbers as positions within bins: what lets a network draw sharp lines.

A network bends slowly; where a class begins at 5.7 and ends at 6.5 it needs to see that
these are far apart. Each column becomes one number a bin: 0 below it, 1 above it, and
the share of the bin in between (piecewise linear encoding). Bins hold equally much of
every class, so that they are narrow where classes meet.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]


class SoftBins(TransformerMixin, BaseEstimator):
    """Learns the edges of bins, and tells how far through each a value is.

    Parameters
    ----------
    n_bins : int
        At most so many a column; fewer where a column has fewer values.
    """

    def __init__(self, *, n_bins: int = 16) -> None:
        self.n_bins = n_bins

    def fit(self, X: Matrix, y: Codes) -> Self:
        """Learn the edges from training rows and their classes."""
        weights = 1.0 / np.bincount(y)[y]
        self.edges_ = [_edges(column, weights, self.n_bins) for column in X.T]
        return self

    def transform(self, X: Matrix) -> Matrix:
        """Return the rows in bins, shape (n_samples, total number of bins)."""
        parts = [
            np.clip((column[:, None] - edges[:-1]) / np.diff(edges), 0, 1)
            for column, edges in zip(X.T, self.edges_, strict=True)
        ]
        return np.concatenate(parts, axis=1)


def _edges(values: Matrix, weights: Matrix, n_bins: int) -> Matrix:
    """Return where bins of equal weight begin and end, shape (n_bins + 1,)."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    places = np.searchsorted(reached, np.linspace(0, 1, n_bins + 1)[1:-1])
    inner = values[order][np.minimum(places, len(values) - 1)]
    low, high = values.min(), values.max()
    edges: Matrix = np.unique(np.concatenate([[low], inner, [high]]))
    return edges if len(edges) > 1 else np.array([low, low + 1.0])
