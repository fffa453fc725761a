"""How good predictions are. Each metric equals scikit-learn's of that name.

They are computed here from one confusion matrix and one sort a class, because a session
on 150 rows computes them dozens of times and scikit-learn checks its input anew each
time. None means that a metric is not defined on these rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.evaluation.ranking import rank

Array = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]
Metrics = dict[str, float | None]

CALIBRATION_BINS = 10


def confusion(y: Codes, predicted: Codes, n_classes: int) -> Array:
    """Count rows by true class (rows) and predicted class (columns)."""
    counts = np.bincount(y * n_classes + predicted, minlength=n_classes * n_classes)
    return counts.reshape(n_classes, n_classes).astype(float)


def classification_metrics(y: Codes, probabilities: Array) -> Metrics:
    """Return all metrics of a classifier.

    Parameters
    ----------
    y : array of int, shape (n_samples,)
        True classes, as columns of `probabilities`.
    probabilities : array of float, shape (n_samples, n_classes)
        What was predicted; the first highest one is the predicted class.
    """
    if not len(y):
        return {}
    predicted = probabilities.argmax(axis=1)
    counts = confusion(y, predicted, probabilities.shape[1])
    labels: Metrics = {
        name: float(value[0]) for name, value in label_metrics(counts[None]).items()
    }
    return labels | probability_metrics(y, probabilities)


def label_metrics(counts: Array) -> dict[str, Array]:
    """Return the metrics that follow from confusion matrices.

    Parameters
    ----------
    counts : array of float, shape (n_matrices, n_classes, n_classes)
        True classes in rows.

    Returns
    -------
    dict of str to array, shape (n_matrices,)
    """
    right = np.diagonal(counts, axis1=1, axis2=2)
    support, claimed = counts.sum(axis=2), counts.sum(axis=1)
    total = support.sum(axis=1)
    accuracy = right.sum(axis=1) / total
    precision, recall = _ratio(right, claimed), _ratio(right, support)
    f1 = _ratio(2 * right, support + claimed)
    found = {
        "accuracy": accuracy,
        "balanced_accuracy": _mean(recall, support > 0),
        "mcc": _matthews(right, support, claimed, total),
    }
    seen = (support > 0) | (claimed > 0)
    for name, values in (("precision", precision), ("recall", recall), ("f1", f1)):
        found[f"{name}_macro"] = _mean(values, seen)
        # One label a row: all three micro averages are the share of right rows.
        found[f"{name}_micro"] = accuracy
        found[f"{name}_weighted"] = (values * support).sum(axis=1) / total
    return found


def probability_metrics(y: Codes, probabilities: Array) -> Metrics:
    """Return the metrics that need probabilities, one class against the others."""
    n_classes = probabilities.shape[1]
    tiny = np.finfo(float).eps
    chosen = np.clip(probabilities[np.arange(len(y)), y], tiny, 1 - tiny)
    errors = probabilities - (y[:, None] == np.arange(n_classes))
    # Of two classes both errors are equal; the customary score counts one.
    squares = (errors**2).sum(axis=1) / (2 if n_classes == 2 else 1)
    rankings = [
        rank(y == label, probabilities[:, label])
        for label in positive_classes(n_classes)
    ]
    defined = all(ranking.is_defined for ranking in rankings)
    return {
        "roc_auc": _average([r.roc_auc() for r in rankings]) if defined else None,
        "average_precision": (
            _average([r.average_precision() for r in rankings]) if defined else None
        ),
        "log_loss": float(-np.log(chosen).mean()),
        "brier": float(squares.mean()),
        "ece": _calibration_error(y, probabilities),
    }


def positive_classes(n_classes: int) -> range:
    """Return the classes set against the others: of two the second, else each."""
    return range(1, 2) if n_classes == 2 else range(n_classes)


def regression_metrics(y: Array, predicted: Array) -> Metrics:
    """Return all metrics of a regression.

    Parameters
    ----------
    y, predicted : array of float, shape (n_samples,)
    """
    if not len(y):
        return {}
    errors = y - predicted
    mse = float(np.mean(errors**2))
    spread = float(np.sum((y - y.mean()) ** 2))
    r2 = None if len(y) < 2 else _r2(float(np.sum(errors**2)), spread)
    shares = np.abs(errors) / np.abs(y) if np.all(y != 0) else None
    return {
        "r2": r2,
        "mae": float(np.mean(np.abs(errors))),
        "mse": mse,
        "rmse": mse**0.5,
        "mape": None if shares is None else float(np.mean(shares)),
    }


def class_report(y: Codes, predicted: Codes, labels: list[Any]) -> dict[str, Any]:
    """Return precision, recall, F1 and support per class, and their averages."""
    counts = confusion(y, predicted, len(labels))
    right = np.diagonal(counts)
    support, claimed = counts.sum(axis=1), counts.sum(axis=0)
    columns = {
        "precision": _ratio(right, claimed),
        "recall": _ratio(right, support),
        "f1": _ratio(2 * right, support + claimed),
    }
    averages = {name: array[0] for name, array in label_metrics(counts[None]).items()}
    return {
        "classes": [
            {
                "label": label,
                **{name: float(values[i]) for name, values in columns.items()},
                "support": int(support[i]),
            }
            for i, label in enumerate(labels)
        ],
        "accuracy": float(averages["accuracy"]),
        **{
            average: {name: float(averages[f"{name}_{average}"]) for name in columns}
            for average in ("macro", "micro", "weighted")
        },
        "support": int(support.sum()),
    }


def _r2(residual: float, spread: float) -> float:
    if spread == 0:
        return 1.0 if residual == 0 else 0.0
    return 1 - residual / spread


def _calibration_error(y: Codes, probabilities: Array) -> float:
    """Return how far confidence and accuracy lie apart, over ten equal bins."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == y
    place = np.clip(np.ceil(confidence * CALIBRATION_BINS) - 1, 0, None).astype(int)
    gaps = np.bincount(place, weights=confidence - right, minlength=CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(y))


def _matthews(right: Array, support: Array, claimed: Array, total: Array) -> Array:
    covariance = right.sum(axis=1) * total - (support * claimed).sum(axis=1)
    true_spread = total**2 - (support**2).sum(axis=1)
    claimed_spread = total**2 - (claimed**2).sum(axis=1)
    return _ratio(covariance, np.sqrt(true_spread * claimed_spread))


def _ratio(above: Array, below: Array) -> Array:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _mean(values: Array, counted: np.ndarray[Any, np.dtype[np.bool_]]) -> Array:
    mean: Array = (values * counted).sum(axis=1) / counted.sum(axis=1)
    return mean


def _average(values: list[float]) -> float:
    return float(np.mean(values))
