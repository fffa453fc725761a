"""How a row leaves an attempt that did not end it: to the next one, or to its end."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from datamine.leases import MAX_ATTEMPTS, Lease, ended, tidy_up
from datamine.queue import ring_for


@transaction.atomic
def put_back(lease: Lease, reason: str = "", *, counts: bool = True) -> str | None:
    """Let a row wait for the next attempt, with a bell; return its new status.

    It ends instead if someone asked to stop, or if this attempt `counts` and was the
    last. None: the row was no longer held by this lease.
    """
    row = lease.rows.select_for_update().first()
    if row is None:
        return None
    changes = next_state(lease, row.cancel_requested, reason, counts)
    lease.rows.update(**changes)
    if changes["status"] == lease.job.PENDING:
        ring_for(lease.job, lease.pk)
    tidy_up(lease.job, lease.pk)
    return str(changes["status"])


def next_state(
    lease: Lease, is_unwanted: bool, reason: str, counts: bool
) -> dict[str, Any]:
    if is_unwanted:
        return ended(lease.job.CANCELLED)
    if counts and lease.attempt >= MAX_ATTEMPTS:
        sentence = (
            f"The worker died {lease.attempt} times during this work; at last {reason}."
            if reason
            else f"The worker died {lease.attempt} times during this work."
        )
        return ended(lease.job.FAILED) | {"error_message": sentence}
    return {
        "status": lease.job.PENDING,
        "attempts": lease.attempt - (not counts),
        "worker": "",
        "lease_expires_at": None,
    }
