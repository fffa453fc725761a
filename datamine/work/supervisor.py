"""Keep the web server and the workers alive, and stop them together.

`manage.py run` turns into this process when everything is set up. It imports no
Django, so it waits in some megabytes; the kernel ends its children if it is killed.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import http.client
import os
import select
import signal
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 4.0  # seconds between asking the children to stop and ending them
TICK = 0.2  # seconds between two looks while something is expected
CALM = 5.0  # seconds between two looks otherwise; a child's end wakes us anyway
RESTARTS, WINDOW = 3, 60.0  # so often in so many seconds is no accident
PATIENCE = 60.0  # seconds for the first page


@dataclass
class Child:
    """One program that runs beside us; `pid` is 0 while it does not."""

    title: str
    arguments: list[str]
    pid: int = 0
    code: int = 0
    ends: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS))

    def start(self) -> None:
        command = [sys.executable, *self.arguments]
        self.pid = spawn(lambda: os.execv(sys.executable, command))  # noqa: S606 -- ours

    def runs(self) -> bool:
        if self.pid:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
                end_group(self.pid)  # whatever it left behind
                self.pid = 0
        return bool(self.pid)

    def may_restart(self) -> bool:
        self.ends.append(time.monotonic())
        return len(self.ends) < RESTARTS or self.ends[-1] - self.ends[0] > WINDOW

    def stop(self) -> None:
        if self.runs():
            os.kill(self.pid, signal.SIGTERM)

    def end(self) -> None:
        if self.runs():
            end_group(self.pid)
            os.waitpid(self.pid, 0)


def spawn(enter: Callable[[], object]) -> int:
    """Fork a child with a session of its own and `enter` it there; return its id.

    Ctrl-C in the terminal then reaches only us, and we ask the masters, which know
    how to stop what they started. If we vanish, the kernel asks them.
    """
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(1, signal.SIGTERM)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        enter()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code)


def end_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


class Supervisor:
    """Watches the children; ends when a signal or a failure says so."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.port: int = options.port
        self.demo_marker: str = options.demo_marker
        self.web = Child("web server", web_arguments(self.port), options.web)
        self.worker = Child("worker", ["manage.py", "worker"])
        self.demo = Child("demo content", ["manage.py", "demo"])
        self.signals = 0
        self.failure = ""

    def run(self) -> int:
        """Watch until the end; return the exit status."""
        wakeup = listen(self.count_signal)
        for child in (self.web, self.worker):
            if not child.pid:
                child.start()
        self.wait_for_first_page(wakeup)
        if self.demo_marker and not self.is_over():
            say("  Making the demo content; it appears step by step.\n")
            self.demo.start()
        while not self.is_over():
            look(wakeup, CALM)
            self.mend()
        self.stop(wakeup)
        return bool(self.failure)

    def is_over(self) -> bool:
        return bool(self.signals or self.failure)

    def wait_for_first_page(self, wakeup: int) -> None:
        end = time.monotonic() + PATIENCE
        while not self.is_over():
            if answers(self.port):
                self.announce()
                return
            look(wakeup, TICK)
            self.mend()
            if time.monotonic() > end:
                self.failure = "The web server does not answer. DataMine stops."

    def announce(self) -> None:
        address = os.environ.get("DATAMINE_ADDRESS") or f"http://localhost:{self.port}"
        say(f"\n  DataMine is ready:  {address.rstrip('/')}/")
        if login := os.environ.get("DATAMINE_LOGIN"):  # arguments are seen by others
            say(f"  Log-in:             {login}")
        say("  Ctrl-C stops it.\n")

    def mend(self) -> None:
        """Start again what ended, unless it keeps ending."""
        for child in (self.web, self.worker):
            if child.runs():
                continue
            if child.may_restart():
                say(f"The {child.title} ended ({child.code}); starting it again.")
                child.start()
            else:
                self.failure = (
                    f"The {child.title} ended {RESTARTS} times within a minute; the "
                    "lines above say why. DataMine stops."
                )
        if self.demo.pid and not self.demo.runs():
            self.finish_demo()

    def finish_demo(self) -> None:
        if self.demo.code:
            say("The demo content could not be made (see above). All else works.")
        else:
            Path(self.demo_marker).touch()
            say("  The demo content is complete.")

    def stop(self, wakeup: int) -> None:
        """Ask every master to stop; end after the grace, or at a second Ctrl-C."""
        signals, end = self.signals, time.monotonic() + GRACE
        say(f"\n{self.failure or 'Stopping.'}")
        children = (self.web, self.worker, self.demo)
        for child in children:
            child.stop()
        while any(child.runs() for child in children):
            if time.monotonic() > end or self.signals > signals:
                break
            look(wakeup, 0.05)
        for child in children:
            child.end()
        say("DataMine has stopped.")

    def count_signal(self, number: int, frame: object) -> None:
        self.signals += 1


def web_arguments(port: int) -> list[str]:
    return ["-m", "gunicorn", *gunicorn_options(port)]


def gunicorn_options(port: int) -> list[str]:
    return ["--config", "python:datamine.server", "--bind", f"127.0.0.1:{port}"]


def listen(handler: Callable[[int, object], None]) -> int:
    """Take signals from now on; return what becomes readable when one arrives."""
    readable, writable = os.pipe()
    os.set_blocking(readable, False)
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    for number in SIGNALS:
        signal.signal(number, handler)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    return readable


def look(wakeup: int, seconds: float) -> None:
    """Sleep until a signal arrives, at most so long."""
    ready, _, _ = select.select([wakeup], [], [], seconds)
    if ready:
        os.read(wakeup, 1024)


def answers(port: int) -> bool:
    """Ask for the first page, so that it is warm when a person asks."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    # As visitors come: by a name that is allowed, by HTTPS where a proxy ends it.
    name = os.environ.get("DATAMINE_ALLOWED_HOSTS", "").split(",")[0].strip(" .*")
    headers = {"Host": name or "localhost", "X-Forwarded-Proto": "https"}
    try:
        connection.request("GET", "/", headers=headers)
        page = connection.getresponse().getheader("Location")
        if page:
            connection.close()
            connection.request("GET", page, headers=headers)
            connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def say(sentence: str) -> None:
    print(sentence, flush=True)


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--web", type=int, default=0, help="its process, if it runs")
    parser.add_argument("--demo-marker", default="", help="a file to make after it")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(Supervisor(parse(sys.argv[1:])).run())
