"""Signs that a result will be better than the truth: found in the rows, only told.

A single feature that gives the answer is learned on half of the rows and tried on the
other half, so that a feature which merely names rows is not taken for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.evaluation.ranking import midranks
from experiments.learning.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from experiments.evaluation.splits import Split
    from experiments.learning.encoding import Encoder

Array = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]

#: Balanced accuracy or R² from which one feature gives the answer.
TOO_GOOD = 0.97
#: Area under the ROC curve of the bare feature, for one class against the others.
TOO_ORDERED = 0.96
#: A value that tells a class: how often it must be right, and how often occur.
TELLING = 0.985
TELLING_SHARE = 0.05
TELLING_ROWS = 30
#: What is looked at: enough to see a leak, little enough to cost nothing.
ROWS = 5_000
BINS = 32
#: In small tables a good feature often sets one class apart, and honestly.
ROWS_FOR_ONE_CLASS = 600


@dataclass(frozen=True)
class Learned:
    """The rows that are learned from, encoded, and what is known of their target.

    Parameters
    ----------
    X : array of float, shape (n_samples, n_columns)
    y : array, shape (n_samples,)
        Class codes, or numbers.
    encoder : Encoder
    labels : list or None
        What the classes are called; None for numbers.
    """

    X: Array
    y: np.ndarray[Any, Any]
    encoder: Encoder
    labels: list[Any] | None


def telling_features(learned: Learned, target: str, seed: int) -> list[Problem]:
    """Return a warning for each feature that gives the target away."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(learned.X))[:ROWS]
    X, y = learned.X[order], learned.y[order]
    found: list[Problem] = []
    for feature, place in zip(
        learned.encoder.features, learned.encoder.groups, strict=True
    ):
        bins = _binned(X[:, place])
        score = _answer(bins, y, learned.labels)
        area = 0.0
        if learned.labels is not None and not feature.is_category:
            area = _order_told(X[:, place.start], y, len(learned.labels))
        if score > TOO_GOOD or area > TOO_ORDERED:
            found.append(_gives_answer(feature.name, target, max(score, area)))
        elif learned.labels is not None:
            found.extend(_telling_value(feature.name, bins, y, learned.labels))
    return found


def _gives_answer(feature: str, target: str, score: float) -> Problem:
    return Problem(
        feature,
        "gives_answer",
        f"“{feature}” alone gives “{target}” away ({score:.3f} of 1). Was it known "
        "before the outcome, or made from it?",
    )


def _answer(bins: Codes, y: np.ndarray[Any, Any], labels: list[Any] | None) -> float:
    """Return how well the bins of one feature foretell rows not learned from."""
    half = len(y) // 2
    if half < TELLING_ROWS:
        return 0.0
    if labels is None:
        return _variance_told(bins, y, half)
    return _classes_told(bins, y, len(labels), half)


def _order_told(values: Array, y: Codes, n_classes: int) -> float:
    """Return the best area under the ROC curve of the bare feature, for one class."""
    known = ~np.isnan(values)
    classes = _large_classes(y, n_classes)
    if not classes or known.mean() < 0.5:
        return 0.0
    counts = np.bincount(y[known], minlength=n_classes)
    sums = np.bincount(y[known], weights=midranks(values[known]), minlength=n_classes)
    others = counts.sum() - counts
    pairs = np.maximum(counts * others, 1)
    areas = (sums - counts * (counts + 1) / 2) / pairs
    best = np.maximum(areas, 1 - areas) * (counts > 0) * (others > 0)
    return float(best[classes].max())


def _large_classes(y: Codes, n_classes: int) -> list[int]:
    """Return the classes looked at alone: none where rows are too few to be sure."""
    if len(y) < ROWS_FOR_ONE_CLASS:
        return []
    shares = np.bincount(y, minlength=n_classes) / len(y)
    return [label for label in range(n_classes) if shares[label] >= TELLING_SHARE]


