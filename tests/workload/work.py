"""Work for tests: what a row's `behaviour` names, then an end like the real one.

A row that names none has the real work done, with the faults its description names:
one for each attempt, a semicolon between them.
"""

import ctypes
import hashlib
import hmac
import os
import signal
import tempfile
import time
from pathlib import Path

import psycopg2
from django.db import InterfaceError, transaction

from datamine import faults, files
from datamine.faults import fault_point
from datasets.models import DatasetVersion
from experiments import sessions
from experiments.models import Result, TrainingSession

LEFT_OPEN = "left open"


def make_version(version_id, lease):
    version = DatasetVersion.objects.get(pk=version_id)
    if "behaviour" not in version.dialect:
        from datasets import imports  # noqa: PLC0415 -- heavy import

        meet(version.description.split(";"), lease)
        imports.make_version(version_id, lease)
        return
    if behave(version.dialect, lease) is LEFT_OPEN:
        return
    key, sha256, size = keep(f"versions/{version_id}", b"rows")

    @transaction.atomic
    def write():
        lease.finish(data=key, sha256=sha256, size=size)
        fault_point("register.commit")

    lease.conclude(write)


def make_result(session_id, lease):
    session = TrainingSession.objects.get(pk=session_id)
    if "behaviour" not in session.plan:
        meet(session.experiment.description.split(";"), lease)
        sessions.train_in_child(session_id, lease)
        return
    if behave(session.plan, lease) is LEFT_OPEN:
        return
    key, sha256, size = keep(f"artifacts/{session_id}", b"model")
    fault_point("register.before")

    @transaction.atomic
    def write():
        lease.finish(training_time_seconds=1.0)
        Result.objects.create(
            session=session,
            metrics={},
            split_digest="",
            artifact=key,
            artifact_sha256=sha256,
            artifact_hmac=hmac.digest(b"key", b"model", "sha256").hex(),
            artifact_size=size,
        )
        fault_point("register.commit")

    lease.conclude(write)
    fault_point("register.after")


def meet(wanted, lease):
    """Let the first attempt meet the first of these faults, the next the second."""
    if lease.attempt <= len(wanted):
        faults.FAULT = wanted[lease.attempt - 1]


def behave(wish, lease):
    """Do what the row asks for, and let its first attempt meet the fault it names."""
    if "fault" in wish:
        meet([wish["fault"]] * wish.get("times", 1), lease)
    return BEHAVIOURS[wish["behaviour"]](lease)


def keep(folder, content):
    name, number = folder.split("/")
    key = files.new_key(name, int(number), ".bin")
    with tempfile.NamedTemporaryFile(dir=files.scratch()) as file:
        file.write(content)
        file.flush()
        files.store(Path(file.name), key)
    return key, hashlib.sha256(content).hexdigest(), len(content)


def quick(lease):
    lease.monitor.phase("Working")


def idle(lease):
    """Come back without an end."""
    return LEFT_OPEN


def steps(lease, seconds=1.0):
    """Report in small steps, as training does."""
    lease.monitor.total(20)
    for number in range(20):
        time.sleep(seconds / 20)
        fault_point(f"step.{number}")
        lease.monitor.advance()


def brief(lease):
    steps(lease, 0.1)


def long(lease):
    steps(lease, 600.0)


def native(lease):
    """Hold the interpreter inside a C function: no signal handler runs."""
    lease.monitor.phase("Native")
    ctypes.PyDLL(None).sleep(600)


def greedy(lease):
    """Take memory for good, touching every page."""
    held = []
    while True:
        held.append(bytearray(os.urandom(1024)) * 20_000)


def hungry(lease):
    """Ask for more at once than the address space allows."""
    held = bytearray(1 << 40)
    lease.monitor.log(str(len(held)))


def segfault(lease):
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(lease):
    os._exit(3)


def disconnected(lease):
    """Find the database away at the first tries."""
    if lease.token <= 2:
        raise InterfaceError("closed") from psycopg2.InterfaceError("closed")


def poisonous(lease):
    """Ask what the database dies of, at each try."""
    raise InterfaceError("closed") from psycopg2.InterfaceError("closed")


def error(lease):
    raise RecursionError("a message that nobody should see")


BEHAVIOURS = {
    function.__name__: function
    for function in (
        quick, idle, brief, steps, long, native, greedy, hungry, segfault, leave, error,
        disconnected, poisonous,
    )
}  # fmt: skip
