"""The rows a result was tested on: what is true beside what was predicted.

They are kept as one file of plain arrays, which takes no model and no pickle to read.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

Array = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]
Targets = np.ndarray[Any, Any]

NAMES = ("rows", "folds", "y", "predicted", "answers")


@dataclass(frozen=True)
class RowAnswers:
    """Every tested row, in the order of the test part or of the folds.

    Parameters
    ----------
    rows : array of int, shape (n_samples,)
        The `_row` of each; where folds are repeated, a row is there several times.
    folds : array of int, shape (n_samples,)
        The fold it was tested in, from 1; 0 for the test part.
    y, predicted : array, shape (n_samples,)
        Class codes, or numbers.
    answers : array of float, shape (n_samples, n_classes) or (n_samples, 0)
        The probability of every class; without columns for numbers.
    """

    rows: Codes
    folds: Codes
    y: Targets
    predicted: Targets
    answers: Array

    @classmethod
    def of(cls, parts: list[tuple[int, Codes, Targets, Array]]) -> RowAnswers:
        """Put together fold, rows, true values and answers of every tested part."""
        rows, y, answers = (
            np.concatenate([part[place] for part in parts]) for place in (1, 2, 3)
        )
        folds = np.repeat([part[0] for part in parts], [len(part[1]) for part in parts])
        if answers.ndim == 1:
            return cls(rows, folds, y, answers, np.empty((len(rows), 0)))
        return cls(rows, folds, y, answers.argmax(axis=1), answers)

    @property
    def is_classification(self) -> bool:
        """Whether classes were predicted."""
        return self.answers.shape[1] > 0

    @property
    def is_unique(self) -> bool:
        """Whether no row was tested twice."""
        return len(np.unique(self.rows)) == len(self.rows)

    @property
    def confidence(self) -> Array:
        """The probability of the predicted class, for every row."""
        found: Array = self.answers[np.arange(len(self.rows)), self.predicted]
        return found

    def errors(self, actual: int | None = None, predicted: int | None = None) -> Codes:
        """Return the places of wrong rows, the worst first.

        Parameters
        ----------
        actual, predicted : int, optional
            Only rows of this class, or taken for this class; with both, rows that were
            right are returned as well.

        Returns
        -------
        array of int
            Of classes the most confident errors first, of numbers the largest.
        """
        if not self.is_classification:
            return np.argsort(-np.abs(self.y - self.predicted), kind="stable")
        wanted = np.ones(len(self.y), bool)
        if actual is not None:
            wanted &= self.y == actual
        if predicted is not None:
            wanted &= self.predicted == predicted
        if actual is None or actual != predicted:
            wanted &= self.y != self.predicted
        places = np.flatnonzero(wanted)
        return places[np.argsort(-self.confidence[places], kind="stable")]

    def counted(self, place: int, threshold: float) -> tuple[int, int, int, int]:
        """Return hits, false alarms, positives and negatives of a class's threshold."""
        taken, truth = self.answers[:, place] >= threshold, self.y == place
        hits, positives = int((taken & truth).sum()), int(truth.sum())
        alarms = int((taken & ~truth).sum())
        return hits, alarms, positives, len(truth) - positives

    def to_bytes(self) -> bytes:
        """Return the rows as a file; probabilities are kept to seven digits."""
        buffer = io.BytesIO()
        kept = {name: getattr(self, name) for name in NAMES}
        np.savez(buffer, **kept | {"answers": self.answers.astype(np.float32)})
        return buffer.getvalue()

    @classmethod
    def read(cls, path: Path) -> RowAnswers:
        """Return what `to_bytes` wrote."""
        with np.load(path, allow_pickle=False) as found:
            return cls(**{name: found[name] for name in NAMES})
