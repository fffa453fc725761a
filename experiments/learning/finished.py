"""What is told of a model once it is learned and tested."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.algorithms.reading.making import view_of
from experiments.evaluation.drift import reference_of
from experiments.evaluation.leaks import (
    Learned,
    duplicates_across,
    telling_features,
)
from experiments.evaluation.scoring import Answered
from experiments.evaluation.threshold_curves import threshold_curves
from experiments.learning.explaining import Explainer
from experiments.learning.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from experiments.algorithms.catalogue import Algorithm
    from experiments.algorithms.parameters import Parameters
    from experiments.evaluation.baselines import Question
    from experiments.evaluation.scoring import Classification, Regression
    from experiments.evaluation.splits import Split
    from experiments.learning.fits import Fitted, Tried
    from experiments.learning.pipelines import FittedPipeline
    from experiments.learning.plans import Plan
    from experiments.learning.samples import Samples

    Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Finished:
    """A model beside all it was learned from, and its answers to each part and fold.

    Parameters
    ----------
    plan, entry, parameters
        What was to be learned and how.
    samples, split, scorer
        The rows, the places of each part among them, and what measures answers.
    fitted : Fitted
        The model, learned from the rows of `split.train`.
    parts : dict of str to Tried
        Its answers to train, and to validation and test where there are such rows.
    folds : list of Tried
        The answers of the folds' own models, in the order of `split.folds`.
    """

    plan: Plan
    entry: Algorithm
    parameters: Parameters
    samples: Samples
    split: Split
    scorer: Classification | Regression
    fitted: Fitted
    parts: Mapping[str, Tried]
    folds: Sequence[Tried]

    @property
    def tested(self) -> list[Tried]:
        """The test part, or the folds that have each row once."""
        if "test" in self.parts:
            return [self.parts["test"]]
        return list(self.folds[: len(self.split.once)])

    @cached_property
    def answered(self) -> Answered:
        """The answers to all tested rows."""
        return Answered.together([item.answered for item in self.tested])

    def story(self) -> dict[str, Any]:
        """Return what a family's own charts show of the rows tested last."""
        family, split = self.entry.family, self.split
        if family is None:
            return {}
        tried = self.tested[-1]
        places = split.test if len(split.test) else split.folds[-1][1]
        frame = self.samples.frame.take(places)
        y, fitted = self.samples.y[places], tried.fitted
        return family.tell(fitted.estimator, tried.X, y, frame, self.parameters)

    def explainer(self, predict: Callable[[Fitted, Array], Array]) -> Explainer:
        """Return what tells which features matter to the model tested last."""
        tried = self.tested[-1]
        every = (*self.parts.values(), *self.folds)
        return Explainer(
            lambda X: predict(tried.fitted, X),
            self.scorer,
            tried.fitted.preparation.encoder,
            tried.X,
            tried.answered.y,
            self.plan.random_seed,
            sum(len(item.answered.y) for item in every),
        )

    def baseline(self, question: Question, gain: dict[str, Any]) -> dict[str, Any]:
        """Return what a model must beat: no feature, and a question to one."""
        answered = self.answered
        return {
            "name": self.scorer.baseline(self.fitted.y).name,
            "metrics": self.scorer.metrics(answered.y, answered.baseline),
            "gain": gain,
            "question": {
                "feature": self._asked(question),
                "metrics": self.scorer.metrics(answered.y, answered.question),
            },
        }

    def _asked(self, question: Question) -> str | None:
        """Return the feature that the second baseline asks about."""
        column = question.column
        encoder = self.fitted.preparation.encoder
        return None if column is None else encoder.name_of(column)

    def thresholds(self) -> dict[str, Any] | None:
        """Return what thresholds bring on rows that may choose one."""
        parts = self.parts
        once = [fold.answered for fold in self.folds[: len(self.split.once)]]
        validation = parts["validation"].answered if "validation" in parts else None
        return threshold_curves(self.samples.labels, once, validation)

    def tree(self, pipeline: FittedPipeline) -> dict[str, Any] | None:
        """Return how a tree is read; None for other models."""
        view = view_of(
            pipeline.estimator, pipeline.encoder, self.plan.target, self.samples.labels
        )
        return None if view is None else view.to_json()

    def reference(self, pipeline: FittedPipeline) -> dict[str, Any]:
        """Return what rows in service are compared with to notice drift."""
        rows = self.samples.inputs_of(self.split.train)
        return reference_of(pipeline.signature, rows, self.answered.predicted)

    def warnings(self, searched: Iterable[Problem]) -> list[Problem]:
        """Return what is to be known of rows, search and features, in this order."""
        return [
            *self.samples.warnings,
            *searched,
            *duplicates_across(
                self.samples.repeats,
                self.split,
                by_time=self.plan.split.method == "time",
            ),
            *self._telling(),
            *self._unlearned(),
            *self._alone(),
        ]

    def _telling(self) -> list[Problem]:
        """Return which feature gives the answer; parts of a curve are no features."""
        if self.samples.assembled is not None:
            return []
        fitted, labels = self.fitted, self.samples.labels
        learned = Learned(fitted.X, fitted.y, fitted.preparation.encoder, labels)
        return telling_features(learned, self.plan.target, self.plan.random_seed)

    def _unlearned(self) -> Iterator[Problem]:
        for code, label in enumerate(self.samples.labels or ()):
            if not (self.fitted.y == code).any():
                yield Problem(
                    self.plan.target,
                    "class_not_learned",
                    f"No row to learn from is “{label}”: the model never answers it.",
                )

    def _alone(self) -> Iterator[Problem]:
        """Say where the rows tested together are all of one class."""
        labels = self.samples.labels
        if labels is None:
            return
        test = self.parts.get("test")
        if test is not None and is_alone(test):
            y = test.answered.y
            count, label = len(y), labels[int(y[0])]
            yield self._untold(
                f"All {count} tested rows are “{label}”, so that nothing is known of "
                "the other classes: figures such as accuracy say little. Test on more "
                "rows, or split them otherwise."
            )
        count, folds = sum(map(is_alone, self.folds)), len(self.folds)
        if count:
            yield self._untold(
                f"In {count} of {folds} folds all tested rows are of one class, so "
                "that their figures say little. Choose fewer folds, or split the rows "
                "otherwise."
            )

    def _untold(self, detail: str) -> Problem:
        return Problem(self.plan.target, "one_class_tested", detail)


def is_alone(tried: Tried) -> bool:
    """Whether rows were tried, and all are of the same class."""
    y = tried.answered.y
    return bool(len(y) and (y == y[0]).all())
