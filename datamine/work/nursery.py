"""Child processes: started, handed to workers, and seen to their end.

One child waits, fresh and with its imports done, for whichever worker asks first; it
does one row's work and is replaced. Only the main thread starts children: the kernel
kills them when the thread that started them ends, however it ends.
"""

from __future__ import annotations

import json
import logging
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, NamedTuple

import psutil
from django.conf import settings

from datamine import env
from datasets.words import word

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

REST = 2.0  # seconds after a child is taken, before the next one starts beside it
PATIENCE = 10.0  # seconds before a child that died while waiting is replaced
GOODBYE = 2.0  # seconds a killed child may take to be gone
ERRORS = 4000  # characters kept of what a child wrote to stderr
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "POLARS_MAX_THREADS",
)


@dataclass(frozen=True)
class Assignment:
    """What a child is told: whose work, under which lease, within which memory."""

    label: str
    pk: int
    token: int
    attempt: int
    memory_mb: int

    def encode(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def decode(cls, line: bytes) -> Assignment:
        return cls(**json.loads(line))


class Exit(NamedTuple):
    """How a child ended."""

    code: int
    errors: str

    @property
    def is_for_want_of_a_database(self) -> bool:
        """Whether the database was away: nothing is known against the work."""
        return self.code == os.EX_TEMPFAIL

    @property
    def reason(self) -> str:
        if self.is_for_want_of_a_database:
            return word("the database did not answer")
        if self.code < 0:
            return word(f"the process was ended by {signal.Signals(-self.code).name}")
        return word(f"the process ended with code {self.code}")


class Child:
    """A process started by the nursery, with a folder of its own for its files."""

    def __init__(self) -> None:
        self.folder = Path(settings.SCRATCH_DIR, f"child-{uuid.uuid4().hex}")
        self.folder.mkdir(mode=0o700)
        self.hired: Hired | None = None
        self.process = self.start()
        self.descriptor = os.pidfd_open(self.process.pid)

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "child"]
        with self.output.open("wb") as output:
            return subprocess.Popen(
                [*command, str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env=self.environment(),
            )

    def environment(self) -> dict[str, str]:
        folder = str(self.folder)
        return {
            **os.environ,
            **dict.fromkeys(THREADS, str(env.TRAIN_THREADS)),
            "MALLOC_ARENA_MAX": "2",
            "DATAMINE_CHILD_FOLDER": folder,
            "TMPDIR": folder,
            "JOBLIB_TEMP_FOLDER": folder,
        }

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def errors(self) -> str:
        """Return the end of what the process wrote to its terminal."""
        with self.output.open("rb") as file:
            file.seek(max(0, self.output.stat().st_size - ERRORS))
            return file.read().decode(errors="replace")

    def assign(self, hired: Hired) -> None:
        """Start the work; raise `BrokenPipeError` if the child has died waiting."""
        assert self.process.stdin is not None
        with self.process.stdin as pipe:
            pipe.write(hired.assignment.encode())
        self.hired, hired.child = hired, self

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Take leave of an ended process: report, and remove all it had."""
        self.kill()  # whatever it had started
        exit_ = Exit(self.process.wait(), self.errors())
        if self.process.stdin:
            self.process.stdin.close()
        os.close(self.descriptor)
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.hired:
            self.hired.exits.put(exit_)


class Hired:
    """A worker's hold on the child that does its row's work."""

    def __init__(self, nursery: Nursery, assignment: Assignment) -> None:
        self.nursery, self.assignment = nursery, assignment
        self.exits: SimpleQueue[Exit] = SimpleQueue()
        self.child: Child | None = None
        self.ended: Exit | None = None

    def __enter__(self) -> Hired:
        self.nursery.ask(lambda: self.nursery.serve(self))
        return self

    def __exit__(self, *error: object) -> None:
        if self.ended is None:
            self.kill()

    def wait(self, seconds: float) -> Exit | None:
        """Return how the child ended, None if it still runs after `seconds`."""
        with suppress(Empty):
            self.ended = self.exits.get(timeout=seconds)
        return self.ended

    def kill(self) -> None:
        """Kill the child and all it started, and see it gone."""
        self.nursery.ask(self.end)
        self.wait(GOODBYE)

    def end(self) -> None:
        if self.child and self.child in self.nursery.children:
            self.child.kill()

    def memory(self) -> int:
        """Return the bytes that the child and its own children hold."""
        if self.child is None:
            return 0
        try:
            process = psutil.Process(self.child.process.pid)
            return sum(p.memory_info().rss for p in [process, *process.children(True)])
        except psutil.NoSuchProcess:
            return 0


class Nursery:
    """Keeps one child waiting, gives children to workers, and sees every one end.

    `turn`, and what is asked for, runs in the main thread; workers only `hire`.
    """

    def __init__(self) -> None:
        self.requests: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.bell, self.clapper = os.pipe()
        os.set_blocking(self.bell, False)
        os.set_blocking(self.clapper, False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.bell, selectors.EVENT_READ, self.answer)
        self.children: list[Child] = []
        self.waiting: Child | None = None
        self.next_start = 0.0
        self.is_open = True

    def hire(self, assignment: Assignment) -> Hired:
        """Ask for a child to do this work, as long as the block lasts."""
        return Hired(self, assignment)

    def ask(self, request: Callable[[], None]) -> None:
        """Have the main thread do something."""
        self.requests.put(request)
        self.wake()

    def wake(self) -> None:
        with suppress(BlockingIOError):  # full: it is awake already
            os.write(self.clapper, b"!")

    def turn(self, seconds: float) -> None:
        """Do what has come up, waiting for something at most so long."""
        if self.is_open and not self.waiting and time.monotonic() >= self.next_start:
            self.waiting = self.start()
        for key, _ in self.selector.select(seconds):
            key.data()

    def answer(self) -> None:
        with suppress(BlockingIOError):
            os.read(self.bell, 1000)
        with suppress(Empty):
            while True:
                self.requests.get_nowait()()

    def start(self) -> Child:
        child = Child()
        self.children.append(child)
        self.selector.register(
            child.descriptor, selectors.EVENT_READ, lambda: self.bury(child)
        )
        return child

    def serve(self, hired: Hired) -> None:
        """Give a worker the child that waits, or a new one."""
        waiting, self.waiting = self.waiting, None
        self.next_start = time.monotonic() + REST
        try:
            try:
                (waiting or self.start()).assign(hired)
            except BrokenPipeError:  # it died waiting
                self.start().assign(hired)
        except OSError as error:
            hired.exits.put(Exit(1, f"No process could be started: {error}"))

    def bury(self, child: Child) -> None:
        self.selector.unregister(child.descriptor)
        self.children.remove(child)
        if child is self.waiting:
            self.waiting, self.next_start = None, time.monotonic() + PATIENCE
            logger.warning("A waiting child process died.\n%s", child.errors())
        elif child.hired:
            self.next_start = 0.0
        child.close()

    def close(self) -> None:
        """End every child; the main process is about to end itself."""
        self.waiting = None
        for child in list(self.children):
            child.kill()
            self.bury(child)
