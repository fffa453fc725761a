"""The queue's broker: a message is taken only when a worker is free for it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from time import sleep
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from django_q.brokers.orm import ORM

from datamine.faults import fault_point

if TYPE_CHECKING:
    from queue import Queue

    from datamine.work.crew import Slots

logger = logging.getLogger(__name__)

Acknowledgement = tuple[str, int]  # cluster and message


def cluster_settings(cluster: str) -> dict[str, int]:
    """Return the queue's settings for one cluster."""
    common = {k: v for k, v in settings.Q_CLUSTER.items() if k != "ALT_CLUSTERS"}
    return common | settings.Q_CLUSTER["ALT_CLUSTERS"].get(cluster, {})


class GatedBroker(ORM):
    """Messages of several clusters in one database table, taken one by one.

    The ordinary broker locks messages in advance; they wait behind busy workers while
    others are idle, and are delivered again when the lock runs out. This one takes the
    oldest message of a cluster that has a free worker, and no second before that
    worker has it. Without a gate (in the web processes) it only enqueues.
    """

    slots: Slots
    tasks: Queue[Any]

    def gate(self, slots: Slots, tasks: Queue[Any]) -> None:
        self.slots, self.tasks = slots, tasks

    def dequeue(self) -> list[tuple[Acknowledgement, str]] | None:
        clusters = self.slots.open_clusters() if self.tasks.empty() else []
        try:
            taken = self.take(clusters) if clusters else None
        except (DatabaseError, InterfaceError):
            logger.warning("The queue cannot be read.", exc_info=True)
            connection.close()
            sleep(1)
            return None
        if taken is None:
            sleep(settings.Q_CLUSTER["poll"])
        return taken

    def take(self, clusters: list[str]) -> list[tuple[Acknowledgement, str]] | None:
        """Lock and return the oldest message that is due, unless another host did."""
        rows = self.get_connection()
        due = rows.filter(key__in=clusters, lock__lte=timezone.now())
        message = due.order_by("pk").first()
        if message is None:
            return None
        mine = rows.filter(pk=message.pk, lock=message.lock)
        if not mine.update(lock=self.locked_until(message.key)):
            return None
        fault_point("dequeue.after")
        return [((message.key, message.pk), message.payload)]

    def locked_until(self, cluster: str) -> datetime:
        return timezone.now() + timedelta(seconds=cluster_settings(cluster)["retry"])

    def delete(self, acknowledgement: Acknowledgement) -> None:
        super().delete(acknowledgement[1])
