"""The first command, as a person uses it."""

from __future__ import annotations

import resource
import socket
import time
from contextlib import contextmanager

import psutil
import pytest

from tests.program import PASSWORD, Program

pytestmark = pytest.mark.timeout(300)


def wait_until(holds, seconds=30):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def test_start_prints_address_and_login(program):
    wait_until(lambda: "Ctrl-C stops it." in program.said())

    assert f"http://localhost:{program.port}/" in program.said()
    assert f"demo / {PASSWORD}" in program.said()


def test_start_behind_a_proxy_is_announced_without_a_complaint(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    behind = Program(
        home,
        DATAMINE_ALLOWED_HOSTS="data.example.org",
        DATAMINE_ADDRESS="https://data.example.org",
        DATAMINE_HTTPS="1",
        DATAMINE_PROXIES="1",
    )
    behind.launch()
    try:
        wait_until(lambda: "Ctrl-C stops it." in behind.said(), 90)
    finally:
        behind.stop()

    assert "DataMine is ready:  https://data.example.org/" in behind.said()
    assert "Invalid HTTP_HOST" not in behind.said()


def test_second_start_on_the_same_data_is_refused(program):
    second = Program(program.home)
    second.output = program.home / "second"

    code = second.launch().wait(60)

    assert code == 1
    assert "DataMine already runs on" in second.said()
    assert "Traceback" not in second.said()


def test_start_on_a_taken_port_is_refused(program, own_program):
    code = own_program.launch("--port", str(program.port)).wait(60)

    assert code == 1
    assert f"Port {program.port} is taken" in own_program.said()
    assert "Traceback" not in own_program.said()


def test_stop_leaves_nothing_within_five_seconds(own_program):
    own_program.start()
    processes = own_program.processes()

    seconds = own_program.stop()

    assert seconds < 5
    assert [process for process in processes if lives(process)] == []


def test_idle_web_worker_is_small(own_program):
    own_program.start()
    wait_until(lambda: "Ctrl-C stops it." in own_program.said())

    assert own_program.answers()  # the page of the log-in was shown
    [worker] = own_program.web().children()

    assert worker.memory_info().rss < 130 * 1024**2


def test_killed_web_server_comes_back(own_program):
    own_program.start()
    wait_until(lambda: "Ctrl-C stops it." in own_program.said())
    own_program.web().kill()

    wait_until(lambda: "starting it again" in own_program.said())

    wait_until(own_program.answers)


def test_more_visitors_than_files_may_be_open_wait_and_nobody_is_cut_off(own_program):
    with files_open_at_most(256):
        own_program.start()
    wait_until(lambda: "Ctrl-C stops it." in own_program.said())
    [worker] = own_program.web().children()

    crowd = [
        socket.create_connection(("127.0.0.1", own_program.port), 5) for _ in range(300)
    ]
    time.sleep(2)  # for the server to let in as many as it can
    for visitor in crowd[:3]:
        visitor.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    told = [visitor.recv(12) for visitor in crowd[:3]]
    for visitor in crowd:
        visitor.close()

    wait_until(own_program.answers)
    assert told == [b"HTTP/1.1 200"] * 3
    assert own_program.web().children() == [worker]
    assert "Too many open files" not in own_program.said()


@contextmanager
def files_open_at_most(most):
    """Let processes that are started meanwhile have only so many files open."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_start_after_a_power_cut_goes_on(own_program):
    own_program.start()
    own_program.kill()

    own_program.start()

    assert own_program.answers()


def lives(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
