"""What was learned from some rows, and what it answers to others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.evaluation.tested import RowAnswers
from experiments.learning.rivals import Rivals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.evaluation.metrics import Metrics
    from experiments.evaluation.scoring import Answered
    from experiments.evaluation.splits import Codes, Split
    from experiments.learning.preparation import Preparation

    Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Fitted:
    """What was learned from some rows, and these rows encoded."""

    preparation: Preparation
    estimator: Any
    X: Array
    y: np.ndarray[Any, Any]
    taught: np.ndarray[Any, Any]
    rivals: Rivals = field(default_factory=Rivals)

    @property
    def history(self) -> list[dict[str, float]]:
        """What a network tells of its epochs; nothing for others."""
        estimator = getattr(self.estimator, "regressor_", self.estimator)
        if hasattr(estimator, "named_steps"):
            estimator = estimator[-1]
        return getattr(estimator, "history_", [])


@dataclass(frozen=True)
class Tried:
    """A fitted estimator beside encoded rows it has not seen, and its answers."""

    fitted: Fitted
    X: Array
    answered: Answered
    rivals: dict[str, Array] = field(default_factory=dict)
    measured: Metrics = field(default_factory=dict)

    def kept(self, *, with_model: bool) -> Tried:
        """Return what is needed of a fold that is over: not the rows it learned from.

        Its model and rows are only looked at again where importances are measured.
        """
        fitted, X = self.fitted, self.X
        fitted = replace(
            fitted,
            X=fitted.X[:0].copy(),
            y=fitted.y[:0].copy(),
            rivals=Rivals(),
            taught=fitted.taught[:0].copy(),
        )
        if not with_model:
            fitted, X = replace(fitted, estimator=None), X[:0].copy()
        return replace(self, fitted=fitted, X=X)


@dataclass(frozen=True)
class FinishedFold:
    """What a lost training leaves of a fold, with all that was warned of until then."""

    tried: Tried
    said: list[str]
    choice: dict[str, Any] | None = None


def tested_answers(
    rows: Codes, split: Split, parts: Mapping[str, Tried], folds: Sequence[Tried]
) -> RowAnswers:
    """Return every tested row with its answer, of the test part or the folds."""
    if "test" in parts:
        tried = [(0, split.test, parts["test"])]
    else:
        tried = [
            (number, tested, fold)
            for number, ((_, tested), fold) in enumerate(
                zip(split.once, folds, strict=False), start=1
            )
        ]
    return RowAnswers.of(
        [
            (number, rows[places], one.answered.y, one.answered.predicted)
            for number, places, one in tried
        ]
    )
