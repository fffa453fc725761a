"""Twenty who write at once, and others who read: nobody waits in vain.

`DATAMINE_WRITERS_SECONDS` says for how long; `make campaigns` asks for five minutes.
"""

import os

import pytest

from tests.environment import environment_of_children
from tests.workload.crowds import Crowd, lost

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(3600)]

SECONDS = float(os.environ.get("DATAMINE_WRITERS_SECONDS", "3"))
WRITERS, READERS = 20, 4


def test_twenty_writers_never_find_the_database_locked(tmp_path, capsys):
    environment = environment_of_children() | {
        "DJANGO_SETTINGS_MODULE": "tests.workload.settings"
    }

    told = Crowd(
        tmp_path, environment,
        seconds=SECONDS, processes=4 if SECONDS > 60 else 2,
        writers=WRITERS, readers=READERS,
    ).wait()  # fmt: skip

    with capsys.disabled():
        print(  # noqa: T201 -- the figures one asks the campaign for
            f"\n{WRITERS} writers, {SECONDS:g} s: {told.deeds} committed, "
            f"{told.read} read, longest {told.longest} s, {len(told.errors)} errors"
        )
    assert told.errors == []
    assert lost(told) == {"projects": [], "versions": [], "halves": []}
    assert told.deeds > WRITERS
    assert told.read