def _telling_value(
    feature: str, bins: Codes, y: Codes, labels: list[Any]
) -> Iterator[Problem]:
    table = np.zeros((bins.max() + 1, len(labels)))
    np.add.at(table, (bins, y), 1)
    shares = np.bincount(y, minlength=len(labels)) / len(y)
    for counts in table:
        label = int(counts.argmax())
        rows = counts.sum()
        often = rows >= max(TELLING_ROWS, TELLING_SHARE * len(y))
        if often and counts[label] >= TELLING * rows and shares[label] < 0.8:
            yield Problem(
                feature,
                "tells_class",
                f"One value or range of “{feature}” (or its absence) means class "
                f"“{labels[label]}” in {counts[label] / rows:.1%} of {int(rows)} rows. "
                "Was it known before the outcome?",
            )
            return


def _binned(columns: Array) -> Codes:
    """Return one code per row: its value, its quantile bin, or that it is missing."""
    if columns.shape[1] > 1:
        return np.where(columns.any(axis=1), columns.argmax(axis=1) + 1, 0)
    values = columns[:, 0]
    known = values[~np.isnan(values)]
    edges = np.unique(known)
    if len(edges) > BINS:
        edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1]))
    codes = np.searchsorted(edges, values, side="right")
    return np.where(np.isnan(values), len(edges) + 1, codes)


def _classes_told(bins: Codes, y: Codes, n_classes: int, half: int) -> float:
    """Return the best balanced accuracy of one bin, one class, on the second half.

    For each class against the others, and for all classes together.
    """
    table = np.zeros((bins.max() + 1, n_classes))
    np.add.at(table, (bins[:half], y[:half]), 1)
    frequency = np.maximum(table.sum(axis=0), 1)
    weighted = table / frequency
    guess = weighted.argmax(axis=1)[bins[half:]]
    actual = y[half:]
    together = _balanced(actual, guess, n_classes)
    alone = [
        _balanced(
            (actual == k).astype(int),
            (2 * weighted[:, k] > _against(table, k)).astype(int)[bins[half:]],
            2,
        )
        for k in _large_classes(y, n_classes)
    ]
    return max([together, *alone])


def _against(table: Array, label: int) -> Array:
    others = np.delete(table, label, axis=1).sum(axis=1)
    return 2 * others / max(1.0, float(others.sum()))


def _balanced(actual: Codes, guess: Codes, n_classes: int) -> float:
    counts = np.bincount(actual, minlength=n_classes)
    right = np.bincount(actual[actual == guess], minlength=n_classes)
    seen = counts > 0
    return float((right[seen] / counts[seen]).mean()) if seen.sum() > 1 else 0.0


def _variance_told(bins: Codes, y: Array, half: int) -> float:
    """Return the R² of the mean of each bin, on the second half."""
    size = bins.max() + 1
    counts = np.bincount(bins[:half], minlength=size)
    sums = np.bincount(bins[:half], weights=y[:half], minlength=size)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), y[:half].mean())
    actual = y[half:]
    spread = float(((actual - actual.mean()) ** 2).sum())
    missed = float(((actual - means[bins[half:]]) ** 2).sum())
    return 1 - missed / spread if spread > 0 else 0.0


def duplicates_across(
    duplicates: Codes, split: Split, *, by_time: bool = False
) -> list[Problem]:
    """Return a warning where equal rows are both learned from and tested on.

    Parameters
    ----------
    duplicates : array of int
        Equal rows, target included, carry the same number.
    split : Split
    by_time : bool
        Whether it was made by time, where equal rows cannot be kept together.
    """
    pairs: Sequence[tuple[Codes, Codes]] = (
        [(split.train, split.test)] if len(split.test) else split.once
    )
    shared = sum(
        int(np.isin(duplicates[tested], duplicates[learned]).sum())
        for learned, tested in pairs
    )
    if not shared:
        return []
    advice = "Switch on “Keep duplicates together”, or drop duplicates."
    if by_time:
        advice = "Drop duplicates: a split by time cannot keep them together."
    return [
        Problem(
            None,
            "duplicates_across_split",
            f"{shared} tested rows are also among those learned from, target included: "
            f"figures look better than they are. {advice}",
        )
    ]
