"""The worker dies at every point, and everything dies at random.

`DATAMINE_CHAOS_ROUNDS` says how many random kills there are; `make chaos` asks for
hundreds.
"""

import contextlib
import os
import random
import time
from collections import Counter

import psutil
import pytest

from tests.workload.program import Program
from tests.workload.rows import new_session, new_version, wait_for
from tests.workload.verdict import check

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(3600)]

ROUNDS = int(os.environ.get("DATAMINE_CHAOS_ROUNDS", "6"))
#: Points that the worker itself passes.
WORKER_POINTS = ["dequeue.after", "claim.after", "judge.before"]


@pytest.mark.parametrize("point", WORKER_POINTS)
def test_worker_dies_at_each_point(point, tmp_path):
    fault = {"DATAMINE_FAULT": f"{point}:kill:{tmp_path}"}
    rows = [new_version("steps"), new_session("steps", fault="step.3:kill")]

    with Program(**fault) as program:
        wait_for(lambda: not program.is_running())
        program.start()
        check(rows)

    assert [row.status for row in rows] == ["ready", "completed"]


def test_random_kills_lose_and_double_nothing(capsys):
    seed = int(os.environ.get("DATAMINE_CHAOS_SEED", random.randrange(10**6)))
    chance = random.Random(seed)
    kills = Counter()
    rows = []
    with Program() as program:
        for _ in range(ROUNDS):
            rows += [new_version("steps"), new_session("steps")]
            time.sleep(chance.uniform(0.2, 2.5))
            kills[strike(program, chance)] += 1
            program.revive()
        check(rows)
    ends = Counter(row.status for row in rows)
    with capsys.disabled():
        print(f"\nseed {seed}: killed {dict(kills)}; ended {dict(ends)}")  # noqa: T201 -- the figures one asks chaos for
    for row in rows:
        failed_fairly = row.status == "failed" and row.attempts == 3
        assert row.status == row.DONE or failed_fairly


def strike(program, chance):
    """Kill a child, the worker, or all of them at once; return what was killed."""
    target = chance.choice(["child", "child", "worker", "both"])
    children = program.children()
    if target != "worker" and children:
        victims = children if target == "both" else [chance.choice(children)]
        for victim in victims:
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
    if target != "child":
        program.kill()
    return target
