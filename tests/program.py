"""DataMine itself, started as a person would, on data of its own."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "a-long-password-7"
PATIENCE = 120  # seconds for a first start on a busy machine


class Program:
    """`manage.py run` in a process of its own; `home` holds all its data."""

    def __init__(self, home: Path, *, demo: bool = False, **variables: str) -> None:
        self.home = home
        self.flags = () if demo else ("--no-demo",)
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.output = home / "output"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("DATAMINE_")}
        kept.pop("DATABASE_URL", None)
        self.environment = {
            **kept,
            "DATAMINE_HOME": str(home),
            "DATAMINE_DEMO_PASSWORD": PASSWORD,
            "PORT": str(self.port),
            **variables,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> Program:
        """Start, and wait until the first page answers."""
        self.launch(*arguments)
        end = time.monotonic() + PATIENCE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(self.said())
            time.sleep(0.1)
        return self

    def launch(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run", *self.flags, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return self.process

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=10)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def said(self) -> str:
        return self.output.read_text()

    def processes(self) -> list[psutil.Process]:
        """Return every process that works for this one."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def web(self) -> psutil.Process:
        """Return the web server's master, our first child."""
        children = psutil.Process(self.process.pid).children()
        return min(children, key=lambda child: child.pid)

    def stop(self) -> float:
        """Ask it to stop as Ctrl-C does; return the seconds it took."""
        asked = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        return time.monotonic() - asked

    def kill(self) -> None:
        """End all of it at once, as a power cut would."""
        if self.process is None or self.process.poll() is not None:
            return
        for process in [*self.processes(), psutil.Process(self.process.pid)]:
            process.kill()
        self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
