"""The queue's broker: a message is taken only when a worker is free."""

from __future__ import annotations

from django_q.brokers.orm import ORM


class GatedBroker(ORM):
    """The ORM broker; see `dequeue`."""
