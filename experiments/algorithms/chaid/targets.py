"""What is learned about, and how much of it each group of rows has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from experiments.algorithms.chaid.associations import Floats
    from experiments.algorithms.chaid.columns import Ints


class Target(Protocol):
    """What the rows of a table are summed up to."""

    def table(self, codes: Ints, rows: Ints, size: int) -> Floats:
        """Return the sums of rows by their codes, shape (size, n_sums)."""
        ...


@dataclass(frozen=True)
class ClassTarget:
    """Codes of classes: a group has a weight for each."""

    y: Ints
    weights: Floats
    n_classes: int

    def table(self, codes: Ints, rows: Ints, size: int) -> Floats:
        cells = codes * self.n_classes + self.y[rows]
        found = np.bincount(cells, self.weights[rows], size * self.n_classes)
        return found.astype(np.float64).reshape(size, self.n_classes)


@dataclass(frozen=True)
class NumberTarget:
    """Numbers: a group has a weight, a sum and a sum of squares."""

    y: Floats
    weights: Floats

    def table(self, codes: Ints, rows: Ints, size: int) -> Floats:
        weights, y = self.weights[rows], self.y[rows]
        parts = (weights, weights * y, weights * y**2)
        found = [np.bincount(codes, part, size) for part in parts]
        return np.array(found, dtype=np.float64).T
