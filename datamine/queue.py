"""The bell: how a row that stands for work gets a worker's attention."""

from __future__ import annotations

from typing import Literal

from django_q.tasks import async_task

Cluster = Literal["fast", "train"]


def enqueue(function: str, pk: int, *, cluster: Cluster) -> None:
    """Ask a worker of `cluster` to call `function`, a dotted name, with `pk`.

    The message is a row of the same database: inside a transaction it exists if
    and only if the transaction commits. It carries an id, never an object.
    """
    async_task(function, pk, cluster=cluster, q_options={"save": False})
