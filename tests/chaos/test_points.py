"""A child dies, hangs or fails at every point of its work."""

import time
from itertools import cycle

import pytest
from django.db import connection

from datamine.leases import request_cancel
from datamine.room import NO_ROOM
from tests.workload.program import Program
from tests.workload.rows import ended, new_session, new_version, wait_for
from tests.workload.verdict import check

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

#: Points that a child passes, for a version and for a session.
VERSION_POINTS = [
    "step.0",
    "step.19",
    "store.before",
    "store.written",
    "store.after",
    "finish.before",
    "finish.after",
    "register.commit",
    "work.after",
]
SESSION_POINTS = [*VERSION_POINTS, "register.before", "register.after"]
#: Points after the commit: the work is done, and must not be done again.
DONE_ALREADY = {"register.after", "work.after"}
#: How children die, in turns: what SQLite kills crashes on PostgreSQL, and reversed.
DEATHS = {"sqlite": ("kill", "crash"), "postgresql": ("crash", "kill")}


@pytest.fixture(scope="module")
def program(django_db_setup):
    """One program for all: a child's death must not harm it."""
    with Program() as program:
        yield program


def test_child_dies_at_each_point(program):
    wishes = [(new_version, point) for point in VERSION_POINTS]
    wishes += [(new_session, point) for point in SESSION_POINTS]
    actions = cycle(DEATHS[connection.vendor])

    rows = [make("brief", fault=f"{point}:{next(actions)}") for make, point in wishes]

    check(rows)
    for row, (_, point) in zip(rows, wishes, strict=True):
        attempts = 1 if point in DONE_ALREADY else 2
        assert (row.status, row.attempts) == (row.DONE, attempts), point


def test_child_that_always_dies_fails_with_the_reason(program):
    rows = [
        make("brief", fault="finish.before:kill", times=9)
        for make in (new_version, new_session)
    ]

    check(rows)
    assert [(row.status, row.attempts) for row in rows] == [("failed", 3)] * 2
    assert {row.error_message for row in rows} == {
        "The worker died 3 times during this work; at last the process was ended by "
        "SIGKILL."
    }


def test_full_disk_fails_and_stores_nothing(program):
    rows = [
        make("brief", fault=f"{point}:fail")
        for make in (new_version, new_session)
        for point in ("store.before", "store.written")
    ]

    check(rows)
    assert [row.status for row in rows] == ["failed"] * 4
    assert {row.error_message for row in rows} == {NO_ROOM}


@pytest.mark.parametrize("point", ["step.10", "store.written", "register.before"])
def test_cancel_while_a_child_hangs_at_a_point(program, point):
    session = new_session("steps", fault=f"{point}:hang")
    wait_for(lambda: reached(session))
    time.sleep(1)

    request_cancel(session)

    assert wait_for(ended(session)) < 2
    check([session])
    assert session.status == "cancelled"


def reached(row):
    row.refresh_from_db()
    return row.progress > 0
