"""The worker command as a whole: stopped, killed, frozen, too slow."""

import contextlib
import signal
import time

import psutil
import pytest
from django.db import OperationalError, connection, transaction

from datamine.leases import request_cancel
from datamine.models import Worker
from datasets.models import DatasetVersion
from tests.workload.program import LEASE_SECONDS, Program
from tests.workload.rows import ended, has_status, new_session, new_version, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

HEALED = LEASE_SECONDS + 30  # seconds: what the issue allows after a lease has ended


def test_stop_gives_work_back_uncounted_and_the_next_start_does_it():
    version, session = new_version("long"), new_session("steps")
    with Program() as program:
        wait_for(has_status(version, "processing"))
        wait_for(has_status(session, "training", "completed"))
        children = program.children()

        seconds = program.stop()

        assert seconds < 5
        version.refresh_from_db()
        assert (version.status, version.attempts) == ("pending", 0)
        assert not any(child.is_running() for child in children)
        assert Worker.objects.count() == 0
        request_cancel(version)
        later = new_version("quick")
        program.start()
        wait_for(ended(later))
        wait_for(ended(session))
    assert (later.status, session.status) == ("ready", "completed")


def test_killed_program_takes_its_children_along_and_is_healed():
    version = new_version("steps")
    with Program() as program:
        wait_for(lambda: has_status(version, "processing")() and version.progress)
        working = min(program.children(), key=lambda child: child.create_time())

        program.kill()

        assert wait_for(lambda: not alive(working)) < 2
        program.start()
        seconds = wait_for(ended(version), HEALED)
    assert (version.status, version.attempts) == ("ready", 2)
    assert seconds < HEALED


def alive(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_frozen_program_is_fenced_when_it_comes_back():
    version = new_version("long")
    with Program() as frozen, Program() as other:
        wait_for(lambda: Worker.objects.count() == 2)
        wait_for(has_status(version, "processing"))
        first = frozen if str(frozen.process.pid) in version.worker else other
        second = other if first is frozen else frozen
        old_children = first.children()
        freeze(first, version)
        wait_for(lambda: in_hands_of(version, second), HEALED)

        first.signal(signal.SIGCONT)

        # The child that works must end; a spare one may wait on.
        wait_for(lambda: sum(map(alive, old_children)) < len(old_children))
        time.sleep(1)
        assert in_hands_of(version, second)
        assert version.fencing_token == 2
        request_cancel(version)
        wait_for(has_status(version, "cancelled"))


def freeze(program, version):
    """Stop a program's process at a moment when it holds no lock of the database's.

    Nobody could write to SQLite as long as a process stood inside a transaction; what
    is tested is the lease of a process that stands anywhere else.
    """
    program.signal(signal.SIGSTOP)
    while not can_be_taken(version):
        program.signal(signal.SIGCONT)
        time.sleep(0.01)
        program.signal(signal.SIGSTOP)


def can_be_taken(version):
    """Tell whether no lock is held that taking `version` over would wait for."""
    try:
        with impatience(), transaction.atomic():
            list(Worker.objects.select_for_update(nowait=True))
            DatasetVersion.objects.select_for_update(nowait=True).get(pk=version.pk)
    except OperationalError:
        return False
    return True


@contextlib.contextmanager
def impatience():
    """Let SQLite say after half a second that it is locked, as PostgreSQL does."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute("PRAGMA busy_timeout = 500")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")


def in_hands_of(row, program):
    row.refresh_from_db()
    return str(program.process.pid) in row.worker and row.status == "processing"


@pytest.mark.parametrize("behaviour", ["long", "native"])
def test_work_that_takes_too_long_is_ended(behaviour):
    session = new_session(behaviour)
    with Program(DATAMINE_TRAINING_SECONDS="2"):
        wait_for(ended(session))

    assert (session.status, session.attempts) == ("failed", 1)
    assert session.error_message == (
        "The work took longer than the 2 s it may have. Use fewer rows or columns, "
        "smaller batches or a smaller network, or ask for a higher limit."
    )
