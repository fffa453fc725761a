"""The power fails while SQLite is written to: what a disk may hold then is opened."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.one_engine, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 30
#: Writes pairs of rows, each pair in a transaction, as the program's own connections
#: do; says which pair is committed.
WRITER = """
import sys
import time
import django
django.setup()
from django.db import connection, transaction
with connection.cursor() as cursor:
    cursor.execute("PRAGMA wal_autocheckpoint=" + sys.argv[1])
    cursor.execute("CREATE TABLE pair (number integer, half text, padding text)")
print("ready", flush=True)
for number in range(10**9):
    with transaction.atomic(), connection.cursor() as cursor:
        for half in "ab":
            values = [number, half, half * (number % 3000)]
            cursor.execute("INSERT INTO pair VALUES (%s, %s, %s)", values)
    print(number, flush=True)
    time.sleep(0.002)
"""


class Writer:
    """A process that writes until it is stopped, or killed."""

    def __init__(self, home: Path, *, checkpoint_pages: int) -> None:
        self.database = home / "datamine.sqlite3"
        self.said = home / "said"
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-c", WRITER, str(checkpoint_pages)],
                cwd=ROOT,
                stdout=said,
                env={
                    **os.environ,
                    "DATAMINE_HOME": str(home),
                    "DATABASE_URL": f"sqlite:///{self.database}",
                },
            )
        while self.committed() < 0:
            assert self.process.poll() is None
            time.sleep(0.05)

    def committed(self) -> int:
        """Return the last pair that is known to be committed, -1 before the first."""
        lines = self.said.read_text().splitlines()
        return int(lines[-1]) if lines[1:] else -1

    def copy(self, place: Path) -> int:
        """Copy what stands in the files at one moment; return what was committed."""
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            committed = self.committed()
            for suffix in ("", "-wal"):
                source = self.database.with_name(f"{self.database.name}{suffix}")
                shutil.copyfile(source, place.with_name(f"{place.name}{suffix}"))
        finally:
            os.kill(self.process.pid, signal.SIGCONT)
        return committed

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def opened(path: Path) -> int:
    """Open a copy as the next start would; return how many pairs it holds, in order."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = connection.execute(
            "SELECT number, group_concat(half, ''), min(length(padding)) FROM "
            "(SELECT * FROM pair ORDER BY number, half) GROUP BY number"
        ).fetchall()
    finally:
        connection.close()
    assert rows == [(n, "ab", n % 3000) for n in range(len(rows))]
    return len(rows)


@pytest.fixture
def writer(tmp_path, request):
    home = tmp_path / "home"
    home.mkdir()
    running = Writer(home, checkpoint_pages=request.param)
    yield running
    running.end()


@pytest.mark.parametrize("writer", [30], indirect=True)
def test_process_that_ends_at_any_moment_loses_nothing_it_was_told(writer, tmp_path):
    dice = random.Random(6)

    for number in range(ROUNDS):
        time.sleep(dice.random() / 10)
        place = tmp_path / f"copy{number}"
        committed = writer.copy(place)

        assert opened(place) > committed


@pytest.mark.parametrize("writer", [0], indirect=True)
def test_power_cut_at_any_byte_leaves_whole_transactions(writer, tmp_path):
    """The log is not forced to the disk at each commit: its end may be missing."""
    dice = random.Random(7)
    held = []

    for number in range(ROUNDS):
        time.sleep(dice.random() / 20)
        place = tmp_path / f"copy{number}"
        committed = writer.copy(place)
        log = place.with_name(f"{place.name}-wal")
        whole = log.stat().st_size
        kept = dice.randrange(min(whole, 20_000), whole)
        with log.open("r+b") as file:
            file.truncate(kept)
            if number % 2:  # a page that was being written
                file.seek(max(0, kept - 4096))
                file.write(dice.randbytes(2048))

        held.append((opened(place), committed))

    assert all(pairs <= committed + 2 for pairs, committed in held)
    assert any(pairs < committed for pairs, committed in held)
