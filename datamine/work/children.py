"""What happens inside a child process: one attempt at the work of one row.

`run_inline` does the same without a process, for tests; `run_to_end` for commands,
which may take as long as they like while workers look after the same rows.
"""

from __future__ import annotations

import logging
import os
import resource
import socket
import time
from contextlib import contextmanager
from importlib import import_module
from threading import Event, Thread
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import DatabaseError, InterfaceError, connection, transaction

from datamine.away import is_away
from datamine.faults import fault_point
from datamine.lean import without_pandas
from datamine.leases import (
    RENEWAL,
    Lease,
    LeasedJob,
    LeaseLostError,
    claim,
    job_models,
)
from datamine.limits import LIMITS
from datamine.logs import during_job
from datamine.room import AWAY, NO_ROOM, StorageAwayError, is_full
from datamine.work.handover import put_back
from datamine.work.nursery import Assignment
from datasets.monitor import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger(__name__)

LOOK = 0.5  # seconds between two looks at a row that a worker has taken


def run_inline(row: LeasedJob) -> None:
    """Do a pending row's work here and now, then read the row again.

    The same path as in a child process, without its limits and its supervisor.
    """
    lease = claim(type(row), row.pk, worker=f"{socket.gethostname()}:{os.getpid()}")
    if lease:
        perform(lease)
    row.refresh_from_db()


def run_to_end(row: LeasedJob) -> None:
    """Do a pending row's work here, or wait for the worker that was faster.

    An interrupted row waits for the next attempt, which goes on where this one ended.
    """
    lease = claim(type(row), row.pk, worker=f"{socket.gethostname()}:{os.getpid()}")
    if lease:
        try:
            with held(lease):
                perform(lease)
        except KeyboardInterrupt:
            put_back(lease, counts=False)
            raise
    row.refresh_from_db()
    while not row.is_over:
        time.sleep(LOOK)
        row.refresh_from_db()


@contextmanager
def held(lease: Lease) -> Iterator[None]:
    """Renew a lease from a thread of its own: nothing else does so here."""
    ended = Event()

    def renew() -> None:
        while not ended.wait(RENEWAL):
            try:
                lease.renew()
            except LeaseLostError:
                break
            except (DatabaseError, InterfaceError):
                logger.warning("The lease could not be renewed.", exc_info=True)
                connection.close()
        connection.close()

    thread = Thread(target=renew, daemon=True, name="lease")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def preload() -> None:
    """Import what work of every kind needs, before anybody waits for it."""
    for name in {name for job in job_models() for name in job.IMPORTS}:
        try:
            with without_pandas():
                import_module(name)
        except ImportError:
            logger.warning("%s could not be loaded beforehand.", name, exc_info=True)


def obey(line: bytes) -> None:
    """Do the work that the worker's line assigns, within its limits."""
    assignment = Assignment.decode(line)
    limit_memory(assignment.memory_mb)
    job = apps.get_model(assignment.label)
    with during_job(assignment.label, assignment.pk):
        perform(Lease(job, assignment.pk, assignment.token, assignment.attempt))


def limit_memory(megabytes: int) -> None:
    """Make allocations fail at twice the limit; the worker watches the limit itself.

    Address space is always more than memory: libraries reserve what they never use.
    """
    space = 2 * megabytes * 1024**2
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def perform(lease: Lease) -> None:
    """Call the row's work; whatever it does, the row is ended or another's.

    Where the database is away nothing can be written of it, and nobody is to blame: the
    error is raised, and the row waits for the next attempt.
    """
    try:
        fault_point("work.before")
        function(lease.job.WORK)(lease.pk, lease)
        fault_point("work.after")
        end_if_open(lease)
    except LeaseLostError as lost:
        logger.warning("%s", lost)
    except Cancelled:
        close(lease.cancel)
    except MemoryError:
        close(lambda: lease.fail(LIMITS[lease.job.CLUSTER].memory_sentence))
    except Exception as error:  # the row must end, whatever it was
        if is_away(error):
            raise
        if not lease.rows.exists():
            logger.warning("%s %s was taken away.", lease.job.__name__, lease.pk)
            return
        logger.exception("%s %s failed", lease.job.__name__, lease.pk)
        sentence = sentence_of(error)
        close(lambda: lease.fail(sentence))


def sentence_of(error: Exception) -> str:
    if isinstance(error, StorageAwayError):
        return AWAY
    if is_full(error):
        return NO_ROOM
    name = type(error).__name__
    sentence = f"Something went wrong that should not: {name}."
    return f"{sentence} The worker's log says more."


def close(end: Callable[[], None]) -> None:
    try:
        end()
    except LeaseLostError as lost:
        logger.warning("%s", lost)


def end_if_open(lease: Lease) -> None:
    """Fail a row whose work came back without an end."""
    with transaction.atomic():
        if lease.rows.exists():
            lease.fail("The work ended without a result.")


def function(name: str) -> Callable[[int, Lease], None]:
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)
