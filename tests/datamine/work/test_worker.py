"""The real worker command with real processes, watched while it is mistreated."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django_q.models import OrmQ

from datamine.leases import request_cancel
from datamine.models import Worker
from datamine.work import reaper
from datamine.work.attempts import MOST_TRIES
from datamine.work.reaper import Reaper
from experiments.models import TrainingSession
from projects.models import Letter, Notice
from tests.factories.projects import UserFactory
from tests.workload.invariants import violations
from tests.workload.program import Program
from tests.workload.rows import ended, has_status, new_session, new_version, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

# The same whether the process noticed it or whoever watched it.
HUNGRY = (
    "The work needed more than the 300 MB of memory it may have. Use fewer rows or "
    "columns, smaller batches or a smaller network, or ask for a higher limit."
)


@pytest.fixture(scope="module")
def shared_program(django_db_setup):
    """A program that several tests use, as long as they leave it alive."""
    with Program() as program:
        yield program


@pytest.fixture
def program(shared_program):
    shared_program.revive()
    return shared_program


@pytest.mark.parametrize("make", [new_version, new_session])
def test_work_is_done_once_and_leaves_nothing_behind(program, make):
    # Programs killed by other tests have left folders: only the sweep removes those.
    wait_for(lambda: len(program.children()) == 1)
    folders = len(folders_of_children(program))
    row = make("steps")

    wait_for(ended(row))

    assert (row.status, row.attempts, row.error_message) == (row.DONE, 1, "")
    assert 0 < row.peak_memory < 300 * 1024**2
    wait_for(lambda: not OrmQ.objects.exists())
    wait_for(lambda: len(program.children()) == 1)
    wait_for(lambda: len(folders_of_children(program)) == folders)
    assert violations() == []


def folders_of_children(program):
    return list(Path(program.environment["DATAMINE_HOME"]).glob("scratch/child-*"))


def test_bell_heard_twice_does_nothing(program):
    from datamine.queue import ring  # noqa: PLC0415 -- app ready

    session = new_session("steps")
    for _ in range(4):
        ring(session)

    wait_for(ended(session))

    wait_for(lambda: not OrmQ.objects.exists())
    session.refresh_from_db()
    assert (session.status, session.attempts) == ("completed", 1)


def test_bells_of_a_newer_release_end_no_worker(program):
    from datamine.queue import enqueue  # noqa: PLC0415 -- app ready

    pid = program.process.pid
    enqueue(
        "datamine.work.attempts.run_job", "experiments.Tournament", 1, cluster="fast"
    )
    enqueue("experiments.tasks.hold_tournament", 1, cluster="train")
    rows = [new_version("quick"), new_session("quick")]

    for row in rows:
        wait_for(ended(row))

    wait_for(lambda: not OrmQ.objects.exists())
    assert [(row.status, row.attempts) for row in rows] == [
        ("ready", 1), ("completed", 1),
    ]  # fmt: skip
    assert (program.process.pid, program.is_running()) == (pid, True)


def test_lost_bell_is_rung_again(program):
    version = new_version("quick", bell=False)

    wait_for(ended(version))

    assert version.status == "ready"


def test_bell_that_died_with_its_worker_is_rung_again(program):
    version = new_version("quick")
    OrmQ.objects.update(lock="2199-01-01T00:00:00Z")  # taken, and never answered
    Worker.objects.all().delete()

    wait_for(ended(version))

    assert version.status == "ready"


@pytest.mark.parametrize(
    ("behaviour", "attempts", "sentence"),
    [
        (
            "error",
            1,
            "Something went wrong that should not: RecursionError. "
            "The worker's log says more.",
        ),
        ("hungry", 1, HUNGRY),
        ("greedy", 1, HUNGRY),
        (
            "segfault",
            3,
            "The worker died 3 times during this work; at last the process was ended "
            "by SIGSEGV.",
        ),
        (
            "leave",
            3,
            "The worker died 3 times during this work; at last the process ended with "
            "code 3.",
        ),
    ],
)
def test_work_that_cannot_succeed_ends_as_a_sentence(
    program, behaviour, attempts, sentence
):
    session = new_session(behaviour)

    wait_for(ended(session), seconds=90)  # with the pauses of tries that are excused

    assert (session.status, session.attempts) == ("failed", attempts)
    assert session.error_message == sentence
    assert not hasattr(session, "result")


@pytest.mark.parametrize("make", [new_version, new_session])
def test_database_that_is_away_costs_no_attempt(program, make):
    row = make("disconnected")

    wait_for(ended(row))

    assert (row.status, row.attempts, row.fencing_token) == (row.DONE, 1, 3)


def test_database_that_dies_of_the_work_ends_it(program):
    session = new_session("poisonous", bell=False)
    TrainingSession.objects.update(fencing_token=MOST_TRIES)

    wait_for(ended(session))

    assert (session.status, session.attempts) == ("failed", 3)
    assert session.error_message == (
        "The worker died 3 times during this work; at last the database did not answer."
    )


@pytest.mark.parametrize("behaviour", ["long", "native"])
def test_cancel_takes_less_than_two_seconds(program, behaviour):
    version = new_version(behaviour)
    wait_for(has_status(version, "processing"))

    request_cancel(version)

    assert wait_for(has_status(version, "cancelled")) < 2
    wait_for(lambda: len(program.children()) == 1)


def test_killed_child_is_replaced(program):
    session = new_session("steps")
    wait_for(lambda: has_status(session, "training")() and session.progress > 0)

    kill_children(program)

    wait_for(ended(session))
    assert (session.status, session.attempts) == ("completed", 2)


def test_who_began_a_session_is_told_of_its_end(program):
    person = UserFactory(notify_by_mail=True)
    session = new_session("steps", created_by=person)

    wait_for(ended(session))

    wait_for(Letter.objects.exists)
    assert Letter.objects.get().to == person.email
    assert Notice.objects.get().address == session.get_absolute_url()


def test_chore_that_fails_ends_no_other(monkeypatch, caplog):
    done = []
    chores = (lambda: [][0], lambda: done.append("second"))
    monkeypatch.setattr(reaper, "CHORES", chores)

    Reaper("somewhere", "fast").cycle()

    assert done == ["second"]
    assert "A chore of the reaper failed." in caplog.text


def kill_children(program):
    for child in program.children():
        child.kill()


def test_program_holds_no_heavy_library():
    code = (
        "import django, sys; django.setup(); import datamine.work.foreman;"
        "heavy = {'torch', 'sklearn', 'polars', 'pandas', 'numpy', 'altair', 'duckdb'};"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "datamine.settings"},
    )

    assert done.stdout == "[]\n"
