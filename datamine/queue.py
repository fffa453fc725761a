"""The bell: how a row that stands for work gets a worker's attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_q.tasks import async_task

if TYPE_CHECKING:
    from datamine.leases import LeasedJob


def ring(row: LeasedJob) -> None:
    """Ask a worker to do the work of a pending row.

    The bell is a row of the same database: inside the transaction that makes the
    work's row it exists if and only if the transaction commits. A bell too many does
    nothing, and one that got lost is rung again by the worker's reaper.
    """
    ring_for(type(row), row.pk)


def ring_for(job: type[LeasedJob], pk: int) -> None:
    enqueue("datamine.work.attempts.run_job", job._meta.label, pk, cluster=job.CLUSTER)


def enqueue(function: str, *arguments: str | int, cluster: str) -> None:
    """Ask a worker of `cluster` to call `function`, a dotted name.

    The arguments are ids and names, never objects.
    """
    async_task(function, *arguments, cluster=cluster, q_options={"save": False})
