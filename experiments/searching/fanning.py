"""Trials of a search on more processors, or machines: a backend of joblib runs them.

Whoever calls `train` chooses: `with joblib.parallel_config("dask"): train(…)`. Trials
are handed out in their order and taken in their order, whoever was first, so that a
search finds what it would have found alone.
"""

from __future__ import annotations

import copy
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import joblib
from joblib.parallel import get_active_backend
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from datasets.monitor import SilentMonitor
from experiments.learning.checkpoints import NoCheckpoints
from experiments.learning.library_words import estimator_warnings
from experiments.learning.problems import TrainingError
from experiments.searching.trials import Scored, scored

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from experiments.evaluation.splits import Fold
    from experiments.searching.settings import Values
    from experiments.searching.trials import Score

#: Seconds that a scheduler may take to answer, and its first worker to be there.
PATIENCE = 10
NO_ANSWER = (
    "The cluster that searches run on does not answer. Try again, or tell the operator."
)


class Pool:
    """A backend for trials alone; `score` is set by the session that has a search."""

    def __init__(self, backend: Any, n_jobs: int) -> None:
        self.backend, self.n_jobs = backend, n_jobs
        self.said: list[str] = []
        self.score: Score
        self.threads = 1

    def serving(self, session: Any) -> Self:
        """Try combinations as a session does, without whom that reports to."""
        bare = copy.copy(session)
        bare.monitor, bare.checkpoints = SilentMonitor(), NoCheckpoints()
        bare.heard, bare.pool = list, None
        self.score, self.threads = bare._score, session.threads
        return self

    def scored(
        self, waiting: Sequence[tuple[Values, str]], folds: Sequence[Fold]
    ) -> Iterator[Scored]:
        """Yield what comes of each combination; what is not asked for is given up."""
        run = joblib.Parallel(
            n_jobs=self.n_jobs,
            backend=self.backend,
            return_as="generator",
            max_nbytes=None,  # arrays are handed over, not shared read-only
        )
        call = joblib.delayed(scored_elsewhere)
        shared = Shared(self.score, self.threads, folds)
        with losses_told(), ExitStack() as stack:
            found = run(call(shared, values, name) for values, name in waiting)
            stack.callback(found.close)
            for result in found:
                if isinstance(result, BaseException):  # Dask gives lost trials so
                    raise result
                one, said = result
                self.said.extend(said)
                yield one


@dataclass(frozen=True, eq=False)
class Shared:
    """What all trials of a round are given: the whole session is behind its score."""

    score: Score
    threads: int
    folds: Sequence[Fold]

    def __sizeof__(self) -> int:
        """Say that it is large, by which joblib lets a cluster have it only once."""
        return 1 << 20


def scored_elsewhere(
    shared: Shared, values: Values, name: str
) -> tuple[Scored, list[str]]:
    """Return what comes of a combination, and what libraries warned of.

    A Dask worker makes its cluster active again: a forest is to grow where it is.
    """
    with (
        joblib.parallel_config("threading"),
        threadpool_limits(shared.threads),
        estimator_warnings() as heard,
    ):
        return scored(shared.score, values, shared.folds, name), heard()


@contextmanager
def losses_told() -> Iterator[None]:
    """Say in a sentence that a backend was lost; what a trial raises is let through."""
    try:
        yield
    except Exception as error:
        library = type(error).__module__.partition(".")[0]
        known = isinstance(error, (CancelledError, TimeoutError))
        if not known and library not in ("distributed", "joblib"):
            raise
        raise TrainingError(NO_ANSWER) from error


@contextmanager
def cluster(address: str) -> Iterator[None]:
    """Make a Dask scheduler the active backend; without an address nothing changes.

    Raises
    ------
    TrainingError
        Where none answers there, it has no worker, or its client is not installed.
    """
    if not address:
        yield
        return
    with ExitStack() as stack:
        try:
            from distributed import Client  # noqa: PLC0415 -- optional dependency

            client = Client(address, timeout=PATIENCE, set_as_default=False)
            stack.enter_context(client)
            client.wait_for_workers(1, PATIENCE)
        except ImportError as error:
            raise TrainingError(
                "Searches are to run on a cluster; install `distributed` here for that."
            ) from error
        except (OSError, ValueError) as error:
            raise TrainingError(NO_ANSWER) from error
        with joblib.parallel_config("dask", client=client):
            yield


@contextmanager
def active_pool() -> Iterator[Pool | None]:
    """Give the backend that the caller made active, None where that is this process.

    Its kind decides, not its size: a cluster may grow while a search is run. Nothing
    else is to be sent there meanwhile: a forest is soon grown where it is.
    """
    # Threads are preferred, so that only a backend that somebody chose is another.
    backend, n_jobs = get_active_backend(prefer="threads")
    if getattr(backend, "uses_threads", False):
        yield None
        return
    n_jobs = backend.default_n_jobs if n_jobs is None else n_jobs
    with joblib.parallel_config("threading"):
        yield Pool(backend, n_jobs)
