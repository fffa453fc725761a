"""What a trained model goes by: the weight of each feature, and how each moves it.

All of it is asked of rows the model has not seen, and bounded by counting rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.evaluation.importances import (
    HeldRows,
    allowance,
    native_importances,
    permutation_importances,
)
from experiments.evaluation.shapes import partial_dependence

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.evaluation.scoring import Classification, Regression
    from experiments.learning.encoding import Encoder

    Array = np.ndarray[Any, np.dtype[np.float64]]
    Json = dict[str, Any]


@dataclass(frozen=True)
class Explainer:
    """A model beside rows it has not seen.

    Parameters
    ----------
    predict : callable
        From rows to probabilities or numbers.
    scorer : Classification or Regression
    encoder : Encoder
    X : array of float, shape (n_samples, n_columns)
    y : array, shape (n_samples,)
    seed : int
    n_predicted : int
        How many rows the session predicted anyway: what is asked here is a share of it.
    """

    predict: Callable[[Array], Array]
    scorer: Classification | Regression
    encoder: Encoder
    X: Array
    y: np.ndarray[Any, Any]
    seed: int
    n_predicted: int

    def importances(self, estimator: Any, X: Array) -> list[Json]:
        """Return the weight of every feature, the largest first.

        Parameters
        ----------
        estimator : object
            Whose own account of its features is told.
        X : array of float
            The rows it learned from.
        """
        n_features = len(self.encoder.features)
        native: list[float] | list[None] = (
            native_importances(estimator, self.encoder, X) or [None] * n_features
        )
        means, deviations = self._shuffled() or ([None] * n_features,) * 2
        table = [
            {
                "feature": feature.name,
                "permutation": mean,
                "permutation_std": deviation,
                "native": share,
            }
            for feature, mean, deviation, share in zip(
                self.encoder.features, means, deviations, native, strict=True
            )
        ]
        return sorted(table, key=_by_importance)

    def _shuffled(self) -> tuple[list[float], list[float]] | None:
        """Return what shuffling each feature costs; None where rows are too few."""
        held = HeldRows(self.X, self.y, self.encoder.groups).within(
            allowance(self.n_predicted), self.seed
        )
        if held is None:
            return None
        mean, deviation = permutation_importances(
            lambda X: self.scorer.decide(self.predict(X)),
            self.scorer.score,
            held,
            self.seed,
        )
        return mean.tolist(), deviation.tolist()

    def shapes(self, importances: list[Json]) -> list[Json]:
        """Return how the answer moves with each of the most important features."""
        return partial_dependence(
            self.predict,
            self.X,
            self.encoder,
            [item["feature"] for item in importances],
            self.scorer.labels,
            allowance(self.n_predicted),
        )


def _by_importance(row: Json) -> tuple[float, float]:
    return -(row["permutation"] or 0), -(row["native"] or 0)
