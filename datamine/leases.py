"""The life of a row that stands for long work: claimed, kept alive, ended once.

The row is the truth and the queue only a bell. Every change of state is one
compare-and-set `UPDATE` on status and fencing token, timed by the database's clock.

A service makes a row and rings in one transaction::

    with transaction.atomic():
        session = TrainingSession.objects.create(…)
        ring(session)                       # datamine.queue

A child process then calls the function that `WORK` names, with the row's id and a
`Lease`. The function tells where it is through `lease.monitor`, writes its files
under new names, and ends with `lease.finish(…)` or `lease.fail(sentence)`::

    def train_in_child(session_id: int, lease: Lease) -> None: ...
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Case, DateTimeField, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Now

from datamine import env, files
from datamine.away import BROKEN, is_away
from datamine.faults import fault_point
from datamine.work.progress import RowMonitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
LEASE = timedelta(seconds=env.LEASE_SECONDS)
#: Seconds between two renewals.
RENEWAL = min(env.LEASE_SECONDS / 4, 5.0)
#: Seconds between two tries to reach a database that is away.
PAUSE = 0.5
SENTENCE_LENGTH = 2000


class LeasedJob(models.Model):
    """What every row of long work knows of its own progress; a worker writes it.

    A subclass gives `status` its choices and says what is to be done and where:
    `CLUSTER` is the queue, `WORK` the function ("module:name") called in a child
    process, and `IMPORTS` what a waiting child loads beforehand.
    """

    PENDING = "pending"
    RUNNING: str
    DONE: str
    FAILED = "failed"
    CANCELLED = "cancelled"

    CLUSTER: str
    WORK: str
    IMPORTS: tuple[str, ...] = ()

    status = models.CharField(max_length=10, default=PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    fencing_token = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    progress = models.FloatField(default=0)
    phase = models.CharField(max_length=100, blank=True)
    peak_memory = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    error_message = models.TextField(blank=True)
    log = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_over(self) -> bool:
        return self.status in {self.DONE, self.FAILED, self.CANCELLED}

    def stored_files(self) -> list[tuple[str, str]]:
        """Return key and SHA-256 of each file that a row that is done promises."""
        return []

    def working_files(self) -> list[str]:
        """Return the keys of files that nobody needs once the row is over."""
        return []

    def leftover_rows(self) -> list[models.QuerySet[Any]]:
        """Return other rows that nobody needs, now that this one is over."""
        return []


Job = TypeVar("Job", bound=LeasedJob)


class LeaseLostError(Exception):
    """The row belongs to another attempt, or has ended: nothing may be written."""


@dataclass
class Lease:
    """The right to work on one row, until it is ended or someone else takes over.

    `token` fences: every write names it, so a worker that was given up writes nothing.
    """

    job: type[LeasedJob]
    pk: int
    token: int
    attempt: int
    monitor: RowMonitor = field(init=False, repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.job._meta.label} {self.pk}, attempt {self.attempt}"

    def __post_init__(self) -> None:
        self.monitor = RowMonitor(self)

    @property
    def rows(self) -> models.QuerySet[LeasedJob]:
        """The row, as long as it is held by this lease; empty after that."""
        return self.job._base_manager.filter(
            pk=self.pk, status=self.job.RUNNING, fencing_token=self.token
        )

    def write(self, **values: Any) -> None:
        """Write fields of the running row; raise `LeaseLostError` if it is not ours."""
        if not self.rows.update(**values):
            raise LeaseLostError(f"{self.job.__name__} {self.pk} was taken away.")

    def renew(self) -> None:
        """Hold the row for another while."""
        self.write(lease_expires_at=from_now(LEASE))

    def finish(self, **values: Any) -> None:
        """End well and write the result's fields, in the caller's transaction.

        Rows that belong to the result (a `Result`, a moved pointer) are written in the
        same transaction, after this call: if the lease was lost nothing of it stays.
        """
        fault_point("finish.before")
        self.end(self.job.DONE, progress=1, **values)
        fault_point("finish.after")

    def conclude(self, write: Callable[[], object]) -> None:
        """Call `write`, one transaction that finishes the row, until it is answered.

        A database that went away may have kept the transaction: the row says whether.
        Raises what `write` raises, and the database's error when a lease has passed.
        """
        end = time.monotonic() + LEASE.total_seconds()
        while True:
            values, lines = self.monitor.values, [*self.monitor.lines]
            try:
                self.write_once(write)
            except BROKEN as error:
                if not is_away(error) or time.monotonic() > end:
                    raise
                logger.warning("%s: the database is away.", self, exc_info=True)
                connection.close()
                self.monitor.values, self.monitor.lines = values, lines
                time.sleep(PAUSE)
            else:
                return

    def write_once(self, write: Callable[[], object]) -> None:
        """Call `write`; a lease lost because it wrote before is none."""
        try:
            write()
        except LeaseLostError:
            if not self.is_finished():
                raise

    def is_finished(self) -> bool:
        """Whether the row has ended well under this lease."""
        mine = self.job._base_manager.filter(pk=self.pk, fencing_token=self.token)
        return mine.filter(status=self.job.DONE).exists()

    def fail(self, sentence: str, **values: Any) -> None:
        """End badly, with a sentence for the person who waits."""
        message = sentence[:SENTENCE_LENGTH]
        self.end(self.job.FAILED, error_message=message, **values)

    def cancel(self) -> None:
        """End because someone asked for it."""
        self.end(self.job.CANCELLED)

    def end(self, status: str, **values: Any) -> None:
        memory = {"peak_memory": peak_memory()}
        self.write(**(ended(status) | memory | self.monitor.remaining() | values))
        tidy_up(self.job, self.pk)


def peak_memory() -> int:
    """Return the most bytes this process has held, 0 where Linux does not say."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return int(lines["VmHWM"].split()[0]) * 1024


