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
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 4.0  # seconds between asking the children to stop and ending them
TICK = 0.2  # seconds between two looks while something is expected
CALM = 5.0  # seconds between two looks otherwise; a child's end wakes us anyway
RESTARTS, WINDOW = 3, 60.0  # so often in so many seconds is no accident
PATIENCE = 60.0  # seconds for the first page


@dataclass
class Child:
    """One program we started: what it is, and when it ended by itself."""

    title: str
    command: list[str]
    once: bool = False
    process: subprocess.Popen[bytes] | None = None
    ends: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS))

    def start(self) -> None:
        # A session of its own: Ctrl-C in the terminal reaches only us, and we ask
        # the masters, which know how to stop what they started.
        self.process = subprocess.Popen(
            self.command, start_new_session=True, preexec_fn=prepare_child
        )

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def may_restart(self) -> bool:
        self.ends.append(time.monotonic())
        return len(self.ends) < RESTARTS or self.ends[-1] - self.ends[0] > WINDOW

    def signal(self, number: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)

    def end_group(self) -> None:
        """End whatever the child left behind in its session."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def prepare_child() -> None:
    """Undo our blocked signals, and have the kernel tell the child if we vanish."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Supervisor:
    """Starts the children, watches them, ends when a signal or a failure says so."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        python = sys.executable
        self.web = Child("web server", [
            python, "-m", "gunicorn", "--config", "python:datamine.server",
            "--bind", f"127.0.0.1:{options.port}",
        ])  # fmt: skip
        self.worker = Child("worker", [python, "manage.py", "worker"])
        self.demo = Child("demo content", [python, "manage.py", "demo"], once=True)
        self.children = [self.web, self.worker]
        self.asked = 0
        self.failure = ""

    def run(self) -> int:
        wakeup = listen(self.count_signal)
        self.web.start()
        self.worker.start()
        announced = time.monotonic()
        waiting = True
        while not self.asked and not self.failure:
            look(wakeup, TICK if waiting else CALM)
            self.mend()
            if waiting and answers(self.options.port):
                waiting = False
                self.announce()
            elif waiting and time.monotonic() - announced > PATIENCE:
                self.failure = "The web server does not answer."
        self.stop(wakeup)
        return self.report()

    def announce(self) -> None:
        say(f"\n  DataMine is ready:  http://localhost:{self.options.port}/")
        if login := os.environ.get("DATAMINE_LOGIN"):  # arguments are seen by others
            say(f"  Log-in:             {login}")
        say("  Ctrl-C stops it.\n")
        if self.options.demo_marker:
            say("  Making the demo content; it appears on the page step by step.")
            self.demo.start()
            self.children.append(self.demo)

    def mend(self) -> None:
        """Start again what ended, unless it keeps ending."""
        for child in [child for child in self.children if child.has_ended()]:
            code = child.process.returncode if child.process else 0
            child.end_group()
            if child.once:
                self.children.remove(child)
                self.finish_demo(code)
            elif child.may_restart():
                say(f"The {child.title} ended ({code}); starting it again.")
                child.start()
            else:
                self.failure = (
                    f"The {child.title} ended {RESTARTS} times within a minute; the "
                    "lines above say why. DataMine stops."
                )

    def finish_demo(self, code: int) -> None:
        if code:
            say("The demo content could not be made (see above). All else works.")
        else:
            Path(self.options.demo_marker).touch()
            say("  The demo content is complete.")

    def stop(self, wakeup: int) -> None:
        """Ask every master to stop; end after the grace, or at a second Ctrl-C."""
        say("\nStopping." if self.asked else f"\n{self.failure}")
        asked = self.asked
        for child in self.children:
            child.signal(signal.SIGTERM)
        end = time.monotonic() + GRACE
        while not all(child.has_ended() for child in self.children):
            if time.monotonic() > end or self.asked > asked:
                break
            look(wakeup, 0.05)
        for child in self.children:
            child.end_group()

    def report(self) -> int:
        if self.failure:
            return 1
        say("DataMine has stopped.")
        return 0

    def count_signal(self, number: int, frame: object) -> None:
        self.asked += 1


def listen(handler: object) -> int:
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
    try:
        connection.request("GET", "/")
        page = connection.getresponse().getheader("Location")
        if page:
            connection.close()
            connection.request("GET", page)
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
    parser.add_argument("--demo-marker", default="", help="a file to make after it")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(Supervisor(parse(sys.argv[1:])).run())
