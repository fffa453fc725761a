"""How fast, large and steady a model is, found out by asking it."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from datasets.words import word
from experiments.evaluation.extremes import Extreme, extremes_of
from experiments.learning.tensors import HoldsTensors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from datasets.monitor import Monitor
    from experiments.learning.artifacts import LoadedArtifact
    from experiments.learning.pipelines import FittedPipeline

    Row = Mapping[str, Any]
    Matrix = np.ndarray[Any, np.dtype[np.float64]]
    Ask = Callable[[], object]

#: How many are asked for at a time.
BATCHES = (1, 8, 64, 256)
#: Each size is asked for as long as this, but so often at least and at most.
SECONDS, FEWEST, MOST = 1.0, 5, 200
KIBIBYTE = 1024


class NothingToAskError(Exception):
    """The artefact carries no row that the model answers."""


@dataclass(frozen=True)
class BatchFigures:
    """What it takes to answer so many at a time.

    Parameters
    ----------
    size, repeats : int
        How many were asked for at a time, and how often.
    p50_seconds, p95_seconds : float
        Of one such call: contract, steps and model; where a sample is made of several
        rows, of the model alone.
    model_seconds : float
        The median of the model's part.
    per_second : float
        How many are answered in a second.
    memory_bytes : int, optional
        What the process held at most beyond what it held before; None where the
        system does not say.
    """

    size: int
    repeats: int
    p50_seconds: float
    p95_seconds: float
    model_seconds: float
    per_second: float
    memory_bytes: int | None


@dataclass(frozen=True)
class Performance:
    """Everything measured of one model, on one thread.

    Parameters
    ----------
    learned : int, optional
        How many numbers, nodes or rows the model consists of.
    learned_kind : str
        Which of these they are.
    preparing_seconds : float, optional
        What it takes to make a sample, where one is made of several rows.
    batches : tuple of BatchFigures
        By size, from the smallest up.
    extremes : tuple of Extreme
    """

    learned: int | None
    learned_kind: str
    preparing_seconds: float | None
    batches: tuple[BatchFigures, ...]
    extremes: tuple[Extreme, ...]

    def to_json(self) -> dict[str, Any]:
        """Return all figures as plain data."""
        return asdict(self)


def measure(loaded: LoadedArtifact, monitor: Monitor) -> Performance:
    """Ask a model the rows its artefact carries, in batches, and extreme ones.

    Raises
    ------
    NothingToAskError
        Where it answers none of these rows.
    Cancelled
        Where the monitor was asked to stop.
    """
    pipeline, rows = loaded.pipeline, loaded.metadata["self_check"]["rows"]
    with quietly(), one_thread(pipeline.estimator):
        X = pipeline.matrix(rows)
        if not len(X):
            raise NothingToAskError(
                "The model's file carries no row to ask it with; train it again."
            )
        monitor.total(len(BATCHES) + 1)
        preparing = None
        if pipeline.assembler is not None:
            monitor.phase("Making samples")
            preparing = median(timed(lambda: pipeline.matrix(rows), monitor)) / len(X)
        batches = []
        for size in BATCHES:
            monitor.phase(f"Asking for {size} at a time")
            batches.append(batch_figures(pipeline, rows, X, size, monitor))
            monitor.advance()
        monitor.phase("Asking what nobody would")
        extremes = extremes_of(pipeline, rows, X)
    learned, kind = learned_by(pipeline.estimator)
    return Performance(learned, kind, preparing, tuple(batches), extremes)


def batch_figures(
    pipeline: FittedPipeline,
    rows: Sequence[Row],
    X: Matrix,
    size: int,
    monitor: Monitor,
) -> BatchFigures:
    """Return what answering `size` rows, or samples, at a time takes."""
    many = np.resize(X, (size, X.shape[1]))
    asked = [rows[place % len(rows)] for place in range(size)]
    is_whole = pipeline.assembler is None
    before = forget_peak()
    model = timed(lambda: pipeline.ask(many), monitor)
    whole = timed(lambda: pipeline.predict(asked), monitor) if is_whole else model
    peak = held("VmHWM")
    p50 = median(whole)
    return BatchFigures(
        size=size,
        repeats=len(whole),
        p50_seconds=p50,
        p95_seconds=float(np.percentile(whole, 95)),
        model_seconds=median(model),
        per_second=size / p50,
        memory_bytes=None if before is None or peak is None else max(0, peak - before),
    )


def timed(ask: Ask, monitor: Monitor) -> list[float]:
    """Return the seconds of each of several calls, after one that does not count."""
    ask()
    taken: list[float] = []
    end = time.perf_counter() + SECONDS
    while len(taken) < FEWEST or (len(taken) < MOST and time.perf_counter() < end):
        monitor.check()
        started = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - started)
    return taken


def median(seconds: Sequence[float]) -> float:
    """Return the middle one, and never 0, which nothing can be divided by."""
    return max(float(np.median(seconds)), 1e-9)


@contextmanager
def quietly() -> Iterator[None]:
    """Let no library complain about inputs that are meant to be odd."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@contextmanager
