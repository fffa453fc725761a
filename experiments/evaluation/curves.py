"""The points of the curves on a result's page, few enough to be stored and drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.evaluation.metrics import positive_classes
from experiments.evaluation.ranking import Ranking, rank

Array = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]
Curve = dict[str, Any]

POINTS = 200
#: Curves of more classes could not be told apart; the most frequent are drawn.
CLASSES = 12
CALIBRATION_BINS = 10
RESIDUALS = 1000


def classification_curves(
    y: Codes, probabilities: Array, labels: list[Any]
) -> dict[str, list[Curve]]:
    """Return ROC, precision-recall and calibration curves, one class against the rest.

    Parameters
    ----------
    y : array of int, shape (n_samples,)
    probabilities : array of float, shape (n_samples, n_classes)
    labels : list
        What the classes are called.

    Returns
    -------
    dict
        `roc`, `pr` and `calibration`: a list with one curve a class, each of at most
        `POINTS` points.
    """
    found: dict[str, list[Curve]] = {"roc": [], "pr": [], "calibration": []}
    for place in _drawn_classes(y, probabilities.shape[1]):
        truth, scores = y == place, probabilities[:, place]
        ranking = rank(truth, scores)
        found["calibration"].append(_calibration(truth, scores, labels[place]))
        if ranking.is_defined:
            found["roc"].append(_roc(ranking, labels[place]))
            found["pr"].append(_precision_recall(ranking, labels[place]))
    return found


def residuals(y: Array, predicted: Array, seed: int) -> dict[str, list[float]]:
    """Return what was predicted and by how much it was wrong, of at most 1,000 rows."""
    places = np.arange(len(y))
    if len(y) > RESIDUALS:
        rng = np.random.default_rng(seed)
        places = np.sort(rng.choice(len(y), RESIDUALS, replace=False))
    return {
        "actual": y[places].tolist(),
        "predicted": predicted[places].tolist(),
        "residual": (y - predicted)[places].tolist(),
    }


def _drawn_classes(y: Codes, n_classes: int) -> list[int]:
    counts = np.bincount(y, minlength=n_classes)
    classes = sorted(positive_classes(n_classes), key=lambda k: (-counts[k], k))
    return sorted(classes[:CLASSES])


def _roc(ranking: Ranking, label: Any) -> Curve:
    alarms = np.concatenate(([0.0], ranking.false_positive_rate))
    recall = np.concatenate(([0.0], ranking.recall))
    kept = _thin(alarms + recall)
    return {
        "label": label,
        "fpr": alarms[kept].tolist(),
        "tpr": recall[kept].tolist(),
        "auc": ranking.roc_auc(),
    }


def _precision_recall(ranking: Ranking, label: Any) -> Curve:
    recall = np.concatenate(([0.0], ranking.recall))
    precision = np.concatenate(([1.0], ranking.precision))
    # All hits found: what follows only adds false alarms.
    end = int(np.argmax(recall >= 1)) + 1
    recall, precision = recall[:end], precision[:end]
    kept = _thin(recall + np.linspace(0, 1, end))
    hits, alarms = ranking.hits[-1], ranking.false_alarms[-1]
    return {
        "label": label,
        "recall": recall[kept].tolist(),
        "precision": precision[kept].tolist(),
        "average_precision": ranking.average_precision(),
        "prevalence": float(hits / (hits + alarms)),
    }


def _calibration(truth: np.ndarray[Any, Any], scores: Array, label: Any) -> Curve:
    place = np.clip((scores * CALIBRATION_BINS).astype(int), 0, CALIBRATION_BINS - 1)
    counts = np.bincount(place, minlength=CALIBRATION_BINS)
    filled = counts > 0
    predicted = np.bincount(place, weights=scores, minlength=CALIBRATION_BINS)
    observed = np.bincount(place, weights=truth, minlength=CALIBRATION_BINS)
    return {
        "label": label,
        "predicted": (predicted[filled] / counts[filled]).tolist(),
        "observed": (observed[filled] / counts[filled]).tolist(),
        "count": counts[filled].tolist(),
    }


def _thin(path: Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return at most `POINTS` places, evenly along a rising path, both ends kept."""
    if len(path) <= POINTS:
        return np.arange(len(path))
    steps = np.linspace(path[0], path[-1], POINTS)
    return np.unique(np.clip(np.searchsorted(path, steps), 0, len(path) - 1))
