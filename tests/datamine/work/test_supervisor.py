"""The supervisor with small real programs in place of web server and worker."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[3]
SLEEP = "import time; time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + SLEEP
DRIVER = """
import sys
from datamine.work import supervisor

watching = supervisor.Supervisor(supervisor.parse(sys.argv[3:]))
watching.web.arguments = ["-m", "http.server", "--bind", "127.0.0.1", sys.argv[4]]
watching.worker.arguments = ["-c", sys.argv[1]]
watching.demo.arguments = ["-c", sys.argv[2]]
sys.exit(watching.run())
"""


class Run:
    """A supervisor in a process of its own, and what it says."""

    def __init__(self, folder, *, worker=SLEEP, demo="", marker=""):
        self.output = folder / "output"
        self.port = free_port()
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-c", DRIVER, worker, demo),
                    *("--port", str(self.port), "--demo-marker", marker),
                ],
                stdout=output,
                stderr=output,
                cwd=ROOT,
                env={**os.environ, "DATAMINE_LOGIN": "demo / secret"},
            )

    def wait_for(self, words):
        wait_until(lambda: words in self.output.read_text())

    def children(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, part):
        return next(c for c in self.children() if part in " ".join(c.cmdline()))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds, seconds=20):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def lives(process):
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


@pytest.fixture
def start(tmp_path):
    runs = []

    def start_one(**options):
        runs.append(Run(tmp_path, **options))
        return runs[-1]

    yield start_one
    for run in runs:
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in run.children():
                child.kill()
        run.process.kill()
        run.process.wait()


def test_supervisor_announces_address_and_login(start):
    run = start()

    run.wait_for("Ctrl-C stops it.")

    text = run.output.read_text()
    assert f"http://localhost:{run.port}/" in text
    assert "demo / secret" in text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_everything(start, number):
    run = start()
    run.wait_for("Ctrl-C stops it.")
    children = run.children()

    run.process.send_signal(number)
    code = run.process.wait(5)

    assert code == 0
    assert len(children) == 2
    assert [child for child in children if lives(child)] == []


def test_child_deaf_to_signals_is_ended_in_time(start):
    run = start(worker=DEAF)
    run.wait_for("Ctrl-C stops it.")
    worker = run.child("SIG_IGN")

    run.process.terminate()
    run.process.wait(5)

    assert not lives(worker)


def test_second_signal_ends_at_once(start):
    run = start(worker=DEAF)
    run.wait_for("Ctrl-C stops it.")

    run.process.terminate()
    run.wait_for("Stopping.")
    run.process.terminate()

    assert run.process.wait(2) == 0


@pytest.mark.parametrize("part", ["http.server", "sleep"])
def test_killed_child_is_started_again(start, part):
    run = start()
    run.wait_for("Ctrl-C stops it.")
    first = run.child(part)

    first.kill()
    run.wait_for("starting it again.")

    wait_until(lambda: len(run.children()) == 2)
    assert run.child(part).pid != first.pid


def test_child_that_keeps_ending_stops_everything(start):
    run = start(worker="raise SystemExit(7)")

    code = run.process.wait(10)

    assert code == 1
    assert "The worker ended 3 times within a minute" in run.output.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_killed_supervisor_takes_children_along(start):
    run = start()
    run.wait_for("Ctrl-C stops it.")
    children = run.children()

    run.process.kill()

    wait_until(lambda: not any(lives(child) for child in children))


def test_demo_content_is_marked_when_complete(start, tmp_path):
    marker = tmp_path / "made"

    run = start(demo="print('making')", marker=str(marker))
    run.wait_for("The demo content is complete.")

    assert marker.exists()


def test_failed_demo_content_leaves_the_rest_running(start, tmp_path):
    marker = tmp_path / "made"

    run = start(demo="raise SystemExit(1)", marker=str(marker))
    run.wait_for("could not be made")

    assert not marker.exists()
    assert len(run.children()) == 2
