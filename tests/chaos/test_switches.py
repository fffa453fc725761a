"""A process dies before each query of what puts a model in service, or takes it out."""

import json
import subprocess
import sys
from itertools import pairwise

import pytest

from registry.services import activate_version
from tests.environment import environment_of_children
from tests.factories.registry import ModelVersionFactory, RegisteredModelFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]


def test_death_at_any_query_leaves_the_old_version_or_the_new_one(owner):
    model = RegisteredModelFactory()
    versions = [ModelVersionFactory(model=model) for _ in range(3)]
    activate_version(versions[0], actor=owner)
    environment = environment_of_children() | {
        "DJANGO_SETTINGS_MODULE": "tests.workload.settings"
    }

    told = subprocess.run(
        [sys.executable, "manage.py", "killed"],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )

    lines = [json.loads(line) for line in told.stdout.splitlines()]
    deaths = [line for line in lines if line["died"]]
    assert len(deaths) > 10
    assert [line for line in deaths if line["before"] != line["after"]] == []
    assert [line["deed"] for line in lines if not line["died"]] == [
        "switch", "go_back", "remove",
    ]  # fmt: skip
    end = lines[-1]["after"]
    assert end["versions"] == 2
    assert end["active"] == end["ledger"][-1][1] == versions[0].version
    assert all(new[0] == old[1] for old, new in pairwise(end["ledger"]))
