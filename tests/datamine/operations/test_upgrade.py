"""What an earlier release left is taken over, on both engines: rows, files, models.

`releases/` holds backups that earlier releases made of a small site: a dataset, a
session, a model in service, and an answer that was kept. A restore brings the tables
to what they were, puts the rows in and migrates, as an upgrade in place does.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
RELEASES = sorted(Path(__file__).with_name("releases").glob("*.tar"))
LOOK = """
import json
from django.core.management import call_command
from datamine.operations.reconciling import compare
from projects.models import Project, User
from registry.models import Record, RegisteredModel
from registry.serving import predict_rows
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
version = RegisteredModel.objects.get().active_version
row = {"petal": 1.5, "sepal": 5.1, "colour": "white"}
[told] = predict_rows(version, [row]).predictions
print("told", json.dumps({
    "people": list(User.objects.values_list("username", flat=True)),
    "roles": list(Project.objects.values_list("name", "memberships__role")),
    "serves": version.version,
    "says": told["prediction"],
    "said": Record.objects.get().prediction,
    "done": version.project.activities.count(),
    "harm": compare(with_digests=True).harmful,
}))
"""


#: Puts rows and files of an earlier release back, and leaves its tables as they were.
LEFT = """
import tempfile
from pathlib import Path
from datamine.operations import restoring
from datamine.operations.archives import reading
with reading(Path({release!r})) as archive, tempfile.TemporaryDirectory() as folder:
    signed = restoring.put_files_back(archive, Path(folder, "file"))
    def change(label, row):
        if label == restoring.RESULT:
            row["artifact_hmac"] = signed.get(row["artifact_hmac"])
        return restoring.fresh(label, row)
    restoring.put_rows_back(archive, Path(folder), change)
"""
#: Migrates, and dies in the middle of the statement of this number.
CUT = """
import os, signal
from django.core.management import call_command
from django.db import connection
left = {statements}
def count(execute, sql, params, many, context):
    global left
    answer = execute(sql, params, many, context)
    left -= not sql.startswith(("SELECT", "PRAGMA"))
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
with connection.execute_wrapper(count):
    call_command("migrate", verbosity=0, interactive=False)
"""


def taken_over(place, release: Path) -> dict[str, object]:
    place.manage("restore", str(release))
    said = place.manage("shell", "--no-imports", "-c", LOOK)
    return json.loads(said.split("told ")[1])


def test_there_are_earlier_releases():
    assert RELEASES


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
@pytest.mark.parametrize("engine", ["place", "other_engine"])
def test_earlier_release_is_taken_over(request, engine, release, transactional_db):
    found = taken_over(request.getfixturevalue(engine), release)

    assert found == as_it_was(found)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("engine", ["place", "other_engine"])
def test_migration_that_is_killed_goes_on_where_it_was(
    request, engine, transactional_db
):
    place = request.getfixturevalue(engine)
    run_in(place, LEFT.format(release=str(RELEASES[0])))

    codes = [run_in(place, CUT.format(statements=n), None) for n in (0, 2, 7, 20, 60)]
    place.manage("migrate", "--no-input")

    said = place.manage("shell", "--no-imports", "-c", LOOK)
    found = json.loads(said.split("told ")[1])
    assert codes[:3] == [-signal.SIGKILL] * 3
    assert found == as_it_was(found)


def run_in(place, program: str, code: int | None = 0) -> int:
    """Run a program in a place; return how it ended, which may be given."""
    ended = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", program],
        cwd=ROOT,
        env=place.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert code is None or ended.returncode == code, ended.stdout + ended.stderr
    return ended.returncode


def as_it_was(found: dict[str, object]) -> dict[str, object]:
    """Return what is seen of the small site, whatever its version is called."""
    return {
        "people": ["owner"],
        "roles": [["Flowers", "owner"]],
        "serves": found["serves"],
        "says": "setosa",
        "said": "setosa",
        "done": 6,
        "harm": False,
    }
