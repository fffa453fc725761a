"""Trials of a search on more processors, or machines: a backend of joblib runs them.

Whoever calls `train` chooses: `with joblib.parallel_config("dask"): train(…)`. Trials
are handed out in their order and taken in their order, whoever was first, so that a
search finds what it would have found alone.
"""

from __future__ import annotations

import copy
from contextlib import contextmanager
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

#: Seconds that a scheduler may take to answer.
PATIENCE = 10


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
        found = run(
            call(self.score, self.threads, values, folds, name)
            for values, name in waiting
        )
        try:
            for one, said in found:
                self.said.extend(said)
                yield one
        finally:
            found.close()


def scored_elsewhere(
    score: Score, threads: int, values: Values, folds: Sequence[Fold], name: str
) -> tuple[Scored, list[str]]:
    """Return what comes of a combination, and what libraries warned of."""
    with threadpool_limits(threads), estimator_warnings() as heard:
        return scored(score, values, folds, name), heard()


@contextmanager
def cluster(address: str) -> Iterator[None]:
    """Make a Dask scheduler the active backend; without an address nothing changes.

    Raises
    ------
    TrainingError
        Where none answers there, or its client is not installed.
    """
    if not address:
        yield
        return
    try:
        from distributed import Client  # noqa: PLC0415 -- optional dependency

        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except ImportError as error:
        raise TrainingError(
            "Searches are to run on a cluster; install `distributed` here for that."
        ) from error
    except OSError as error:
        raise TrainingError(
            "The cluster that searches run on does not answer. Try again, or tell the "
            "operator."
        ) from error
    with client, joblib.parallel_config("dask", client=client):
        yield


@contextmanager
def active_pool() -> Iterator[Pool | None]:
    """Give the backend that the caller made active, None where that is one process.

    Nothing else is to be sent there meanwhile: a forest is soon grown where it is.
    """
    backend, n_jobs = get_active_backend()
    n_jobs = backend.default_n_jobs if n_jobs is None else n_jobs
    if backend.effective_n_jobs(n_jobs) == 1 or getattr(backend, "uses_threads", False):
        yield None
        return
    with joblib.parallel_config("threading"):
        yield Pool(backend, n_jobs)
