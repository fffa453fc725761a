"""Which hyperparameters a session takes: the searches it does, and on which folds.

The model's search is done on the folds of the experiment, on its validation part, or
on folds made for it; the test part is never among them. A nested search is done anew in
every fold, on folds of the rows that fold learns from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from experiments.evaluation.splits import Split, inner_folds, make_split
from experiments.learning.problems import Problem
from experiments.searching.settings import FOLDS
from experiments.searching.trials import Found, Search, rungs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasets.monitor import Monitor
    from experiments.algorithms.catalogue import Algorithm
    from experiments.evaluation.splits import Fold, Places, Sides
    from experiments.learning.checkpoints import Checkpoints
    from experiments.learning.plans import Plan
    from experiments.searching.fanning import Pool
    from experiments.searching.settings import SearchSettings, Values
    from experiments.searching.trials import Score


@dataclass
class Chooser:
    """The searches of one session.

    Parameters
    ----------
    plan : Plan
        With a search.
    entry : Algorithm
    split : Split
    sides : Sides
    score : callable
        The metric of values on a fold.
    monitor : Monitor
    checkpoints : Checkpoints
    pool : Pool, optional
        Where trials are run, if not here.
    """

    plan: Plan
    entry: Algorithm
    split: Split
    sides: Sides
    score: Score
    monitor: Monitor
    checkpoints: Checkpoints
    pool: Pool | None = None
    found: Found | None = None
    nested: list[dict[str, Any]] = field(default_factory=list)
    fits_done: int = 0

    def __post_init__(self) -> None:
        assert self.plan.search is not None
        self.settings: SearchSettings = self.plan.search
        self.metric = self.settings.judged_by(self.plan.task)
        self.folds = self._folds()

    @property
    def fits(self) -> int:
        """How often an estimator is fitted by all searches, at most."""
        inner = self._searches - 1
        return self._fits_on(self.folds) + inner * self._trials(self._learned()) * FOLDS

    @property
    def _searches(self) -> int:
        return 1 + (len(self.split.folds) if self.settings.nested else 0)

    def _fits_on(self, folds: Sequence[Fold]) -> int:
        return self._trials(min(len(learned) for learned, _ in folds)) * len(folds)

    def _trials(self, n_rows: int) -> int:
        space = self.settings.space_for(self.entry.parameters_model())
        return sum(rung.trials for rung in rungs(self.settings, space, n_rows))

    def _learned(self) -> int:
        sizes = [len(learned) for learned, _ in self.split.folds]
        return min(sizes, default=0) * (FOLDS - 1) // FOLDS

    def choose(self) -> Values:
        """Return the values for the model, and for folds where nothing is nested."""
        self.found = self._search("search", self.folds)
        return self.found.best.values

    def choose_within(self, learned: Places, fold: int) -> Values:
        """Return the values for one fold, from the rows it learns from alone."""
        inner = inner_folds(self.plan.split, self.sides, learned, FOLDS)
        found = self._search(f"search in fold {fold}", inner)
        best = found.best
        self.nested.append({"fold": fold, "values": best.values, "score": best.score})
        return best.values

    def take_up(self, choice: dict[str, Any]) -> None:
        """Note what a lost training had chosen within a fold it finished."""
        self.nested.append(choice)
        self.monitor.advance(self._trials(self._learned()) * FOLDS)

    def _search(self, name: str, folds: Sequence[Fold]) -> Found:
        budget = self.settings.time_budget
        search = Search(
            self.settings,
            self.entry.parameters_model(),
            metric=self.metric,
            seed=self.plan.random_seed,
            name=name,
            seconds=budget / self._searches if budget else math.inf,
        )
        before, expected = self.fits_done, self._fits_on(folds)
        found = search.run(
            folds, self._counted, self.monitor, self.checkpoints, self.pool
        )
        self.fits_done += search.done_elsewhere
        # What was refused, lost and found again, or had no time left counts as done.
        self.monitor.advance(max(0, expected - (self.fits_done - before)))
        if found.ended_early:
            self.monitor.log(
                f"The time budget ended the search after {len(found.trials)} trials."
            )
        return found

    def _counted(self, values: Values, fold: Fold, part: str) -> float | None:
        scored = self.score(values, fold, part)
        self.fits_done += 1
        return scored

    def _folds(self) -> tuple[Fold, ...]:
        if self.split.folds:
            return self.split.folds
        if len(self.split.validation):
            return ((self.split.train, self.split.validation),)
        settings = self.plan.split.model_copy(update={"cv_folds": FOLDS})
        return make_split(settings, self.sides).folds

    def warnings(self) -> list[Problem]:
        """Return what one should know of figures on rows that values were chosen on."""
        if self.settings.nested or not self.split.folds:
            return []
        advice = "Keep a test part, or switch on “Nested”."
        if len(self.split.test):
            advice = "The test part was not used for it."
        return [
            Problem(
                None,
                "chosen_on_these_folds",
                "The hyperparameters were chosen on the folds, whose figures look a "
                f"little better than they are. {advice}",
            )
        ]

    def to_json(self) -> dict[str, Any]:
        """Return all trials, as a result keeps them."""
        assert self.found is not None
        return {
            "method": self.settings.method,
            "metric": self.metric,
            "names": list(self.settings.space_for(self.entry.parameters_model())),
            "on": "validation" if self._is_on_validation else "folds",
            "folds": len(self.folds),
            **self.found.to_json(),
            "nested": self.nested,
        }

    @property
    def _is_on_validation(self) -> bool:
        return not self.split.folds and len(self.split.validation) > 0
