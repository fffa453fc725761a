"""What features a fitted estimator leans on: by its own account, and by shuffling.

Shuffling a feature among the tested rows and seeing how much worse the predictions get
is comparable between algorithms. All shuffled copies are predicted in a few large
calls, and the work is bounded by counting rows, not seconds, so that two runs agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.learning.encoding import Encoder

    Score = Callable[[np.ndarray[Any, Any], np.ndarray[Any, Any]], "Array"]

Array = np.ndarray[Any, np.dtype[np.float64]]

REPEATS = 3
#: At least so many rows may be predicted for all features together, …
FEWEST_ROWS = 3_000
#: … or this share of the rows the session predicted anyway.
SHARE = 0.2
#: Fewer tested rows than this say nothing; nothing is shuffled then.
ROWS_PER_COPY = 20
#: Cells of one call: larger ones are slower and hold more memory.
CELLS_PER_CALL = 2_000_000


def native_importances(
    estimator: Any, encoder: Encoder, X: Array
) -> list[float] | None:
    """Return the estimator's own weights, one a feature, as shares of their sum.

    Trees count what their questions gained; linear models how far a prediction moves
    when a feature moves by one deviation. None where an estimator has no account.
    """
    if hasattr(estimator, "named_steps"):
        X, estimator = estimator[:-1].transform(X), estimator[-1]
    weights = getattr(estimator, "feature_importances_", None)
    if weights is None:
        coefficients = getattr(estimator, "coef_", None)
        if coefficients is None or coefficients.shape[-1] != sum(encoder.widths):
            return None
        weights = np.abs(np.atleast_2d(coefficients)).mean(axis=0) * X.std(axis=0)
    sums = np.array([weights[place].sum() for place in encoder.groups])
    total = sums.sum()
    shares: list[float] = (sums / total if total > 0 else sums).tolist()
    return shares


@dataclass(frozen=True)
class HeldRows:
    """Rows to shuffle features among.

    Parameters
    ----------
    X : array of float, shape (n_samples, n_columns)
    y : array, shape (n_samples,)
    groups : tuple of slice
        The columns of each feature, shuffled together.
    """

    X: Array
    y: np.ndarray[Any, Any]
    groups: tuple[slice, ...]

    def within(self, n_rows: int, seed: int) -> HeldRows | None:
        """Return as many rows as can be predicted `REPEATS` times a feature."""
        size = min(len(self.X), n_rows // (REPEATS * max(1, len(self.groups))))
        if size < min(ROWS_PER_COPY, len(self.X)) or not size:
            return None
        rng = np.random.default_rng(seed)
        places = np.sort(rng.choice(len(self.X), size, replace=False))
        return HeldRows(self.X[places], self.y[places], self.groups)


def allowance(n_predicted: int) -> int:
    """Return how many rows may be predicted, where a session predicts `n_predicted`."""
    return max(FEWEST_ROWS, int(SHARE * n_predicted))


def permutation_importances(
    predict: Callable[[Array], Array], score: Score, tested: HeldRows, seed: int
) -> tuple[Array, Array]:
    """Return how much worse the score gets without each feature, and its spread.

    Parameters
    ----------
    predict : callable
        From rows to predictions.
    score : callable
        From true and predicted values of shape (n_copies, n_samples) to a number for
        each copy, higher is better.
    tested : HeldRows
    seed : int

    Returns
    -------
    mean, deviation : array of float, shape (n_features,)
        Over `REPEATS` shuffles.
    """
    rng = np.random.default_rng(seed)
    orders = np.array([rng.permutation(len(tested.X)) for _ in range(REPEATS)])
    per_call = max(1, CELLS_PER_CALL // (REPEATS * tested.X.size))
    best = score(tested.y, predict(tested.X)[None])
    drops = []
    for start in range(0, len(tested.groups), per_call):
        groups = tested.groups[start : start + per_call]
        copies = np.concatenate([_copies(tested.X, g, orders) for g in groups])
        found = predict(copies.reshape(-1, tested.X.shape[1]))
        scores = score(tested.y, found.reshape(len(copies), len(tested.X)))
        drops.append((best - scores).reshape(len(groups), REPEATS))
    drop = np.concatenate(drops)
    return drop.mean(axis=1), drop.std(axis=1)


def _copies(X: Array, group: slice, orders: np.ndarray[Any, Any]) -> Array:
    """Return the rows once for each order, with one feature's columns shuffled."""
    copies = np.repeat(X[None], len(orders), axis=0)
    copies[:, :, group] = X[orders][:, :, group]
    return copies
