"""django-q's parts, as threads of one small process instead of processes.

A worker here only waits for a child process, so threads are enough; they share one
Django in memory, hold no lock that a killed process could keep, and end together.
django-q's own sentinel forks a process for each part: 10 to 20 MiB and one more thing
to die alone.
"""

from __future__ import annotations

import logging
import time
from queue import Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from django.db import connection
from django_q.monitor import monitor
from django_q.pusher import pusher
from django_q.worker import worker

from datamine.work.broker import GatedBroker

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

STOP = "STOP"  # django-q's word for the end of a queue
NO_TIMEOUT = -1  # how long work may take is watched beside the child process
PAUSE = 1.0  # seconds before a part that failed starts again


class Slots:
    """Which worker is busy for which cluster."""

    def __init__(self, limits: dict[str, int]) -> None:
        self.limits = limits
        self.busy = [""] * sum(limits.values())

    def open_clusters(self) -> list[str]:
        """The clusters that have a worker to spare."""
        counts = {name: self.busy.count(name) for name in self.limits}
        return [name for name, most in self.limits.items() if counts[name] < most]


class Desk:
    """A worker's end of the queue: while it waits there, its slot is free."""

    def __init__(self, tasks: Queue[Any], slots: Slots, number: int) -> None:
        self.tasks, self.slots, self.number = tasks, slots, number

    def get(self) -> Any:
        self.slots.busy[self.number] = ""
        task = self.tasks.get()
        if task != STOP:
            self.slots.busy[self.number] = task["ack_id"][0]
        return task


class Timer:
    """Where a forked worker would tell its sentinel how long it has been busy."""

    value = NO_TIMEOUT

    def get_lock(self) -> Timer:
        return self

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...


class Crew:
    """One pusher, one monitor and the workers of every cluster."""

    def __init__(self, limits: dict[str, int], stopping: Event) -> None:
        self.stopping = stopping
        self.slots = Slots(limits)
        self.tasks: Queue[Any] = Queue()
        self.results: Queue[Any] = Queue()
        self.workers = [
            self.thread(f"worker-{number}", self.work, number)
            for number in range(len(self.slots.busy))
        ]
        self.others = [
            self.thread("pusher", self.push),
            self.thread("monitor", lambda: monitor(self.results, self.broker())),
        ]

    def thread(self, name: str, part: Callable[..., None], *arguments: int) -> Thread:
        return Thread(target=self.keep, args=(part, *arguments), name=name, daemon=True)

    def keep(self, part: Callable[..., None], *arguments: int) -> None:
        """Run a part until everything stops, again and again if it must be."""
        while True:
            try:
                part(*arguments)
            except Exception:  # one part's failure must not end the others
                logger.exception("A part of the queue failed; it starts again.")
                connection.close()
                time.sleep(PAUSE)
            if self.stopping.is_set():
                connection.close()
                return

    def work(self, number: int) -> None:
        desk = Desk(self.tasks, self.slots, number)
        worker(desk, self.results, Timer(), NO_TIMEOUT)

    def push(self) -> None:
        broker = self.broker()
        broker.gate(self.slots, self.tasks)
        pusher(self.tasks, self.stopping, broker)

    def broker(self) -> GatedBroker:
        return GatedBroker(list_key=next(iter(self.slots.limits)))

    def start(self) -> None:
        for thread in self.workers + self.others:
            thread.start()

    def stop(self) -> None:
        """Let each worker end after what it does; the stop was announced before."""
        for _ in self.workers:
            self.tasks.put(STOP)

    def join(self, seconds: float) -> bool:
        """Wait for the workers, then for what they have finished to be filed."""
        end = time.monotonic() + seconds
        for thread in self.workers:
            thread.join(max(0.0, end - time.monotonic()))
        self.results.put(STOP)
        for thread in self.others:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self.workers)
