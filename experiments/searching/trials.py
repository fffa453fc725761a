"""The trials of a search: drawn, tried in folds, and the best of them chosen.

A search knows nothing of rows: it is given what scores a combination on one fold. Every
trial that is over is kept, so that a training that was lost does not try it again.
"""

from __future__ import annotations

import itertools
import math
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.declarations import branches, properties
from experiments.learning.problems import TrainingError
from experiments.metrics import METRICS, noun_of
from experiments.searching.settings import GRID_POINTS, Range, trials_expected

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from datasets.monitor import Monitor
    from experiments.algorithms.parameters import Parameters
    from experiments.evaluation.splits import Fold
    from experiments.learning.checkpoints import Checkpoints
    from experiments.searching.fanning import Pool
    from experiments.searching.settings import Choices, SearchSettings, Space, Values

    #: The metric of a combination, learned and tested on a fold; which, in words.
    Score = Callable[[Values, Fold, str], float | None]

#: Halving keeps one of so many, and gives those so many times the rows.
FACTOR = 3
#: With fewer rows to learn from, nothing is told about a combination.
FEWEST_ROWS = 100


@dataclass(frozen=True)
class Trial:
    """One combination that was tried.

    Parameters
    ----------
    number : int
        From 1, in the order they were tried.
    values : dict
        Of the hyperparameters that were searched.
    folds : tuple of float or None
        The metric on each fold.
    seconds : float
    rows : float
        The share of the rows it learned from.
    reason : str
        Why it could not be tried; empty where it could.
    """

    number: int
    values: Values
    folds: tuple[float | None, ...]
    seconds: float
    rows: float = 1.0
    reason: str = ""

    @property
    def score(self) -> float | None:
        """The mean over the folds, None where one has none."""
        known = [value for value in self.folds if value is not None]
        return (
            float(np.mean(known)) if known and len(known) == len(self.folds) else None
        )

    def to_json(self) -> dict[str, Any]:
        """Return the trial as a result keeps it; times differ from run to run."""
        known = [value for value in self.folds if value is not None]
        spread = float(np.std(known)) if known else None
        return {**asdict(self), "score": self.score, "std": spread}


@dataclass(frozen=True)
class Scored:
    """What came of one combination: the metric on each fold, or why there is none."""

    folds: tuple[float | None, ...]
    seconds: float
    reason: str = ""


@dataclass(frozen=True)
class Wanted:
    """One combination to try; `earlier` where a lost training had done it."""

    number: int
    values: Values
    name: str
    earlier: Trial | None


@dataclass(frozen=True)
class Found:
    """What a search has found: the best trial, and all of them."""

    best: Trial
    trials: tuple[Trial, ...]
    ended_early: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "best": self.best.number,
            "ended_early": self.ended_early,
            "trials": [trial.to_json() for trial in self.trials],
        }


@dataclass(frozen=True)
class Rung:
    """A round of a search: the share of rows, and how many combinations are tried."""

    share: float
    trials: int


def rungs(settings: SearchSettings, space: Space, n_rows: int) -> list[Rung]:
    """Return the rounds of a search; only halving has more than one."""
    count = trials_expected(settings, space)
    if settings.method != "halving":
        return [Rung(1.0, count)]
    rounds = 1 + int(math.log(count, FACTOR))
    while rounds > 1 and n_rows / FACTOR ** (rounds - 1) < FEWEST_ROWS:
        rounds -= 1
    return [
        Rung(FACTOR ** -(rounds - 1 - place), math.ceil(count / FACTOR**place))
        for place in range(rounds)
    ]


