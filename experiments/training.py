"""From a plan and a table to an outcome. Knows no Django and gives the same numbers.

>>> outcome = train(Plan(...), table)
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from datasets.declarations import ParameterError
from datasets.monitor import Monitor, SilentMonitor
from experiments.algorithms.catalogue import (
    Algorithm,
    UnknownAlgorithmError,
    algorithm,
    makes_samples,
)
from experiments.algorithms.parameters import Setting
from experiments.evaluation.kept_splits import divided, rows_of
from experiments.evaluation.scoring import Answered, scorer, summarise
from experiments.learning.answers import answers
from experiments.learning.checkpoints import Checkpoints, NoCheckpoints
from experiments.learning.finished import Finished
from experiments.learning.fits import FinishedFold, Fitted, Tried, tested_answers
from experiments.learning.library_words import estimator_warnings, refusals_explained
from experiments.learning.outcomes import Outcome
from experiments.learning.pipelines import make_pipeline, self_check
from experiments.learning.problems import Problem, TrainingError
from experiments.learning.rivals import Rivals, contests, marks
from experiments.learning.samples import check_learnable, read_samples, untaught
from experiments.learning.watching import Watch
from experiments.searching.choosing import Chooser
from experiments.searching.fanning import Pool, active_pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from datasets.tables import Table
    from experiments.algorithms.parameters import Parameters
    from experiments.evaluation.baselines import Question
    from experiments.evaluation.metrics import Metrics
    from experiments.evaluation.splits import Fold
    from experiments.learning.plans import Plan

    Array = np.ndarray[Any, np.dtype[np.float64]]
    Codes = np.ndarray[Any, np.dtype[np.int64]]

#: Of the rows to learn from, where a learning curve is asked for.
LEARNING_SHARES = (0.1, 0.2, 0.4, 0.7, 1.0)


def train(
    plan: Plan,
    table: Table,
    monitor: Monitor | None = None,
    threads: int = 1,
    checkpoints: Checkpoints | None = None,
    kept_split: Mapping[str, Codes] | None = None,
    start: bytes | None = None,
) -> Outcome:
    """Learn and evaluate by a plan.

    Parameters
    ----------
    plan : Plan
        What to learn and how.
    table : Table
        With `leak_free` the rows before the first learning step, else as they stand.
    monitor : Monitor, optional
        Told of every phase and fold, and asked whether to stop.
    threads : int
        How many threads estimators may use.
    checkpoints : Checkpoints, optional
        Where finished folds are kept, and found again where training was lost.
    kept_split : dict of str to array, optional
        An earlier split that is taken again: the `_row` of each row of every part.
    start : bytes, optional
        Tensors of an earlier network, to begin with instead of drawn ones.

    Returns
    -------
    Outcome

    Raises
    ------
    TrainingError
        With sentences that say why this cannot be trained.
    Cancelled
        Where the monitor was asked to stop.
    """
    kept = checkpoints or NoCheckpoints()
    with threadpool_limits(threads), estimator_warnings() as heard:
        session = _Session(plan, monitor or SilentMonitor(), threads, kept, heard)
        session.start = start
        with active_pool() as session.pool:
            outcome = session.run(table, kept_split)
    said = [Problem(None, "estimator", sentence) for sentence in session.said()]
    return replace(outcome, warnings=[*outcome.warnings, *said])


class _Session:
    """The phases of one training, in order; nothing of it outlives `run`."""

    def __init__(
        self,
        plan: Plan,
        monitor: Monitor,
        threads: int,
        checkpoints: Checkpoints,
        heard: Callable[[], list[str]],
    ) -> None:
        self.plan = plan
        self.monitor = monitor
        self.checkpoints = checkpoints
        self.heard = heard
        self.said_before: list[str] = []
        self.entry = _entry(plan)
        self.parameters = _parameters(self.entry, plan.hyperparameters)
        self.threads = threads
        self.timings: dict[str, float] = {}
        self.start: bytes | None = None
        self.pool: Pool | None = None

    def run(self, table: Table, kept_split: Mapping[str, Codes] | None) -> Outcome:
        of_rows = makes_samples(self.plan.algorithm)  # which may take minutes
        with self._phase("Making samples" if of_rows else "Reading the rows"):
            self.samples = read_samples(self.plan, table)
            self.scorer = scorer(self.samples.labels)
            self.split = divided(
                self.plan, self.samples.sides, self.samples.frame.rows, kept_split
            )
        self.chooser = self._chooser() if self.plan.search else None
        self._announce()
        if self.chooser:
            with self._phase("Searching"):
                self.parameters = self._with(self.chooser.choose())
        with self._phase("Cross-validation"):
            folds = [self._fold(place) for place in range(len(self.split.folds))]
        with self._phase("Training the model"):
            fitted = self._fit(self.split.train, "model", self.parameters)
        with self._phase("Testing"):
            parts = self._parts(fitted)
        return self._outcome(fitted, parts, folds)

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        self.monitor.phase(name)
        self.monitor.check()
        start = time.perf_counter()
        yield
        self.timings[name] = round(time.perf_counter() - start, 4)

    def _announce(self) -> None:
        split = self.split
        # One unit a fit, one for what is said about the model.
        fits = self.chooser.fits if self.chooser else 0
        curve = len(LEARNING_SHARES) if self.plan.split.learning_curve else 0
        self.monitor.total(fits + len(split.folds) + 2 + curve)
        self.monitor.log(
            f"{len(split.train)} rows to learn from, {len(split.validation)} to choose "
            f"on, {len(split.test)} to test on; {len(split.folds)} folds."
        )
        self.samples.notices.extend(untaught(self.samples, split.train, split.test))
        for notice in self.samples.notices:
            self.monitor.log(notice)

    def _fold(self, place: int) -> Tried:
        """Learn and try one fold, unless a training that was lost had finished it."""
        number, total = place + 1, len(self.split.folds)
        earlier = self.checkpoints.load(f"fold {number}")
        if isinstance(earlier, FinishedFold):
            self.monitor.log(f"Fold {number} of {total} was finished before.")
            self.monitor.advance()
            self.monitor.taken_up()
            self.said_before = earlier.said
            if self.chooser and earlier.choice:
                self.chooser.take_up(earlier.choice)
            return earlier.tried
        self.monitor.log(f"Fold {number} of {total}.")
        learned, tested = self.split.folds[place]
        is_measured = number == len(self.split.once) and not len(self.split.test)
        fitted = self._fit(learned, f"fold {number}", self._parameters_in(place))
        told = not len(self.split.test)
        tried = self._try(fitted, tested, told=told).kept(with_model=is_measured)
        choices = self.chooser.nested if self.chooser else []
        finished = FinishedFold(tried, self.said(), choices[-1] if choices else None)
        self.checkpoints.save(f"fold {number}", finished)
        return tried

    def said(self) -> list[str]:
        """Return what libraries warned of, in trainings that were lost and in this."""
        elsewhere = self.pool.said if self.pool else []
        return list(dict.fromkeys([*self.said_before, *elsewhere, *self.heard()]))

    def _chooser(self) -> Chooser:
        pool = self.pool and self.pool.serving(self)
        return Chooser(
            self.plan, self.entry, self.split, self.samples.sides, self._score,
            self.monitor, self.checkpoints, pool,
        )  # fmt: skip

    def _with(self, values: dict[str, Any]) -> Parameters:
        return _parameters(self.entry, {**self.plan.hyperparameters, **values})

    def _parameters_in(self, place: int) -> Parameters:
        """Return what a fold learns with: its own choice where searches are nested."""
        if not (self.chooser and self.chooser.settings.nested):
            return self.parameters
        learned, _ = self.split.folds[place]
        return self._with(self.chooser.choose_within(learned, place + 1))

    def _score(self, values: dict[str, Any], fold: Fold, part: str) -> float | None:
        """Return the metric that a search goes by, of values tried on a fold."""
        assert self.plan.search is not None
        learned, tested = fold
        tried = self._try(self._fit(learned, part, self._with(values)), tested)
        return self._scored(tried)[self.plan.search.judged_by(self.plan.task)]

    def _fit(self, places: Codes, part: str, parameters: Parameters) -> Fitted:
        self.monitor.check()
        preparation, X, rows = self.samples.prepare(
            places, self.plan.features, self.entry
        )
        kept = self.samples.places(rows)
        y, taught = self.samples.y[kept], self.samples.taught(kept)
        check_learnable(self.samples, X, y, parameters)
        watch = Watch(self.monitor, self.checkpoints, part)
        watch.start = self.start if watch.is_model else None
        setting = Setting(
            self.plan.random_seed, self.threads, preparation.encoder.categorical, watch
        )
        estimator = self.entry.build(parameters.model_dump(), setting)
        with refusals_explained(self.entry):
            estimator.fit(X, taught)
            rivals = Rivals.fitted(self.entry.family, setting, X, y)
        watch.finish()
        return Fitted(preparation, estimator, X, y, taught, rivals)

    def _try(self, fitted: Fitted, places: Codes, *, told: bool = False) -> Tried:
        X = self.samples.matrix(fitted.preparation, places)
        taught = self.samples.taught(places)
        return self._answer(fitted, X, self.samples.y[places], taught, told=told)

    def _answer(
        self,
        fitted: Fitted,
        X: Array,
        y: np.ndarray[Any, Any],
        taught: np.ndarray[Any, Any],
        *,
        told: bool = False,
    ) -> Tried:
        baseline = self.scorer.baseline(fitted.y).predict(len(y))
        question = self._question(fitted).predict(X) if told else baseline
        predicted = self._predict(fitted, X)
        family = self.entry.family
        return Tried(
            fitted,
            X,
            Answered(y, predicted, baseline, question),
            fitted.rivals.answers(X, self.samples.labels),
            family.measure(fitted.estimator, X, taught) if family else {},
        )

    def _seen(self, fitted: Fitted) -> Tried:
        return self._answer(fitted, fitted.X, fitted.y, fitted.taught)

    def _predict(self, fitted: Fitted, X: Array) -> Array:
        self.monitor.check()
        with refusals_explained(self.entry):
            found = answers(fitted.estimator, X, self.samples.labels)
        if not np.isfinite(found).all():
            raise TrainingError(
                f"{self.entry.title} finds no finite answers: the numbers in the "
                "features lie too far apart. Scale them, or choose trees."
            )
        return found

    def _parts(self, fitted: Fitted) -> dict[str, Tried]:
        parts = {"train": self._seen(fitted)}
        for name in ("validation", "test"):
            places = getattr(self.split, name)
            if len(places):
                parts[name] = self._try(fitted, places, told=name == "test")
        return parts

    def _outcome(
        self, fitted: Fitted, parts: dict[str, Tried], folds: list[Tried]
    ) -> Outcome:
        finished = Finished(
            self.plan, self.entry, self.parameters, self.samples, self.split,
            self.scorer, fitted, parts, folds,
        )  # fmt: skip
        answered, seed = finished.answered, self.plan.random_seed
        with self._phase("Measuring what matters"):
            explainer = finished.explainer(self._predict)
            importance = explainer.importances(fitted.estimator, fitted.X)
            intervals, gain = self.scorer.intervals(answered, seed)
            details = self.scorer.details(answered, seed)
            details["partial_dependence"] = explainer.shapes(importance)
            details["thresholds"] = finished.thresholds()
        details["learning_curve"] = self._learning_curve()
        details["story"] = finished.story()
        pipeline = make_pipeline(
            self.plan, self.entry, self.samples, fitted, self.split.train
        )
        details["tree"] = finished.tree(pipeline)
        self.monitor.advance()
        searched = self.chooser.warnings() if self.chooser else ()
        rivals = contests(self.entry, self.scorer, finished.tested)
        metrics = self._metrics(parts, folds)
        marked = marks(self.entry, self.parameters, metrics, rivals)
        return Outcome(
            algorithm=self.entry.name,
            task=self.entry.task,
            hyperparameters=self.parameters.model_dump(),
            metrics=metrics,
            evaluated_on="test" if "test" in parts else "cross_validation",
            baseline=finished.baseline(self._question(fitted), gain),
            intervals=intervals,
            evaluation=details,
            feature_importance=importance,
            warnings=[*finished.warnings(searched), *marked],
            notices=self.samples.notices,
            tested=tested_answers(self.samples.frame.rows, self.split, parts, folds),
            split=rows_of(self.split, self.samples.frame.rows),
            split_digest=self.split.digest(self.samples.frame.rows),
            signature=pipeline.signature,
            pipeline=pipeline,
            self_check=self_check(pipeline, self.samples, self.split.train),
            reference=finished.reference(pipeline),
            timings=self.timings,
            rivals=rivals,
            history=fitted.history,
            device=getattr(fitted.estimator, "device_", "cpu"),
            search=self.chooser.to_json() if self.chooser else None,
        )

    def _learning_curve(self) -> list[dict[str, Any]]:
        """Return how well fewer rows teach; tested are the same rows every time."""
        if not self.plan.split.learning_curve:
            return []
        split = self.split
        learned, tested = (
            (split.train, split.test) if len(split.test) else split.folds[-1]
        )
        with self._phase("Learning from fewer rows"):
            order = np.random.default_rng(self.plan.random_seed).permutation(learned)
            sizes = [round(share * len(order)) for share in LEARNING_SHARES]
            found = [self._step(np.sort(order[:size]), tested) for size in sizes]
        return [step for step in found if step]

    def _step(self, learned: Codes, tested: Codes) -> dict[str, Any] | None:
        """Return one point of the learning curve; None where too few rows teach."""
        try:
            fitted = self._fit(learned, f"{len(learned)} rows", self.parameters)
        except TrainingError as refusal:
            self.monitor.log(f"From {len(learned)} rows: {refusal}")
            self.monitor.advance()
            return None
        return {
            "rows": len(learned),
            "train": self._scored(self._seen(fitted)),
            "test": self._scored(self._try(fitted, tested)),
        }

    def _metrics(self, parts: dict[str, Tried], folds: list[Tried]) -> dict[str, Any]:
        found: dict[str, Any] = dict.fromkeys(("train", "validation", "test"))
        for name in found:
            found[name] = self._scored(parts[name]) if name in parts else {}
        found["cross_validation"] = summarise([self._scored(fold) for fold in folds])
        return found

    def _scored(self, tried: Tried) -> Metrics:
        answered = tried.answered
        return self.scorer.metrics(answered.y, answered.predicted) | tried.measured

    def _question(self, fitted: Fitted) -> Question:
        return self.scorer.question(fitted.X, fitted.y, self.plan.random_seed)


def _entry(plan: Plan) -> Algorithm:
    try:
        return algorithm(plan.algorithm)
    except UnknownAlgorithmError as error:
        raise TrainingError(str(error)) from error


def _parameters(entry: Algorithm, values: dict[str, Any]) -> Parameters:
    try:
        return entry.parameters_model().parse(values)
    except ParameterError as error:
        raise TrainingError(str(error)) from error
