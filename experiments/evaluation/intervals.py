"""How sure a figure is: bootstrap intervals, of the model and of its gain.

Rows are drawn again with replacement. What follows from the confusion matrix needs no
rows for that: drawing rows is drawing its cells. Model and baseline see the same draws,
so the interval of the gain is that of paired differences. The interval of an area under
the ROC curve follows from ranks (DeLong), at a thousandth of the cost.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.evaluation.metrics import confusion, label_metrics, positive_classes
from experiments.evaluation.ranking import area_influences

Array = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]
Intervals = dict[str, dict[str, float | None]]

LEVEL = 0.95
DRAWS = 1000
#: Draws × rows that are held at once; larger parts get fewer draws.
CELLS = 500_000
#: Standard deviations to each side that hold `LEVEL` of a normal distribution.
NORMAL = 1.959964
LABEL_METRICS = ("accuracy", "balanced_accuracy", "f1_macro", "mcc")


def classification_intervals(
    y: Codes, probabilities: Array, baseline: Array, seed: int
) -> tuple[Intervals, Intervals]:
    """Return the intervals of the headline metrics, and of their gain.

    Parameters
    ----------
    y : array of int, shape (n_samples,)
    probabilities, baseline : array of float, shape (n_samples, n_classes)
        What the model and the baseline predict.
    seed : int

    Returns
    -------
    dict, dict
        By metric: `value`, `low`, `high`.
    """
    n_classes = probabilities.shape[1]
    predicted = probabilities.argmax(axis=1)
    counts = confusion(y, predicted, n_classes)
    draws = _draw_counts(counts, seed)
    constant = int(baseline[0].argmax())
    # The first matrix is the one that was counted, all others are drawn.
    matrices = np.concatenate([counts[None], draws])
    model = label_metrics(matrices)
    simple = label_metrics(_constant(matrices, constant))
    values: Intervals = {name: _interval(model[name]) for name in LABEL_METRICS}
    gains: Intervals = {
        name: _interval(model[name] - simple[name]) for name in LABEL_METRICS
    }
    area = _area_interval(y, probabilities)
    if area is not None:
        values["roc_auc"] = {**area}
        # One answer for all rows has the area one half, whatever the rows.
        gains["roc_auc"] = {name: end - 0.5 for name, end in area.items()}
    return values, gains


def regression_intervals(
    y: Array, predicted: Array, baseline: Array, seed: int
) -> tuple[Intervals, Intervals]:
    """Return the intervals of R², MAE and RMSE, and of their gain.

    A gain is what is better than the baseline: for errors, how much smaller.
    """
    weights = _draw_rows(len(y), seed)
    model = _drawn_errors(y, predicted, weights)
    simple = _drawn_errors(y, baseline, weights)
    values = {name: _interval(drawn) for name, drawn in model.items()}
    gains = {
        name: _interval((drawn - simple[name]) * (1 if name == "r2" else -1))
        for name, drawn in model.items()
    }
    return values, gains


def _draw_counts(counts: Array, seed: int) -> Array:
    """Draw confusion matrices, shape (n_draws, n_classes, n_classes)."""
    total = int(counts.sum())
    drawn = np.random.default_rng(seed).multinomial(
        total, counts.ravel() / total, size=DRAWS
    )
    return drawn.reshape(DRAWS, *counts.shape).astype(float)


def _constant(counts: Array, label: int) -> Array:
    """Return the matrices there were, had every row been given this class."""
    found = np.zeros_like(counts)
    found[:, :, label] = counts.sum(axis=2)
    return found


def _draw_rows(n_samples: int, seed: int) -> Array:
    """Return how often each row counts: once in the first line, then as drawn."""
    n_draws = int(np.clip(CELLS // max(1, n_samples), 100, DRAWS))
    rng = np.random.default_rng(seed)
    places = rng.integers(0, n_samples, (n_draws, n_samples))
    places += np.arange(n_draws)[:, None] * n_samples
    drawn = np.bincount(places.ravel(), minlength=n_draws * n_samples)
    once = np.ones((1, n_samples))
    return np.concatenate([once, drawn.reshape(n_draws, n_samples)])


def _area_interval(y: Codes, probabilities: Array) -> dict[str, float] | None:
    """Return the area under the ROC curve, averaged over the classes."""
    if np.bincount(y, minlength=probabilities.shape[1]).min() == 0:
        return None
    areas, influences = zip(
        *(
            area_influences(y == label, probabilities[:, label])
            for label in positive_classes(probabilities.shape[1])
        ),
        strict=True,
    )
    value = float(np.mean(areas))
    half = NORMAL * float(np.sqrt((np.mean(influences, axis=0) ** 2).sum()))
    return {
        "value": value,
        "low": max(0.0, value - half),
        "high": min(1.0, value + half),
    }


def _drawn_errors(y: Array, predicted: Array, weights: Array) -> dict[str, Array]:
    errors = y - predicted
    # Centred, so that the squares of large numbers do not swallow their spread.
    centred = y - y.mean()
    parts = np.column_stack([np.abs(errors), errors**2, centred, centred**2])
    absolute, squares, total, total_squares = (weights @ parts / len(y)).T
    spread = total_squares - total**2
    share = np.divide(
        squares, spread, out=np.full_like(squares, np.nan), where=spread > 0
    )
    return {"r2": 1 - share, "mae": absolute, "rmse": np.sqrt(squares)}


def _interval(draws: Array) -> dict[str, float | None]:
    """Return the figure itself, which comes first, and where most draws lie."""
    value, known = float(draws[0]), draws[1:][np.isfinite(draws[1:])]
    if not len(known):
        return {"value": value, "low": None, "high": None}
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return {"value": value, "low": float(low), "high": float(high)}
