"""The benchmarks that need no running program still run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from benchmarks.__main__ import BENCHMARKS, ROOT
from benchmarks.figures import TIMES

NEED_A_PROGRAM = {
    "session", "predict_api", "list_experiments", "registry_pages", "program",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", sorted(BENCHMARKS.keys() - NEED_A_PROGRAM))
def test_benchmark_runs_on_little(name):
    command = [sys.executable, "-m", f"benchmarks.{name}", BENCHMARKS[name]]
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {TIMES: "1"},
    )

    assert done.returncode == 0, done.stderr
    assert "|---|" in done.stdout
