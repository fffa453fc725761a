"""The main process of `manage.py worker`: everything in it lives and dies with it.

One small process of threads (django-q's pusher, monitor and workers, and the reaper)
and the child processes it starts, one of which always waits for the next work.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
import uuid
from threading import Event

from django.conf import settings
from django.db import DatabaseError, connections

from datamine.work.attempts import Surroundings, settle
from datamine.work.broker import cluster_settings
from datamine.work.crew import Crew
from datamine.work.nursery import Nursery
from datamine.work.reaper import Reaper, give_back_all

logger = logging.getLogger(__name__)

GRACE = 3.0  # seconds for running work to be given back
TURN = 0.5


def cluster_names() -> list[str]:
    return [settings.Q_CLUSTER["name"], *settings.Q_CLUSTER["ALT_CLUSTERS"]]


class Foreman:
    """Starts the parts of one worker command, and ends them."""

    def __init__(self, clusters: list[str]) -> None:
        limits = {name: cluster_settings(name)["workers"] for name in clusters}
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.stopping = Event()
        self.nursery = Nursery()
        self.crew = Crew(limits, self.stopping)
        self.reaper = Reaper(self.name, " ".join(clusters))

    def work(self) -> None:
        """Work until a signal says stop.

        The children are started from this thread, the main one: they die with it.
        """
        settle(Surroundings(self.name, self.nursery, self.stopping))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.hear)
        self.reaper.start()
        self.crew.start()
        while not self.stopping.is_set():
            self.nursery.turn(TURN)
        self.wind_down()

    def hear(self, number: int, frame: object) -> None:
        self.stopping.set()
        self.nursery.wake()

    def wind_down(self) -> None:
        """Let workers give back what they do, then end whatever is left."""
        self.nursery.is_open = False
        self.crew.stop()
        end = time.monotonic() + GRACE
        while time.monotonic() < end and not self.crew.join(0):
            self.nursery.turn(0.02)
        self.crew.join(0.5)
        self.nursery.close()
        self.reaper.stop()
        try:
            give_back_all(self.name)
        except DatabaseError:
            logger.warning("Running work stays until its lease ends.", exc_info=True)
        connections.close_all()
