"""Everything that is said about predictions, whatever made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.evaluation.baselines import (
    Baseline,
    Question,
    mean,
    most_frequent,
    one_question,
)
from experiments.evaluation.curves import classification_curves, residuals
from experiments.evaluation.intervals import (
    Intervals,
    classification_intervals,
    regression_intervals,
)
from experiments.evaluation.metrics import (
    Metrics,
    class_report,
    classification_metrics,
    confusion,
    regression_metrics,
)

Array = np.ndarray[Any, np.dtype[np.float64]]
Targets = np.ndarray[Any, Any]
Json = dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """True values beside what model and baseline said, row by row.

    Parameters
    ----------
    y : array, shape (n_samples,)
        Class codes, or numbers.
    predicted, baseline, question : array of float
        Probabilities of shape (n_samples, n_classes), or numbers.
    """

    y: Targets
    predicted: Array
    baseline: Array
    question: Array

    @classmethod
    def together(cls, parts: list[Answered]) -> Answered:
        """Return the rows of several parts as one."""
        return cls(
            np.concatenate([part.y for part in parts]),
            np.concatenate([part.predicted for part in parts]),
            np.concatenate([part.baseline for part in parts]),
            np.concatenate([part.question for part in parts]),
        )


class Classification:
    """How classes are scored.

    Parameters
    ----------
    labels : list
        What the classes are called, by code.
    """

    def __init__(self, labels: list[Any]) -> None:
        self.labels = labels

    def baseline(self, y: Targets) -> Baseline:
        """Return the prediction that looks at no feature."""
        return most_frequent(y, len(self.labels))

    def question(self, X: Array, y: Targets, seed: int) -> Question:
        """Return the prediction that looks at one feature."""
        return one_question(X, y, len(self.labels), seed)

    def metrics(self, y: Targets, predicted: Array) -> Metrics:
        """Return all metrics of probabilities."""
        return classification_metrics(y, predicted)

    def intervals(self, answered: Answered, seed: int) -> tuple[Intervals, Intervals]:
        """Return the intervals of the headline metrics and of their gain."""
        return classification_intervals(
            answered.y, answered.predicted, answered.baseline, seed
        )

    def details(self, answered: Answered, seed: int) -> Json:
        """Return confusion matrix, report and curves."""
        predicted = answered.predicted.argmax(axis=1)
        counts = confusion(answered.y, predicted, len(self.labels))
        return {
            "confusion_matrix": {
                "labels": self.labels,
                "matrix": counts.astype(int).tolist(),
            },
            "classification_report": class_report(answered.y, predicted, self.labels),
            "curves": classification_curves(
                answered.y, answered.predicted, self.labels
            ),
        }

    def score(self, y: Targets, predicted: Array) -> Array:
        """Return the accuracy of each of several sets of predicted classes."""
        accuracy: Array = (predicted == y).mean(axis=1)
        return accuracy

    def decide(self, predicted: Array) -> Targets:
        """Return the predicted classes."""
        return predicted.argmax(axis=1)


class Regression:
    """How numbers are scored."""

    labels = None

    def baseline(self, y: Targets) -> Baseline:
        """Return the prediction that looks at no feature."""
        return mean(y)

    def question(self, X: Array, y: Targets, seed: int) -> Question:
        """Return the prediction that looks at one feature."""
        return one_question(X, y, None, seed)

    def metrics(self, y: Targets, predicted: Array) -> Metrics:
        """Return all metrics of predicted numbers."""
        return regression_metrics(y, predicted)

    def intervals(self, answered: Answered, seed: int) -> tuple[Intervals, Intervals]:
        """Return the intervals of the headline metrics and of their gain."""
        return regression_intervals(
            answered.y, answered.predicted, answered.baseline, seed
        )

    def details(self, answered: Answered, seed: int) -> Json:
        """Return a sample of residuals."""
        return {"residuals": residuals(answered.y, answered.predicted, seed)}

    def score(self, y: Targets, predicted: Array) -> Array:
        """Return the R² of each of several sets of predicted numbers."""
        spread = ((y - y.mean()) ** 2).sum()
        missed = ((predicted - y) ** 2).sum(axis=1)
        return 1 - missed / spread if spread > 0 else np.zeros(len(predicted))

    def decide(self, predicted: Array) -> Targets:
        """Return the predicted numbers."""
        return predicted


def scorer(labels: list[Any] | None) -> Classification | Regression:
    """Return how to score: classes where there are labels, else numbers."""
    return Regression() if labels is None else Classification(labels)


def summarise(folds: list[Metrics]) -> dict[str, Json]:
    """Return mean, standard deviation (population) and values over folds, by metric."""
    if not folds:
        return {}
    return {name: _summary([fold[name] for fold in folds]) for name in folds[0]}


def _summary(values: list[float | None]) -> Json:
    known = [value for value in values if value is not None]
    if not known:
        return {"mean": None, "std": None, "folds": values}
    return {
        "mean": float(np.mean(known)),
        "std": float(np.std(known)),
        "folds": values,
    }
