"""Fault points do nothing unless a test asks for it."""

import os
import signal
import subprocess
import sys

import pytest

from datamine import faults

CODE = "from datamine.faults import fault_point; fault_point('a.b'); print('alive')"


def run(fault):
    return subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, "DATAMINE_FAULT": fault},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("fault", ["", "other:kill"])
def test_fault_point_does_nothing(fault):
    assert run(fault).stdout == "alive\n"


def test_fault_point_kills():
    done = run("a.b:kill")

    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "")


def test_fault_point_crashes():
    assert run("a.b:crash").returncode == -signal.SIGABRT


def test_fault_happens_once_for_all_that_share_a_folder(tmp_path):
    fault = f"a.b:kill:{tmp_path}"

    codes = [run(fault).returncode for _ in range(2)]

    assert codes == [-signal.SIGKILL, 0]


def test_fault_point_fails(monkeypatch):
    monkeypatch.setattr(faults, "FAULT", "a.b:fail")

    with pytest.raises(OSError, match="No space left on device"):
        faults.fault_point("a.b")
