"""The database goes away and comes back under load, again and again.

`DATAMINE_RESTARTS` says how often; `make campaigns` asks for fifty times.
"""

import os
import random
import signal
import time
from collections import Counter
from functools import partial
from itertools import cycle

import pytest
from django.core.management import call_command
from django.db import connection

from tests import postgres
from tests.environment import environment_of_children
from tests.workload.crowds import Crowd, lost
from tests.workload.program import Program
from tests.workload.rows import new_session, new_version, wait_for
from tests.workload.verdict import check

pytestmark = [
    pytest.mark.skipif(
        os.environ.get("DATAMINE_TEST_DATABASE") != "postgres",
        reason="SQLite has no server that could be restarted",
    ),
    pytest.mark.skipif(
        "DATAMINE_RESTARTS" not in os.environ, reason="a campaign: make restarts"
    ),
    pytest.mark.timeout(7200),
]

RESTARTS = int(os.environ.get("DATAMINE_RESTARTS", "0"))
#: In order, in a hurry, and as a power cut does it.
WAYS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
LATER = (0.0, 1.5)  # seconds after some work has begun


@pytest.fixture
def server(django_db_setup, django_db_blocker, monkeypatch):
    """A server of this test alone, on which every commit is kept."""
    server = postgres.start("synchronous_commit=on")
    before = dict(connection.settings_dict)
    monkeypatch.setenv("DATABASE_URL", server.url)
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict.update(NAME="postgres", HOST=str(server.folder))
        try:
            call_command("migrate", run_syncdb=True, verbosity=0)
            yield server
        finally:
            connection.close()
            connection.settings_dict.update(before)
            server.stop()


def is_one_under_way(rows):
    for row in rows:
        row.refresh_from_db()
    return any(row.status not in {"pending", "failed"} for row in rows)


def test_restarts_lose_nothing_that_was_committed(server, tmp_path, capsys):
    chance, ways, rows = random.Random(RESTARTS), cycle(WAYS), []
    environment = environment_of_children() | {
        "DJANGO_SETTINGS_MODULE": "tests.workload.settings"
    }
    crowd = Crowd(
        tmp_path, environment,
        seconds=RESTARTS * 5, processes=2, writers=8, readers=2,
    )  # fmt: skip
    with Program() as program:
        wait_for(crowd.is_at_work, 120)
        for _ in range(RESTARTS):
            rows += [new_version("steps"), new_session("steps")]
            wait_for(partial(is_one_under_way, rows[-2:]), 900)
            time.sleep(chance.uniform(*LATER))
            connection.close()
            server.restart(next(ways))
        told = crowd.wait()
        assert program.is_running()
        check(rows)

    ends = Counter(row.status for row in rows)
    attempts = Counter(row.attempts for row in rows)
    with capsys.disabled():
        print(  # noqa: T201 -- the figures one asks the campaign for
            f"\n{RESTARTS} restarts: {told.deeds} committed by the crowd, "
            f"{len(told.errors)} calls refused meanwhile; work ended {dict(ends)} "
            f"after {dict(attempts)} attempts"
        )
    assert lost(told) == {"projects": [], "versions": [], "halves": []}
    assert told.errors
    assert {row.status for row in rows} <= {"ready", "completed"}
