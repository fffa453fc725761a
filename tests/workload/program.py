"""The real worker command on the test's database, to be watched and killed."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import psutil

from tests.environment import environment_of_children

LEASE_SECONDS = 6  # short, so that lost work is noticed while a test waits
SPEED = {
    "DJANGO_SETTINGS_MODULE": "tests.workload.settings",
    "DATAMINE_LEASE_SECONDS": str(LEASE_SECONDS),
    "DATAMINE_FAST_WORKERS": "2",
    "DATAMINE_TRAIN_WORKERS": "2",
    "DATAMINE_TRAIN_THREADS": "1",
    "DATAMINE_IMPORT_MEMORY_MB": "300",
    "DATAMINE_TRAINING_MEMORY_MB": "300",
}


class Program:
    """`manage.py worker`: started, killed, and started again."""

    def __init__(self, **environment):
        self.environment = environment_of_children() | SPEED | environment
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.stop()

    def start(self, **environment):
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            env=self.environment | environment,
            start_new_session=True,
        )

    def stop(self):
        """Ask it to stop; return how many seconds that took."""
        began = time.monotonic()
        self.signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return time.monotonic() - began

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def is_running(self):
        return self.process.poll() is None

    def revive(self):
        """Start it again where something has killed it, as `make run` does."""
        if not self.is_running():
            self.start()

    def children(self):
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children()
        return []