class Search:
    """One search over some folds.

    Parameters
    ----------
    settings : SearchSettings
    model : type of Parameters
        What the hyperparameters are.
    metric : str
    seed : int
        Where every draw starts.
    name : str
        What its trials are kept under.
    seconds : float
        The time it may take.
    """

    def __init__(
        self,
        settings: SearchSettings,
        model: type[Parameters],
        *,
        metric: str,
        seed: int,
        name: str = "search",
        seconds: float = math.inf,
    ) -> None:
        self.settings, self.model, self.metric = settings, model, metric
        self.space = settings.space_for(model)
        self.seed, self.name, self.seconds = seed, name, seconds
        self.trials: list[Trial] = []
        #: Fits that nobody here has counted.
        self.done_elsewhere = 0

    def run(
        self,
        folds: Sequence[Fold],
        score: Score,
        monitor: Monitor,
        checkpoints: Checkpoints,
        pool: Pool | None = None,
    ) -> Found:
        """Try combinations in the folds, here or in a pool; return the best.

        Raises
        ------
        TrainingError
            Where none of them can be tried.
        """
        began = time.perf_counter() if pool else None
        n_rows = min(len(learned) for learned, _ in folds)
        plan = rungs(self.settings, self.space, n_rows)
        total = sum(rung.trials for rung in plan)
        tried = self.candidates()
        ended = False
        for rung in plan:
            these = [shortened(fold, rung.share, self.seed) for fold in folds]
            before = len(self.trials)
            wanted = self._wanted(tried[: rung.trials], checkpoints)
            results = self._results(wanted, these, score, pool)
            for one in wanted:
                if ended := self._is_over_time(began):
                    break
                trial = one.earlier or self._trial(one, next(results), rung.share)
                if not one.earlier:
                    checkpoints.save(one.name, trial)
                    if pool:
                        self.done_elsewhere += len(these)
                        monitor.advance(len(these))
                monitor.log(f"{trial.number} of {total}: {self.in_words(trial)}")
                self.trials.append(trial)
            results.close()
            if ended:
                break
            tried = [trial.values for trial in self.ranked(self.trials[before:])]
        return Found(self._best(), tuple(self.trials), ended)

    def _wanted(
        self, tried: Sequence[Values], checkpoints: Checkpoints
    ) -> list[Wanted]:
        """Return what a round is to try, and what of it a lost training had tried."""
        first = len(self.trials) + 1
        names = [f"{self.name}, trial {first + place}" for place in range(len(tried))]
        found = [checkpoints.load(name) for name in names]
        return [
            Wanted(first + place, values, name, one if isinstance(one, Trial) else None)
            for place, (values, name, one) in enumerate(
                zip(tried, names, found, strict=True)
            )
        ]

    def _results(
        self,
        wanted: Sequence[Wanted],
        folds: Sequence[Fold],
        score: Score,
        pool: Pool | None,
    ) -> Generator[Scored]:
        """Yield what comes of those not tried before, in their order."""
        waiting = [(one.values, one.name) for one in wanted if not one.earlier]
        if pool and waiting:
            yield from pool.scored(waiting, folds)
            return
        for values, name in waiting:
            yield scored(score, values, folds, name)

    def _trial(self, wanted: Wanted, found: Scored, share: float) -> Trial:
        return Trial(
            wanted.number,
            wanted.values,
            found.folds,
            found.seconds,
            share,
            found.reason,
        )

    def _is_over_time(self, began: float | None) -> bool:
        """Say whether the time is used up; trials of a pool ran side by side."""
        if began is None:
            spent = sum(trial.seconds for trial in self.trials)
        else:
            spent = time.perf_counter() - began
        return bool(self.trials) and spent >= self.seconds

    def ranked(self, trials: Sequence[Trial]) -> list[Trial]:
        """Return the trials that have a figure, the best first; then by number."""
        sign = 1 if METRICS[self.metric].higher else -1
        known = [trial for trial in trials if trial.score is not None]
        return sorted(
            known, key=lambda trial: (-sign * (trial.score or 0), trial.number)
        )

    def _best(self) -> Trial:
        """Return the best of those that learned from the most rows."""
        known = self.ranked(self.trials)
        if not known:
            reasons = [trial.reason for trial in self.trials if trial.reason]
            raise TrainingError(
                reasons[0] if reasons else "No trial of the search gave a figure."
            )
        most = max(trial.rows for trial in known)
        return next(trial for trial in known if trial.rows == most)

    def in_words(self, trial: Trial) -> str:
        """Return one line about a trial."""
        values = ", ".join(f"{name} {value}" for name, value in trial.values.items())
        if trial.score is None:
            return f"{values} cannot be tried. {trial.reason}".strip()
        return f"{values}: {noun_of(self.metric)} {trial.score:.4g}."

    def candidates(self) -> list[Values]:
        """Return the combinations to try, in order, none of them twice."""
        if self.settings.method == "grid":
            lists = [self._points(name, tried) for name, tried in self.space.items()]
            return [self._named(values) for values in itertools.product(*lists)]
        rng = np.random.default_rng(self.seed)
        wanted = trials_expected(self.settings, self.space)
        found: dict[str, Values] = {}
        for _ in range(100 * wanted):
            if len(found) == wanted:
                break
            drawn = self._named([self._drawn(n, rng) for n in self.space])
            found.setdefault(repr(drawn), drawn)
        return list(found.values())

    def _named(self, values: Sequence[Any]) -> Values:
        return dict(zip(self.space, values, strict=True))

    def _points(self, name: str, tried: Range | Choices) -> list[Any]:
        if not isinstance(tried, Range):
            return tried
        space = np.geomspace if tried.is_wide else np.linspace
        points = space(tried.low, tried.high, GRID_POINTS).tolist()
        return list(dict.fromkeys(self._number(name, point) for point in points))

    def _drawn(self, name: str, rng: np.random.Generator) -> Any:
        tried = self.space[name]
        if not isinstance(tried, Range):
            return tried[int(rng.integers(len(tried)))]
        if tried.is_wide:
            drawn = math.exp(rng.uniform(math.log(tried.low), math.log(tried.high)))
        else:
            drawn = rng.uniform(tried.low, tried.high)
        return self._number(name, min(max(drawn, tried.low), tried.high))

    def _number(self, name: str, value: float) -> float | int:
        """Return a number as the hyperparameter takes it."""
        kinds = {part.get("type") for part in branches(properties(self.model)[name])}
        if "integer" in kinds:
            return round(value)
        return float(f"{value:.6g}")


def scored(score: Score, values: Values, folds: Sequence[Fold], name: str) -> Scored:
    """Try one combination in every fold."""
    start = time.perf_counter()
    found: list[float | None] = []
    reason = ""
    try:
        for place, fold in enumerate(folds, start=1):
            found.append(score(values, fold, f"{name}, fold {place}"))
    except TrainingError as error:
        found, reason = [], error.sentence
    return Scored(tuple(found), round(time.perf_counter() - start, 3), reason)


def shortened(fold: Fold, share: float, seed: int) -> Fold:
    """Return the fold with a share of the rows to learn from, drawn by the seed."""
    learned, tested = fold
    if share >= 1:
        return fold
    size = max(1, int(len(learned) * share))
    drawn = np.random.default_rng(seed).permutation(len(learned))[:size]
    return learned[np.sort(drawn)], tested
