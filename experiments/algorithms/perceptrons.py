"""Multilayer perceptrons of scikit-learn that tell of every epoch.

The numbers are those of scikit-learn's own `fit`. What it calls after every epoch, to
see whether to stop, is where whoever waits is told, and may stop the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.neural_network._multilayer_perceptron import BaseMultilayerPerceptron

from experiments.learning.watching import Watch

if TYPE_CHECKING:
    from typing import Self

Array = np.ndarray[Any, np.dtype[np.float64]]
Targets = np.ndarray[Any, Any]

#: Fewer rows kept apart, or of one class to choose from, say nothing about an epoch.
FEWEST_HELD = 5
FEWEST_OF_CLASS = 2


class Followed(BaseMultilayerPerceptron):
    """What a perceptron of scikit-learn is given to be followed.

    `watch` is no hyperparameter: it goes along with clones, and not into files.
    """

    watch: Watch | None = None
    early_stopping: bool
    #: What the score of the rows kept apart is called.
    score_name: str

    def fit(self, X: Array, y: Targets) -> Self:
        """Learn; without rows to keep apart, the training rows tell when to stop."""
        wanted = self.early_stopping
        self.early_stopping = wanted and self._can_hold_apart(y)
        try:
            fitted: Self = super().fit(X, y)
            return fitted
        finally:
            self.early_stopping = wanted

    def _can_hold_apart(self, y: Targets) -> bool:
        held = int(self.validation_fraction * len(y))
        return held >= FEWEST_HELD

    def _update_no_improvement_count(self, *given: Any) -> None:
        super()._update_no_improvement_count(*given)
        told = {"epoch": float(self.n_iter_), "train_loss": float(self.loss_)}
        if self.early_stopping:
            told[self.score_name] = float(self.validation_scores_[-1])
        watch = self.watch or Watch()
        watch.check()
        watch.epoch(told, self.max_iter)

    @property
    def history_(self) -> list[dict[str, float]]:
        """What was told of every epoch."""
        scores = self.validation_scores_ or []
        history = [
            {"epoch": float(epoch), "train_loss": float(loss)}
            for epoch, loss in enumerate(self.loss_curve_, start=1)
        ]
        for told, score in zip(history, scores, strict=False):
            told[self.score_name] = float(score)
        return history

    def __sklearn_clone__(self) -> Self:
        twin = type(self)(**self.get_params())
        if self.watch is not None:
            twin.watch = self.watch
        return twin

    def __getstate__(self) -> dict[str, Any]:
        """Leave out whom the fit reported to."""
        return {**super().__getstate__(), "watch": None}


class FollowedClassifier(Followed, MLPClassifier):
    """A multilayer perceptron for classes."""

    score_name = "valid_accuracy"

    def _can_hold_apart(self, y: Targets) -> bool:
        counts = np.unique(y, return_counts=True)[1]
        held = int(self.validation_fraction * len(y))
        return held >= max(FEWEST_HELD, len(counts)) and counts.min() >= FEWEST_OF_CLASS


class FollowedRegressor(Followed, MLPRegressor):
    """A multilayer perceptron for numbers."""

    score_name = "valid_r2"
