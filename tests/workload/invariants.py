"""What must be true of the rows of long work at any moment, whatever was killed."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage

from datamine.leases import LEASE, MAX_ATTEMPTS, from_now, job_models
from datamine.work.reaper import CYCLE, HEARD, live_bells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from datamine.leases import LeasedJob

#: How long healing may take after a lease has run out or a bell was lost.
PATIENCE = timedelta(seconds=3 * CYCLE) + HEARD


def violations() -> list[str]:
    """Return a sentence for every row that is not as it must be; none is well."""
    return [
        f"{job._meta.verbose_name} {problem}"
        for job in job_models()
        for problem in problems_of(job)
    ]


def problems_of(job: type[LeasedJob]) -> Iterator[str]:
    rows = job._base_manager.all()
    over = [job.DONE, job.FAILED, job.CANCELLED]
    for sentence, wrong in {
        "runs without a lease.": abandoned(rows, job),
        "is over and still leased.": rows.filter(
            status__in=over, lease_expires_at__isnull=False
        ),
        "is over without an end time.": rows.filter(
            status__in=over, completed_at__isnull=True
        ),
        "is not over and has an end time.": rows.exclude(status__in=over).filter(
            completed_at__isnull=False
        ),
        "failed without a reason.": rows.filter(status=job.FAILED, error_message=""),
        "was tried too often.": rows.filter(attempts__gt=MAX_ATTEMPTS),
    }.items():
        yield from (f"{row.pk} {sentence}" for row in wrong.only("pk"))
    yield from forgotten(rows, job)
    yield from damaged(rows, job)


def abandoned(rows: QuerySet[LeasedJob], job: type[LeasedJob]) -> QuerySet[LeasedJob]:
    """Rows that run although their lease ended long ago, or never was."""
    running = rows.filter(status=job.RUNNING)
    ended = running.filter(lease_expires_at__lt=from_now(-PATIENCE))
    return ended | running.filter(lease_expires_at__isnull=True)


def forgotten(rows: QuerySet[LeasedJob], job: type[LeasedJob]) -> Iterator[str]:
    """Rows that wait and that no bell will wake."""
    waiting = rows.filter(
        status=job.PENDING, created_at__lt=from_now(-(PATIENCE + LEASE))
    )
    bells = live_bells(job.CLUSTER)
    for row in waiting.only("pk"):
        if (job._meta.label, row.pk) not in bells:
            yield f"{row.pk} waits and nobody knows."


def damaged(rows: QuerySet[LeasedJob], job: type[LeasedJob]) -> Iterator[str]:
    """Rows that are done, and whose files are not what was stored."""
    for row in rows.filter(status=job.DONE):
        for key, sha256 in row.stored_files():
            if digest_of(key) != sha256:
                yield f"{row.pk} has lost its file {key}, or it was changed."


def digest_of(key: str) -> str:
    """Return the SHA-256 of a stored file, "" where there is none."""
    if not default_storage.exists(key):
        return ""
    with default_storage.open(key) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
