"""Trials on other processors and machines: the same search, whoever did the work."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager

import joblib
import numpy as np
import pytest
from joblib.parallel import get_active_backend

from datasets.monitor import SilentMonitor
from experiments.algorithms.catalogue import algorithm
from experiments.learning.problems import TrainingError
from experiments.searching import fanning
from experiments.searching.fanning import active_pool, cluster
from experiments.searching.settings import SearchSettings
from experiments.searching.trials import Search, Trial
from experiments.training import train
from tests.experiments.tables import iris_columns, iris_plan, make_table
from tests.program import PATIENCE, ROOT, free_port

SEARCH = {
    "method": "halving",
    "n_trials": 9,
    "space": {"max_depth": [1, 2, 3, None], "criterion": ["gini", "entropy"]},
}


@pytest.fixture(scope="module")
def plan():
    return iris_plan("decision_tree", search=SEARCH, split={"cv_folds": 3})


@pytest.fixture(scope="module")
def table():
    return make_table(**iris_columns())


class Counting(SilentMonitor):
    expected, done = 0.0, 0.0

    def total(self, units):
        self.expected = units

    def advance(self, units=1):
        self.done += units


def figures(outcome) -> dict:
    """Return all of an outcome that is not time."""
    found = outcome.to_json()
    found.pop("timings")
    for trial in found["search"]["trials"]:
        trial.pop("seconds")
    return found


@pytest.fixture(scope="module")
def alone(plan, table):
    return figures(train(plan, table))


def python(*words: str) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, *words], cwd=ROOT, env=environment)


@pytest.fixture
def parts():
    """Processes to end, in the order they were started."""
    started: list[subprocess.Popen] = []
    yield started
    for part in started:
        part.kill()
        part.wait()


@pytest.fixture
def scheduler(parts):
    """A scheduler and two workers with one thread each, as on three machines."""
    address = f"tcp://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    words = ("-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1")
    parts.append(python(*words, "--port", port, "--dashboard-address", "127.0.0.1:0"))
    for _ in range(2):
        words = ("-m", "distributed.cli.dask_worker", address, "--nthreads", "1")
        parts.append(python(*words, "--no-dashboard", "--no-nanny"))
    return address


def wait_for_workers(address: str, wanted: int) -> None:
    from distributed import Client  # noqa: PLC0415 -- optional dependency

    with Client(address, timeout=PATIENCE, set_as_default=False) as client:
        client.wait_for_workers(wanted, timeout=PATIENCE)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_cluster_finds_what_one_process_finds(plan, table, alone, scheduler):
    wait_for_workers(scheduler, 2)
    monitor = Counting()

    with cluster(scheduler):
        found = train(plan, table, monitor)

    assert figures(found) == alone
    assert monitor.done == pytest.approx(monitor.expected)


@pytest.mark.timeout(300)
def test_processes_of_this_machine_find_the_same(plan, table, alone, monkeypatch):
    asked = []

    def noted(self, waiting, folds):
        asked.extend(name for _, name in waiting)
        return real(self, waiting, folds)

    real = fanning.Pool.scored
    monkeypatch.setattr(fanning.Pool, "scored", noted)
    with joblib.parallel_config("loky", n_jobs=2):
        found = train(plan, table)

    assert figures(found) == alone
    assert len(asked) == len(alone["search"]["trials"])


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_forest_of_a_trial_is_grown_where_the_trial_is(table):
    space = {"n_estimators": [5, 6, 7, 8]}
    plan = iris_plan("random_forest", search={"method": "grid", "space": space})

    with local_cluster(2) as client:
        with cluster(client.scheduler.address):
            train(plan, table)
        sent = client.run_on_scheduler(names_of_tasks)

    batches = [name for name in sent if name.startswith("batch_of")]
    assert batches
    assert all("scored_elsewhere" in name for name in batches), sent


def names_of_tasks(dask_scheduler) -> list[str]:
    return list(dask_scheduler.task_prefixes)


@contextmanager
def local_cluster(workers: int, threads: int = 1):
    """Give a client of a scheduler that has its workers in this process."""
    from distributed import Client, LocalCluster  # noqa: PLC0415 -- optional dependency

    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=threads,
            processes=False,
            protocol="tcp",
            dashboard_address=None,
        ) as started,
        Client(started, set_as_default=False) as client,
    ):
        yield client


def test_cluster_of_one_slot_is_a_pool_and_gets_nothing_else():
    with (
        local_cluster(1) as client,
        cluster(client.scheduler.address),
        active_pool() as pool,
    ):
        assert pool is not None
        assert get_active_backend()[0].uses_threads


def test_without_a_backend_that_somebody_chose_there_is_no_pool():
    with active_pool() as pool:
        assert pool is None


class Fixed:
    """A score that counts how often it was packed."""

    packed = 0

    def __call__(self, values, fold, name):
        return 1.0

    def __reduce__(self):
        type(self).packed += 1
        return Fixed, ()


def lost(values, fold, name):
    os._exit(1)


FOUR = [({}, f"trial {number}") for number in range(4)]


def pooled(score) -> list:
    with active_pool() as pool:
        pool.score = score
        return list(pool.scored(FOUR, [()]))


def test_session_is_sent_to_a_cluster_once_for_all_trials():
    with local_cluster(1, threads=2) as client, cluster(client.scheduler.address):
        Fixed.packed = 0
        found = pooled(Fixed())

    assert [one.folds for one in found] == [(1.0,)] * 4
    assert Fixed.packed == 1


def test_processes_that_are_lost_are_a_sentence():
    with (
        joblib.parallel_config("loky", n_jobs=2),
        pytest.raises(TrainingError, match="does not answer"),
    ):
        pooled(lost)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_scheduler_that_is_lost_is_a_sentence(plan, table, scheduler, parts):
    wait_for_workers(scheduler, 2)

    class Killing(SilentMonitor):
        def advance(self, units=1):
            parts[0].kill()

    with pytest.raises(TrainingError, match="does not answer"), cluster(scheduler):
        train(plan, table, Killing())


class Kept:
    """What a lost training had found, in a long time."""

    def load(self, name):
        number = int(name.rpartition(" ")[2])
        return Trial(number, {"n_neighbors": number}, (0.5,), seconds=1000.0)


def test_time_budget_of_a_pool_is_time_that_went_by():
    search = Search(
        SearchSettings(method="grid", space={"n_neighbors": [1, 2, 3]}),
        algorithm("knn").parameters_model(),
        metric="accuracy",
        seed=1,
        seconds=500.0,
    )
    folds = [(np.arange(200), np.arange(20))]

    with joblib.parallel_config("loky", n_jobs=2), active_pool() as pool:
        found = search.run(folds, Fixed(), SilentMonitor(), Kept(), pool)

    assert (found.ended_early, len(found.trials)) == (False, 3)


def test_cluster_without_workers_is_a_sentence(monkeypatch):
    monkeypatch.setattr(fanning, "PATIENCE", 1)

    with (
        local_cluster(0) as client,
        pytest.raises(TrainingError, match="does not answer"),
        cluster(client.scheduler.address),
        active_pool(),
    ):
        pass


@pytest.mark.parametrize("address", ["nowhere", "carrier-pigeon://127.0.0.1:1"])
def test_address_that_is_none_is_a_sentence(address):
    with pytest.raises(TrainingError, match="does not answer"), cluster(address):
        pass


def test_cluster_that_does_not_answer_is_a_sentence(monkeypatch):
    monkeypatch.setattr(fanning, "PATIENCE", 1)
    began = time.monotonic()

    with (
        pytest.raises(TrainingError, match="does not answer"),
        cluster(f"tcp://127.0.0.1:{free_port()}"),
    ):
        pass

    assert time.monotonic() - began < 30
