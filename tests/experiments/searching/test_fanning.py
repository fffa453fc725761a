"""Trials on other processors and machines: the same search, whoever did the work."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import joblib
import pytest

from datasets.monitor import SilentMonitor
from experiments.learning.problems import TrainingError
from experiments.searching import fanning
from experiments.searching.fanning import cluster
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
def scheduler():
    """A scheduler and two workers with one thread each, as on three machines."""
    address = f"tcp://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    words = ("-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1")
    parts = [python(*words, "--port", port, "--dashboard-address", "127.0.0.1:0")]
    for _ in range(2):
        words = ("-m", "distributed.cli.dask_worker", address, "--nthreads", "1")
        parts.append(python(*words, "--no-dashboard", "--no-nanny"))
    yield address
    for part in parts:
        part.kill()
        part.wait()


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


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_processes_of_this_machine_find_the_same(plan, table, alone):
    with joblib.parallel_config("loky", n_jobs=2):
        found = train(plan, table)

    assert figures(found) == alone


def test_trials_were_done_by_others(plan, table, monkeypatch):
    asked = []

    def noted(self, waiting, folds):
        asked.extend(name for _, name in waiting)
        return real(self, waiting, folds)

    real = fanning.Pool.scored
    monkeypatch.setattr(fanning.Pool, "scored", noted)
    with joblib.parallel_config("loky", n_jobs=2):
        found = train(plan, table)

    assert len(asked) == len(found.to_json()["search"]["trials"])


def test_cluster_that_does_not_answer_is_a_sentence(monkeypatch):
    monkeypatch.setattr(fanning, "PATIENCE", 1)
    began = time.monotonic()

    with (
        pytest.raises(TrainingError, match="does not answer"),
        cluster(f"tcp://127.0.0.1:{free_port()}"),
    ):
        pass

    assert time.monotonic() - began < 30
