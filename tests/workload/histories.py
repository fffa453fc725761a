"""Made-up lives of one row of long work, beside what a life should be.

`Expected` is the state machine said once more, in plain Python and without a database.
`play` lets chance choose what happens, does it to the real row by the real functions,
and compares after every event. Time is a field: instead of waiting, the end of the
lease is moved.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from django.db import transaction
from django_q.models import OrmQ

from datamine import leases
from datamine.leases import LEASE, MAX_ATTEMPTS, Lease, LeaseLostError
from datamine.work import reaper
from experiments.models import Result, TrainingSession
from tests.workload.rows import new_session

WORKERS = ("first", "second")
#: Shares of a lease that pass; no sum of them ends where a lease does.
SPANS = (0.3, 1.1)
EVENTS = 14  # of one history


class DivergedError(AssertionError):
    """The row is not what it should be."""


@dataclass
class Expected:
    """What the row should be; `left` is how much of its lease is left, in leases."""

    status: str = "pending"
    attempts: int = 0
    token: int = 0
    worker: str = ""
    left: float | None = None
    is_unwanted: bool = False
    results: int = 0

    def is_held(self, lease: Lease) -> bool:
        return self.status == "training" and self.token == lease.token

    def claim(self, worker: str) -> bool:
        if self.status != "pending":
            return False
        self.status, self.worker, self.left = "training", worker, 1
        self.attempts += 1
        self.token += 1
        return True

    def end(self, status: str) -> None:
        self.status, self.left = status, None
        self.results += status == "completed"

    def put_back(self, *, counts: bool) -> None:
        if self.is_unwanted:
            self.end("cancelled")
        elif counts and self.attempts == MAX_ATTEMPTS:
            self.end("failed")
        else:
            self.status, self.worker, self.left = "pending", "", None
            self.attempts -= not counts

    def request_cancel(self) -> None:
        if self.status == "pending":
            self.end("cancelled")
            self.is_unwanted = True
        elif self.status == "training":
            self.is_unwanted = True


@dataclass
class History:
    """One row, all leases ever given on it, and chance."""

    row: TrainingSession
    chance: random.Random
    expected: Expected = field(default_factory=Expected)
    held: list[Lease] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def play(self) -> None:
        events = [self.claim, self.write, self.write, self.wait, self.reap]
        rare = [self.stop, self.request_cancel]
        for _ in range(EVENTS):
            self.chance.choice(events * 2 + rare)()
            self.compare()

    def claim(self) -> None:
        worker = self.chance.choice(WORKERS)
        self.told.append(f"{worker} claims")
        lease = leases.claim(TrainingSession, self.row.pk, worker)
        if self.expected.claim(worker) != (lease is not None):
            raise DivergedError(self.told)
        if lease:
            self.held.append(lease)

    def write(self) -> None:
        """Let any lease ever given be used, most of them long lost."""
        if not self.held:
            return
        lease = self.chance.choice(self.held)
        act = self.chance.choice(["renew", "renew", "finish", "fail", "cancel"])
        self.told.append(f"lease {lease.token}: {act}")
        is_held = self.expected.is_held(lease)
        try:
            with transaction.atomic():
                ACTS[act](lease)
        except LeaseLostError:
            if is_held:
                raise DivergedError(self.told) from None
            return
        if not is_held:
            raise DivergedError(self.told)
        if act == "renew":
            self.expected.left = 1
        else:
            self.expected.end(ENDS[act])

    def wait(self) -> None:
        share = self.chance.choice(SPANS)
        self.told.append(f"{share} leases pass")
        self.row.refresh_from_db()
        if self.row.lease_expires_at:
            self.row.lease_expires_at -= share * LEASE
            self.row.save(update_fields=["lease_expires_at"])
        if self.expected.left is not None:
            self.expected.left -= share

    def reap(self) -> None:
        self.told.append("reaped")
        reaper.reap()
        if self.expected.left is not None and self.expected.left < 0:
            self.expected.put_back(counts=True)

    def stop(self) -> None:
        worker = self.chance.choice(WORKERS)
        self.told.append(f"{worker} stops")
        reaper.give_back_all(worker)
        if (self.expected.status, self.expected.worker) == ("training", worker):
            self.expected.put_back(counts=False)

    def request_cancel(self) -> None:
        self.told.append("cancel")
        leases.request_cancel(self.row)
        self.expected.request_cancel()

    def compare(self) -> None:
        row, expected = self.row, self.expected
        row.refresh_from_db()
        seen = Expected(
            row.status, row.attempts, row.fencing_token,
            row.worker if row.status == "training" else expected.worker,
            row.lease_expires_at and (expected.left or 0),
            row.cancel_requested, Result.objects.filter(session=row).count(),
        )  # fmt: skip
        if seen != expected or (row.completed_at is None) == row.is_over:
            raise DivergedError(f"{self.told}: {seen}, not {expected}")


def finish(lease: Lease) -> None:
    lease.finish(training_time_seconds=1.0)
    Result.objects.create(
        session_id=lease.pk,
        metrics={},
        split_digest="",
        artifact="",
        artifact_sha256="",
        artifact_hmac="",
        artifact_size=0,
    )


ACTS = {
    "renew": lambda lease: lease.renew(),
    "finish": finish,
    "fail": lambda lease: lease.fail("No."),
    "cancel": lambda lease: lease.cancel(),
}
ENDS = {"finish": "completed", "fail": "failed", "cancel": "cancelled"}


def play(count: int, seed: int) -> int:
    """Play so many histories; return how many events there were.

    Raises
    ------
    DivergedError
        With all events of the history that led to it.
    """
    row = new_session("quick", bell=False)
    fresh = TrainingSession.objects.values().get(pk=row.pk)
    del fresh["id"]
    events = 0
    for number in range(count):
        with transaction.atomic():
            history = History(row, random.Random(f"{seed} {number}"))
            history.play()
            events += len(history.told)
            Result.objects.all().delete()
            OrmQ.objects.all().delete()
            TrainingSession.objects.filter(pk=row.pk).update(**fresh)
    return events