def from_now(span: timedelta) -> ExpressionWrapper:
    return ExpressionWrapper(Now() + span, output_field=DateTimeField())


def ended(status: str) -> dict[str, Any]:
    return {"status": status, "completed_at": Now(), "lease_expires_at": None}


def tidy_up(job: type[LeasedJob], pk: int) -> None:
    """Remove what nobody needs of a row that is over, when that is committed.

    What a crash leaves here is swept later; what fails here is only logged.
    """

    def remove() -> None:
        row = job._base_manager.filter(pk=pk).first()
        if row and row.is_over:
            for key in row.working_files():
                files.delete(key)
            for rows in row.leftover_rows():
                rows.delete()

    transaction.on_commit(remove, robust=True)


def job_models() -> Iterator[type[LeasedJob]]:
    """Every kind of row that stands for long work, whatever its app."""
    return (model for model in apps.get_models() if issubclass(model, LeasedJob))


def claim(job: type[Job], pk: int, worker: str) -> Lease | None:
    """Take a pending row; None if it is not pending, so a second bell does nothing.

    The attempt is counted here, before any work: one that kills its worker counts.
    """
    with transaction.atomic():
        taken = job._base_manager.filter(pk=pk, status=job.PENDING).update(
            status=job.RUNNING,
            attempts=F("attempts") + 1,
            fencing_token=F("fencing_token") + 1,
            worker=worker,
            lease_expires_at=from_now(LEASE),
            started_at=Now(),
            progress=0,
            phase="",
            error_message="",
        )
        if not taken:
            return None
        row = job._base_manager.only("fencing_token", "attempts").get(pk=pk)
    return Lease(job, pk, row.fencing_token, row.attempts)


def request_cancel(row: LeasedJob) -> bool:
    """Stop a row's work: at once if it waits, within two seconds if it runs.

    Returns whether there was anything to stop; an ended row stays as it is.
    """
    job = type(row)
    alive = job._base_manager.filter(pk=row.pk, status__in=[job.PENDING, job.RUNNING])
    waiting = Q(status=job.PENDING)
    found = alive.update(
        cancel_requested=True,
        status=Case(When(waiting, then=Value(job.CANCELLED)), default=F("status")),
        completed_at=Case(When(waiting, then=Now()), default=None),
    )
    tidy_up(job, row.pk)
    return bool(found)


def expired(job: type[Job]) -> models.QuerySet[Job]:
    """Running rows whose worker has not been heard of for a whole lease."""
    return job._base_manager.filter(status=job.RUNNING, lease_expires_at__lt=Now())
