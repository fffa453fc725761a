"""What keeps background work going when something was lost on the way.

Runs every few seconds in each worker command; any number of them may run at once.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django_q.models import OrmQ

from datamine import env
from datamine.files import sweep
from datamine.leases import (
    Lease,
    expired,
    from_now,
    job_models,
)
from datamine.models import Worker
from datamine.queue import ring_for
from datamine.services import forget_bundles
from datamine.work.broker import cluster_settings
from datamine.work.handover import put_back
from datasets.trash import sweep as sweep_datasets
from experiments.announcing import announce_ended_sessions, notify_of_ended_sessions
from experiments.stored import sweep_orphans as sweep_artifacts
from projects.expiry import forget_what_expired
from projects.mail import forget_letters, ring_for_due_letters
from projects.notices import forget_notices
from projects.webhooks import forget_deliveries, ring_for_due_deliveries
from registry.announcing import announce_activations
from registry.services import advance_retrainings
from registry.stored import sweep_orphans as sweep_batches

if TYPE_CHECKING:
    from collections.abc import Callable

    from datamine.leases import LeasedJob

logger = logging.getLogger(__name__)

CYCLE = min(4.0, env.LEASE_SECONDS / 5)  # seconds
SWEEP = 600.0
HEARD = timedelta(seconds=10)  # how long a bell that was heard may take to be answered
MANY = 200


class Reaper(Thread):
    """Looks after rows, bells and left-over files, and says this worker is alive."""

    def __init__(self, name: str, clusters: str) -> None:
        super().__init__(daemon=True, name="reaper")
        self.worker, self.clusters = name, clusters
        self.ending = Event()
        self.swept_at = 0.0

    def run(self) -> None:
        while not self.ending.is_set():
            self.cycle()
            self.ending.wait(CYCLE)
        connection.close()

    def cycle(self) -> None:
        """Do every chore, also when one before it fails."""
        attempt(lambda: greet(self.worker, self.clusters))
        for chore in CHORES:
            attempt(chore)
        if time.monotonic() - self.swept_at > SWEEP:
            self.swept_at = time.monotonic()
            for chore in SWEEPING:
                attempt(chore)

    def stop(self) -> None:
        """End the round that runs and the thread with it."""
        self.ending.set()
        self.join(2)


def attempt(chore: Callable[[], object]) -> None:
    try:
        chore()
    except (DatabaseError, InterfaceError, OSError):
        logger.warning("The reaper could not do its round.", exc_info=True)
        connection.close()
    except Exception:
        # Without the reaper lost work stays lost: no mistake elsewhere may end it.
        logger.exception("A chore of the reaper failed.")


def greet(name: str, clusters: str) -> None:
    """Say that this worker command is alive, and forget those long gone."""
    Worker.objects.update_or_create(
        name=name, defaults={"clusters": clusters, "seen_at": Now()}
    )
    Worker.objects.filter(seen_at__lt=from_now(-timedelta(days=1))).delete()


def reap() -> int:
    """Take back the rows of workers that were not heard of for a whole lease."""
    lost = 0
    for job in job_models():
        for row in expired(job).only("fencing_token", "attempts"):
            status = put_back(lease_of(row))
            lost += bool(status)
            logger.warning("%s %s lost its worker: %s.", job.__name__, row.pk, status)
    return lost


def lease_of(row: LeasedJob) -> Lease:
    return Lease(type(row), row.pk, row.fencing_token, row.attempts)


def give_back_all(worker: str) -> None:
    """Let the rows of a worker command that ends wait again, as if never begun."""
    for job in job_models():
        for row in job._base_manager.filter(status=job.RUNNING, worker=worker):
            put_back(lease_of(row), counts=False)
    Worker.objects.filter(name=worker).delete()


def ring_again() -> int:
    """Ring for rows that wait and have no bell; a bell may be lost with a process."""
    rung = 0
    for job in job_models():
        waiting = waiting_rows(job)
        bells = live_bells(job.CLUSTER) if waiting else set()
        for row in waiting:
            if (job._meta.label, row.pk) not in bells:
                ring_for(job, row.pk)
                rung += 1
    return rung


def waiting_rows(job: type[LeasedJob]) -> list[LeasedJob]:
    """Return the oldest rows that have waited long enough to miss their bell."""
    waiting = job._base_manager.filter(
        status=job.PENDING, created_at__lt=from_now(-timedelta(seconds=CYCLE))
    )
    return list(waiting.only("pk").order_by("pk")[:MANY])


def live_bells(cluster: str) -> set[tuple[str, int]]:
    """Return the label and id of every bell not heard yet, or heard just now.

    A bell heard is locked for as long as its work may last, answered or not.
    """
    retry = timedelta(seconds=cluster_settings(cluster)["retry"])
    now = timezone.now()
    due = Q(lock__lte=now)
    just_heard = Q(lock__gt=now + retry - HEARD, lock__lt=now + retry + HEARD)
    bells = OrmQ.objects.filter(due | just_heard, key=cluster)
    return {tuple(bell.args() or ()) for bell in bells}


CHORES: tuple[Callable[[], object], ...] = (
    reap,
    ring_again,
    advance_retrainings,
    announce_ended_sessions,
    notify_of_ended_sessions,
    announce_activations,
    ring_for_due_deliveries,
    ring_for_due_letters,
)
SWEEPING: tuple[Callable[[], object], ...] = (
    sweep,
    sweep_datasets,
    sweep_artifacts,
    sweep_batches,
    forget_bundles,
    forget_deliveries,
    forget_letters,
    forget_notices,
    forget_what_expired,
)
