"""One attempt at a row's work, as its worker sees it: claim, hand over, watch, end.

Runs in the threads of the worker command; the work itself is a child process's.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import F, Value
from django.db.models.functions import Concat

from datamine import env
from datamine.faults import fault_point
from datamine.leases import RENEWAL, Lease, LeaseLostError, claim
from datamine.limits import LIMITS
from datamine.logs import during_job
from datamine.queue import ring_for
from datamine.work.handover import put_back
from datamine.work.nursery import Assignment

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from datamine.leases import LeasedJob
    from datamine.work.nursery import Exit, Hired, Nursery

logger = logging.getLogger(__name__)

LOOK = 0.4  # seconds between two looks at the row and the memory
#: Tries of a row after which a database that went away counts as the work's own fault:
#: its question may be what the server dies of.
MOST_TRIES = 10
OUT_OF_MEMORY = ("MemoryError", "memory allocation of", "bad_alloc", "Cannot allocate")


@dataclass(frozen=True)
class Surroundings:
    """What the workers of this process share."""

    name: str  # of this worker command, in the rows it works on
    nursery: Nursery
    stopping: Event


_surroundings: list[Surroundings] = []


def settle(surroundings: Surroundings) -> None:
    """Remember, before the workers start, what they will work with."""
    _surroundings[:] = [surroundings]


def run_job(label: str, pk: int) -> None:
    """Do a pending row's work in a child process; the queue calls this.

    A row that is gone, ended or someone else's is left alone.
    """
    [here] = _surroundings
    job: type[LeasedJob] = apps.get_model(label)
    if here.stopping.is_set():  # the next worker command will hear it
        ring_for(job, pk)
        return
    lease = claim(job, pk, here.name)
    if lease is None:
        logger.info("%s %s is not waiting any more.", label, pk)
        return
    fault_point("claim.after")
    with during_job(label, pk), here.nursery.hire(assignment(lease)) as child:
        Attempt(lease, child, here.stopping).watch()


def assignment(lease: Lease) -> Assignment:
    job = lease.job
    memory = LIMITS[job.CLUSTER].memory_mb
    return Assignment(job._meta.label, lease.pk, lease.token, lease.attempt, memory)


def appended(text: str) -> Concat:
    return Concat(F("log"), Value(text[-2000:]))


class Attempt:
    """A running child and the reasons to end it."""

    def __init__(self, lease: Lease, child: Hired, stopping: Event) -> None:
        self.lease, self.child, self.stopping = lease, child, stopping
        self.limits = LIMITS[lease.job.CLUSTER]
        self.began = self.renewed = time.monotonic()

    def watch(self) -> None:
        """Stay with the child until the row is ended, given back, or lost."""
        looked = 0.0
        while True:
            ended = self.child.wait(0.1)
            if ended:
                return self.judge(ended)
            if self.stopping.is_set():
                return self.end(lambda: put_back(self.lease, counts=False))
            if time.monotonic() - looked > LOOK:
                looked = time.monotonic()
                if self.interfere():
                    return None

    def interfere(self) -> bool:
        """Look at row and process; end the attempt where one of them says so."""
        held = self.held()
        if held is None:
            self.child.kill()
        elif held:
            self.end(self.lease.cancel)
        elif self.child.memory() > self.limits.memory_mb * 1024**2:
            self.end(lambda: self.lease.fail(self.limits.memory_sentence))
        elif time.monotonic() - self.began > self.limits.seconds:
            self.end(lambda: self.lease.fail(self.limits.time_sentence))
        else:
            return False
        return True

    def held(self) -> bool | None:
        """Renew the lease when due; None if it is lost, True if a stop is wanted."""
        try:
            if time.monotonic() - self.renewed > RENEWAL:
                self.lease.renew()
                self.renewed = time.monotonic()
            row = self.lease.rows.values_list("cancel_requested").first()
        except LeaseLostError:
            return None
        except (DatabaseError, InterfaceError):
            # The database is away: go on as long as nobody else may have the row.
            logger.warning("The lease could not be renewed.", exc_info=True)
            connection.close()
            late = time.monotonic() - self.renewed > env.LEASE_SECONDS
            return None if late else False
        return row[0] if row else None

    def end(self, write: Callable[[], object]) -> None:
        """Write the last word, unless the child was faster."""
        self.child.kill()
        try:
            write()
        except LeaseLostError:
            logger.info("%s ended by itself.", self.lease)

    def is_open(self) -> bool:
        """Whether the row waits for an end; asked again while the database is away."""
        while time.monotonic() - self.renewed < env.LEASE_SECONDS:
            try:
                return bool(self.lease.rows.exists())
            except (DatabaseError, InterfaceError):
                logger.warning("The row cannot be read.", exc_info=True)
                connection.close()
                time.sleep(LOOK)
        return False  # its lease is over, and the reaper sees to it

    def judge(self, ended: Exit) -> None:
        """Decide what becomes of a row whose child has ended."""
        if ended.code or ended.errors:
            logger.warning("%s: %s\n%s", self.lease, ended.reason, ended.errors)
        fault_point("judge.before")
        is_excused = ended.is_for_want_of_a_database and self.lease.token <= MOST_TRIES
        if is_excused:  # or all tries would be over before the database is back
            self.stopping.wait(min(self.lease.token, RENEWAL))
        if not self.is_open():
            return
        if ended.errors:
            self.end(lambda: self.lease.write(log=appended(ended.errors)))
        if any(sign in ended.errors for sign in OUT_OF_MEMORY):
            self.end(lambda: self.lease.fail(self.limits.memory_sentence))
        else:
            put_back(self.lease, ended.reason, counts=not is_excused)
