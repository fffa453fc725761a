"""What the order of scores says about one class against the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Vector = np.ndarray[Any, np.dtype[np.float64]]
Truth = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Ranking:
    """Counts at every distinct score, from the highest down.

    Parameters
    ----------
    scores : array of float, shape (n_thresholds,)
        Distinct scores, falling.
    hits, false_alarms : array of float, shape (n_thresholds,)
        How many rows of the class, and of the others, score at least that.
    """

    scores: Vector
    hits: Vector
    false_alarms: Vector

    @property
    def is_defined(self) -> bool:
        """Whether there are rows of the class and others."""
        return bool(self.hits[-1] > 0 and self.false_alarms[-1] > 0)

    @property
    def recall(self) -> Vector:
        """Share of the class that is found, at every score."""
        return self.hits / self.hits[-1]

    @property
    def false_positive_rate(self) -> Vector:
        """Share of the others that is wrongly taken for the class."""
        return self.false_alarms / self.false_alarms[-1]

    @property
    def precision(self) -> Vector:
        """Share of what is taken for the class that belongs to it."""
        return self.hits / (self.hits + self.false_alarms)

    def roc_auc(self) -> float:
        """Return the area under the ROC curve."""
        recall = np.concatenate(([0.0], self.recall))
        alarms = np.concatenate(([0.0], self.false_positive_rate))
        return float(np.sum(np.diff(alarms) * (recall[1:] + recall[:-1]) / 2))

    def average_precision(self) -> float:
        """Return the mean of the precisions, weighted by the recall each adds."""
        gains = np.diff(self.recall, prepend=0.0)
        return float(np.sum(gains * self.precision))


def rank(truth: Truth, scores: Vector) -> Ranking:
    """Count hits and false alarms at every distinct score.

    Parameters
    ----------
    truth : array of bool, shape (n_samples,)
        Which rows belong to the class.
    scores : array of float, shape (n_samples,)
        Higher means more likely.
    """
    order = np.argsort(-scores, kind="stable")
    sorted_scores, sorted_truth = scores[order], truth[order]
    last = np.flatnonzero(np.diff(sorted_scores, append=np.nan) != 0)
    hits = np.cumsum(sorted_truth)[last].astype(float)
    return Ranking(sorted_scores[last], hits, last + 1 - hits)


def midranks(values: Vector) -> Vector:
    """Return the rank of each value from 1; equal values share the mean of theirs."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=np.nan) != 0)
    ends = np.append(starts[1:], len(values))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat((starts + ends + 1) / 2, ends - starts)
    return ranks


def area_influences(truth: Truth, scores: Vector) -> tuple[float, Vector]:
    """Return the area under the ROC curve, and how much each row moves it.

    The squares of the influences add up to the area's variance (DeLong, DeLong and
    Clarke-Pearson 1988, with the divisor n in place of n - 1).
    """
    hits, others = scores[truth], scores[~truth]
    ranks = midranks(scores)
    area = float((ranks[truth].mean() - (len(hits) + 1) / 2) / len(others))
    influences = np.empty(len(scores))
    above = (ranks[truth] - midranks(hits)) / len(others)
    below = 1 - (ranks[~truth] - midranks(others)) / len(hits)
    influences[truth] = (above - area) / len(hits)
    influences[~truth] = (below - area) / len(others)
    return area, influences
