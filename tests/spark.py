"""A real Spark cluster for one test run: a master and two workers, gone afterwards.

    python -m tests.spark pytest …

starts it, and runs the command with its address in `DATAMINE_TEST_ENGINE`: tests that
compare Polars with a second engine then take the cluster instead of DuckDB.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tests.program import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKERS = 2
PATIENCE = 180  # seconds for three processes to start on a busy machine
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
HERE = "127.0.0.1"
#: As an operator would write it; files of some MB come in several parts.
DEFAULTS = f"""
spark.driver.host {HERE}
spark.driver.memory 768m
spark.master.rest.enabled false
spark.executor.memory 512m
spark.sql.shuffle.partitions 3
spark.sql.files.maxPartitionBytes 4m
spark.sql.files.openCostInBytes 0
"""


def missing() -> str:
    """Return what a cluster lacks here, nothing if it can be started."""
    if find_spec("pyspark") is None:
        return "PySpark is not installed: requirements-spark.txt"
    if shutil.which("java") is None:
        return "there is no Java: apt-get install default-jre-headless"
    return ""


@contextmanager
def cluster() -> Iterator[dict[str, str]]:
    """Run a master and its workers; give the environment of whoever works there."""
    with tempfile.TemporaryDirectory(prefix="datamine-spark-") as folder:
        Path(folder, "spark-defaults.conf").write_text(DEFAULTS)
        master, page = f"spark://{HERE}:{free_port()}", free_port()
        environment = {
            **os.environ,
            "SPARK_CONF_DIR": folder,
            "SPARK_LOCAL_IP": HERE,
            "DATAMINE_TEST_ENGINE": master,
        }
        address = ("--host", HERE, "--port", master.rpartition(":")[2])
        limits = (
            "--webui-port",
            "0",
            "--cores",
            "1",
            "--memory",
            "512m",
            "--work-dir",
            folder,
        )
        commands = [(MASTER, *address, "--webui-port", str(page))]
        commands += [(WORKER, "--host", HERE, *limits, master)] * WORKERS
        log = Path(folder, "log")
        started = [start(log, environment, *command) for command in commands]
        try:
            wait_for_workers(page, log)
            yield environment
        finally:
            for process in reversed(started):
                process.kill()
                process.wait()


def start(
    log: Path, environment: dict[str, str], *command: str
) -> subprocess.Popen[bytes]:
    import pyspark  # noqa: PLC0415 -- optional dependency

    program = Path(pyspark.__file__).parent / "bin/spark-class"
    with log.open("ab") as output:
        return subprocess.Popen(
            [program, *command], env=environment, stdout=output, stderr=output
        )


def wait_for_workers(page: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while alive_workers(page) < WORKERS:
        if time.monotonic() > end:
            raise AssertionError(log.read_text())
        time.sleep(0.2)


def alive_workers(page: int) -> int:
    try:
        with urllib.request.urlopen(f"http://{HERE}:{page}/json/") as answer:
            return json.load(answer)["aliveworkers"]
    except OSError:
        return 0


def main(words: list[str]) -> int:
    reason = missing()
    if reason:
        sys.stderr.write(f"\n*** NOTHING WAS TESTED ON SPARK: {reason}. ***\n\n")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # as Ctrl-C: nothing is left
    with cluster() as environment:
        return subprocess.run(words, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
