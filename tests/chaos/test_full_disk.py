"""The disk is full from one write on, for every write from a file to a prediction.

`DATAMINE_FULL_DISK_WRITES` says how many writes of each stage are failed; `make
campaigns` asks for all of them.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from tests.environment import environment_of_children

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_engine,
    pytest.mark.timeout(7200),
    pytest.mark.skipif(
        "DATAMINE_FULL_DISK_WRITES" not in os.environ,
        reason="a campaign: make full-disk",
    ),
    pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler"),
]

MOST = int(os.environ.get("DATAMINE_FULL_DISK_WRITES", "2"))
SOURCE = Path(__file__).parent.parent / "workload" / "fulldisk.c"


@pytest.fixture
def home(tmp_path, project, owner):
    """A site's folder with one person, one project, and the test's database."""
    home = tmp_path / "home"
    (home / "scratch").mkdir(parents=True)
    name = str(connection.settings_dict["NAME"])
    with (
        closing(sqlite3.connect(name)) as source,
        closing(sqlite3.connect(home / "datamine.sqlite3")) as target,
    ):
        source.backup(target)
    return home


def walked(home, tmp_path):
    """Return what was told of each walk."""
    library = tmp_path / "fulldisk.so"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-w", "-o", library, SOURCE, "-ldl"], check=True
    )
    environment = environment_of_children() | {
        "DATAMINE_HOME": str(home),
        "DATABASE_URL": f"sqlite:///{home / 'datamine.sqlite3'}",
        "LD_PRELOAD": str(library),
        "DATAMINE_LOG_LEVEL": "CRITICAL",
    }
    environment["DJANGO_SETTINGS_MODULE"] = "tests.workload.settings"
    told = subprocess.run(
        [sys.executable, "manage.py", "fulldisk", str(MOST)],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_full_disk_at_any_write_leaves_all_as_it_was(home, tmp_path, capsys):
    lines = walked(home, tmp_path)

    stages = {line["stage"]: line["writes"] for line in lines if "writes" in line}
    rounds = [line for line in lines if "nth" in line]
    said = Counter(line["said"].partition("\n")[0] for line in rounds)
    with capsys.disabled():
        print(f"\n{len(rounds)} of {stages}: {dict(said)}")  # noqa: T201 -- the figures one asks the campaign for
    assert [line["said"] for line in lines if "writes" in line] == ["done"] * 6
    assert [line for line in rounds if line["wrong"]] == []
    # Where a connection is only opened, SQLite does not say why it cannot be.
    opening = {"SQLITE_CANTOPEN", "SQLITE_IOERR_SHMOPEN"}
    assert said.keys() <= {"said", "full", "done", *opening}
    assert said["full"]
