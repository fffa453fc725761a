"""The database goes away: work waits for it, pages say so, nothing is done twice."""

from __future__ import annotations

import os
import time
from threading import Event

import psycopg2
import pytest
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.test import Client

from datamine.away import is_away
from datamine.leases import LeaseLostError, claim
from datamine.room import is_full
from datamine.work.attempts import Attempt
from datamine.work.nursery import Exit
from datasets.models import DatasetVersion
from tests.workload.rows import new_version

pytestmark = pytest.mark.django_db(transaction=True)

#: What Django raises of a connection that was closed under it.
LOST, LOST_BELOW = InterfaceError("closed"), psycopg2.InterfaceError("closed")
#: And of one that broke within an answer.
BARE, BARE_BELOW = DatabaseError("closed"), psycopg2.DatabaseError("closed")
postgres = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite is a file of this machine"
)


@pytest.fixture
def lease():
    return claim(DatasetVersion, new_version("quick").pk, "worker")


def hang_up() -> None:
    """Let the server end our own connection, as it does when it is stopped."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.parametrize(("lost", "below"), [(LOST, LOST_BELOW), (BARE, BARE_BELOW)])
def test_transaction_whose_answer_was_lost_is_not_done_twice(lease, lost, below):
    asked = []

    def write():
        asked.append(1)
        with transaction.atomic():
            lease.finish(data="versions/1/x", rows_count=3)
        if len(asked) == 1:
            raise lost from below

    lease.conclude(write)

    assert lease.is_finished()
    assert len(asked) == 2


def test_database_that_goes_away_again_is_asked_again_what_it_kept(lease):
    asked = []

    def away(execute, sql, params, many, context):
        if sql.startswith("SELECT") and asked[-1:] == ["write"]:
            asked.append("lost")
            raise LOST from LOST_BELOW
        return execute(sql, params, many, context)

    lease.finish(data="versions/1/x", rows_count=3)

    def write():
        asked.append("write" if "lost" not in asked else "again")
        lease.finish(data="versions/1/x", rows_count=3)

    with connection.execute_wrapper(away):
        lease.conclude(write)

    assert asked == ["write", "lost", "again"]


def test_transaction_that_was_lost_is_done_again_with_all_that_was_to_be_told(lease):
    asked = []

    @transaction.atomic
    def write():
        asked.append(1)
        lease.finish(data="versions/1/x")
        if len(asked) == 1:
            raise LOST from LOST_BELOW

    lease.monitor.lines = ["told\n"]
    lease.conclude(write)

    row = DatasetVersion.objects.get()
    assert (row.status, row.log) == ("ready", "told\n")


@pytest.mark.parametrize(("lost", "below"), [(LOST, LOST_BELOW), (BARE, BARE_BELOW)])
def test_progress_that_was_lost_is_told_the_next_time(lease, lost, below):
    def away(execute, sql, params, many, context):
        raise lost from below

    lease.monitor.lines = ["first\n"]
    with connection.execute_wrapper(away):
        lease.monitor.flush()
    lease.monitor.lines.append("second\n")
    lease.monitor.flush()

    assert DatasetVersion.objects.get().log == "first\nsecond\n"


def test_row_that_was_taken_away_is_not_finished(lease):
    DatasetVersion.objects.update(fencing_token=7)

    with pytest.raises(LeaseLostError):
        lease.conclude(lambda: lease.finish(data="versions/1/x"))


def test_connection_that_breaks_within_an_answer_is_away():
    with pytest.raises(DatabaseError) as broken:
        raise BARE from BARE_BELOW

    assert is_away(broken.value)


def test_refusals_are_no_absence():
    with pytest.raises(DatabaseError) as refused, connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")

    assert not is_away(refused.value)
    assert not is_away(OperationalError("database is locked"))
    assert not is_away(None)


@pytest.mark.parametrize(("is_stopping", "pause"), [(False, 1), (True, 0)])
def test_next_try_waits_for_the_database_unless_all_stop(lease, is_stopping, pause):
    stopping = Event()
    if is_stopping:
        stopping.set()
    attempt = Attempt(lease, None, stopping)  # its child has ended

    began = time.monotonic()
    attempt.judge(Exit(os.EX_TEMPFAIL, ""))
    seconds = time.monotonic() - began

    row = DatasetVersion.objects.get()
    assert (row.status, row.attempts) == ("pending", 0)
    assert pause <= seconds < pause + 0.9


@postgres
def test_server_that_hangs_up_is_away():
    with pytest.raises(OperationalError) as ended:
        hang_up()
    with pytest.raises((OperationalError, InterfaceError)) as closed:
        DatasetVersion.objects.count()
    connection.close()

    assert is_away(ended.value)
    assert is_away(closed.value)
    assert DatasetVersion.objects.count() == 0


@postgres
def test_progress_is_told_when_the_database_is_back(lease):
    with pytest.raises(OperationalError):
        hang_up()

    lease.monitor.lines = ["first\n"]
    lease.monitor.flush()
    lease.monitor.lines.append("second\n")
    lease.monitor.flush()

    assert DatasetVersion.objects.get().log == "first\nsecond\n"


@postgres
def test_full_disk_of_the_server_is_known_by_its_number():
    with pytest.raises(OperationalError) as full, connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE 'x' USING ERRCODE = '53100'; END $$")

    assert is_full(full.value)
    assert not is_away(full.value)


@postgres
@pytest.mark.parametrize("path", ["/", "/api/projects/"])
def test_pages_and_api_say_that_the_database_is_away(owner, path):
    client = Client(raise_request_exception=False)
    client.force_login(owner)
    host = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        answer = client.get(path)
    finally:
        connection.settings_dict["HOST"] = host

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "does not answer" in answer.content.decode()
    assert client.get(path).status_code == 200
