"""Thousands of made-up histories of a row, and bugs they have to notice.

`DATAMINE_HISTORIES` says how many; `make histories` asks for 20,000.
"""

import os
import random

import pytest
from django.db.models import F
from django.db.models.functions import Now

from datamine import leases
from datamine.leases import Lease, LeasedJob
from datamine.work import handover, reaper
from tests.workload import histories

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3600)]

HISTORIES = int(os.environ.get("DATAMINE_HISTORIES", "150"))


def test_every_history_goes_as_the_model_says(capsys):
    seed = int(os.environ.get("DATAMINE_HISTORIES_SEED", random.randrange(10**6)))

    events = histories.play(HISTORIES, seed)

    with capsys.disabled():
        print(f"\nseed {seed}: {HISTORIES} histories, {events} events")  # noqa: T201 -- the figures one asks histories for
    assert events > 10 * HISTORIES


def rows_of(lease: Lease, **conditions):
    return lease.job._base_manager.filter(pk=lease.pk, **conditions)


def claim_of_any(job: type[LeasedJob], pk: int, worker: str) -> Lease:
    job._base_manager.filter(pk=pk).update(
        status=job.RUNNING,
        attempts=F("attempts") + 1,
        fencing_token=F("fencing_token") + 1,
        worker=worker,
        lease_expires_at=leases.from_now(leases.LEASE),
    )
    row = job._base_manager.get(pk=pk)
    return Lease(job, pk, row.fencing_token, row.attempts)


def claim_with_the_old_token(job: type[LeasedJob], pk: int, worker: str):
    lease = CLAIM(job, pk, worker)
    if lease:
        lease.token -= 1
        lease.rows.model._base_manager.filter(pk=pk).update(fencing_token=lease.token)
    return lease


def claim_uncounted(job: type[LeasedJob], pk: int, worker: str):
    lease = CLAIM(job, pk, worker)
    if lease:
        job._base_manager.filter(pk=pk).update(attempts=F("attempts") - 1)
    return lease


def cancel_at_once(row: LeasedJob) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(
        cancel_requested=True, status=row.CANCELLED, completed_at=Now()
    )


def state_whatever_is_wanted(lease, is_unwanted, reason, counts):
    return NEXT_STATE(lease, False, reason, counts)


def state_without_a_last_attempt(lease, is_unwanted, reason, counts):
    return NEXT_STATE(lease, is_unwanted, reason, False) | {"attempts": lease.attempt}


def state_that_counts(lease, is_unwanted, reason, counts):
    return NEXT_STATE(lease, is_unwanted, reason, True)


CLAIM, NEXT_STATE, EXPIRED = leases.claim, handover.next_state, leases.expired
#: Where a bug is put, and what it does instead.
BUGS = {
    "a second bell takes a row that runs": (leases, "claim", claim_of_any),
    "an attempt is not counted": (leases, "claim", claim_uncounted),
    "the token stays what it was": (leases, "claim", claim_with_the_old_token),
    "nobody is fenced": (
        Lease, "rows", property(lambda lease: rows_of(lease, status="training")),
    ),
    "an ended row is written": (
        Lease, "rows",
        property(lambda lease: rows_of(lease, fencing_token=lease.token)),
    ),
    "a lease is not renewed": (Lease, "renew", lambda lease: None),
    "the lease outlives the work": (
        leases, "ended", lambda status: {"status": status, "completed_at": Now()},
    ),
    "an end has no time": (
        leases, "ended", lambda status: {"status": status, "lease_expires_at": None},
    ),
    "a row that runs is cancelled under it": (leases, "request_cancel", cancel_at_once),
    "a row is taken back too early": (
        reaper, "expired", lambda job: job._base_manager.filter(status=job.RUNNING),
    ),
    "nobody is taken back": (reaper, "expired", lambda job: EXPIRED(job).none()),
    "a wish to stop is forgotten": (handover, "next_state", state_whatever_is_wanted),
    "there is always another attempt": (
        handover, "next_state", state_without_a_last_attempt,
    ),
    "a stop counts as an attempt": (handover, "next_state", state_that_counts),
}  # fmt: skip


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_noticed(bug, monkeypatch):
    place, name, instead = BUGS[bug]
    monkeypatch.setattr(place, name, instead)

    with pytest.raises(histories.DivergedError):
        histories.play(200, seed=1)
