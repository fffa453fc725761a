"""What an earlier release left is taken over, on both engines: rows, files, models.

`releases/` holds backups that earlier releases made of a small site: a dataset, a
session, a model in service, and an answer that was kept. A restore brings the tables
to what they were, puts the rows in and migrates, as an upgrade in place does.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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

    assert found == {
        "people": ["owner"],
        "roles": [["Flowers", "owner"]],
        "serves": found["serves"],
        "says": "setosa",
        "said": "setosa",
        "done": 6,
        "harm": False,
    }