def one_thread(estimator: Any) -> Iterator[None]:
    """Compute in one thread, so that figures of any machine can be compared."""
    limits = threads_of_torch() if isinstance(estimator, HoldsTensors) else None
    with threadpool_limits(1), limits or nullcontext():
        yield


@contextmanager
def threads_of_torch() -> Iterator[None]:
    """Let torch use one thread, and as many as before afterwards."""
    import torch  # noqa: PLC0415 -- heavy import

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def forget_peak() -> int | None:
    """Let the peak of memory begin anew; return what is held now."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return None
    return held("VmRSS")


def held(line: str) -> int | None:
    """Return the bytes this process holds, or held at most, where Linux says so."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    found = dict(part.split(":", 1) for part in status.splitlines())
    return int(found[line].split()[0]) * KIBIBYTE if line in found else None


def learned_by(estimator: Any) -> tuple[int | None, str]:
    """Return how much an estimator has learned, and what that is."""
    estimator = innermost(estimator)
    if isinstance(estimator, HoldsTensors):
        weights = estimator.fitted_module().parameters()  # type: ignore[attr-defined]
        return sum(part.numel() for part in weights), "weights"
    for attribute, (kind, count) in COUNTS.items():
        if hasattr(estimator, attribute):
            return int(count(estimator)), kind
    return None, ""


def innermost(estimator: Any) -> Any:
    """Return what learns, inside scaling, calibration and the like."""
    while True:
        if hasattr(estimator, "steps"):
            estimator = estimator.steps[-1][1]
        elif hasattr(estimator, "regressor_"):
            estimator = estimator.regressor_
        elif hasattr(estimator, "calibrated_"):
            estimator = estimator.calibrated_.calibrated_classifiers_[0].estimator
        else:
            return estimator


def sizes(*names: str) -> Callable[[Any], int]:
    """Return what counts the numbers in these attributes, or in lists of arrays."""

    def count(estimator: Any) -> int:
        found = (getattr(estimator, name, ()) for name in names)
        return sum(
            sum(np.size(part) for part in value)
            if isinstance(value, list)
            else np.size(value)
            for value in found
        )

    return count


#: What estimators keep of what they learned, the first attribute that one has.
COUNTS: dict[str, tuple[str, Callable[[Any], int]]] = {
    "coefs_": ("weights", sizes("coefs_", "intercepts_")),
    "_predictors": (
        word("nodes of trees"),
        lambda e: sum(len(tree.nodes) for step in e._predictors for tree in step),
    ),
    "estimators_": (
        word("nodes of trees"),
        lambda e: sum(member.tree_.node_count for member in e.estimators_),
    ),
    "nodes_": ("nodes", lambda e: len(e.nodes_)),
    "tree_": (
        "nodes",
        lambda e: getattr(e.tree_, "node_count", None) or len(e.answers_),
    ),
    "support_vectors_": (word("rows kept"), lambda e: len(e.support_vectors_)),
    "n_samples_fit_": (word("rows kept"), lambda e: e.n_samples_fit_),
    "coef_": ("coefficients", sizes("coef_", "intercept_")),
    "theta_": (word("means and variances"), sizes("theta_", "var_")),
    "feature_log_prob_": ("probabilities", sizes("feature_log_prob_")),
}
