"""Each change of state of a row of long work, and who wins when two want one."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from datamine.leases import (
    MAX_ATTEMPTS,
    Lease,
    LeaseLostError,
    claim,
    expired,
    request_cancel,
)
from datamine.limits import LIMITS
from datamine.work import children
from datamine.work.children import perform, run_inline
from datamine.work.handover import put_back
from datasets.models import DatasetVersion
from datasets.monitor import Cancelled
from tests.workload.rows import new_session, new_version

pytestmark = pytest.mark.django_db


def state(row):
    row.refresh_from_db()
    return row.status, row.attempts, row.fencing_token


def expire(row, seconds=60):
    type(row).objects.filter(pk=row.pk).update(
        lease_expires_at=timezone.now() - timedelta(seconds=seconds)
    )


def test_claim_counts_the_attempt_before_any_work():
    version = new_version("quick")

    lease = claim(DatasetVersion, version.pk, "a")

    assert (lease.token, lease.attempt) == (1, 1)
    assert state(version) == ("processing", 1, 1)
    assert version.worker == "a"


def test_lease_is_timed_by_the_database(monkeypatch):
    version = new_version("quick")
    monkeypatch.setattr(timezone, "now", lambda: None)  # the host's clock is not asked

    claim(DatasetVersion, version.pk, "a")

    monkeypatch.undo()
    version.refresh_from_db()
    left = version.lease_expires_at - timezone.now()
    assert timedelta(seconds=15) < left <= timedelta(seconds=20)


@pytest.mark.parametrize("status", ["processing", "ready", "failed", "cancelled"])
def test_claim_of_a_row_that_does_not_wait_does_nothing(status):
    version = new_version("quick")
    DatasetVersion.objects.filter(pk=version.pk).update(status=status, data="x")

    assert claim(DatasetVersion, version.pk, "a") is None
    assert state(version) == (status, 0, 0)


def test_claim_of_a_row_that_is_gone_does_nothing():
    assert claim(DatasetVersion, 12345, "a") is None


def test_finish_writes_the_result_and_the_end_together():
    version = new_version("quick")
    lease = claim(DatasetVersion, version.pk, "a")

    lease.finish(data="versions/1/x", rows_count=3)

    assert state(version) == ("ready", 1, 1)
    assert (version.data, version.rows_count, version.progress) == (
        "versions/1/x",
        3,
        1,
    )
    assert version.completed_at is not None
    assert version.lease_expires_at is None
    assert version.peak_memory > 10 * 1024**2


def test_fail_bounds_the_sentence():
    version = new_version("quick")

    claim(DatasetVersion, version.pk, "a").fail("x" * 5000)

    assert state(version) == ("failed", 1, 1)
    assert version.error_message == "x" * 2000


def end_by_finish(lease):
    lease.finish(data="y")


def end_by_fail(lease):
    lease.fail("No.")


def end_by_cancel(lease):
    lease.cancel()


ENDS = [end_by_finish, end_by_fail, end_by_cancel]


@pytest.mark.parametrize("second", ENDS)
@pytest.mark.parametrize("first", ENDS)
def test_second_end_writes_nothing(first, second):
    version = new_version("quick")
    lease = claim(DatasetVersion, version.pk, "a")
    first(lease)
    before = DatasetVersion.objects.values().get(pk=version.pk)

    with pytest.raises(LeaseLostError, match="was taken away"):
        second(lease)

    assert DatasetVersion.objects.values().get(pk=version.pk) == before


@pytest.mark.parametrize("write", [*ENDS, Lease.renew])
def test_lost_worker_that_comes_back_is_fenced(write):
    version = new_version("quick")
    zombie = claim(DatasetVersion, version.pk, "zombie")
    expire(version)
    put_back(zombie)
    claim(DatasetVersion, version.pk, "second")
    before = DatasetVersion.objects.values().get(pk=version.pk)

    with pytest.raises(LeaseLostError, match="was taken away"):
        write(zombie)

    assert DatasetVersion.objects.values().get(pk=version.pk) == before
    assert before["worker"] == "second"


def test_renew_moves_the_end_of_the_lease():
    version = new_version("quick")
    lease = claim(DatasetVersion, version.pk, "a")
    expire(version)
    assert list(expired(DatasetVersion)) == [version]

    lease.renew()

    assert list(expired(DatasetVersion)) == []


def test_put_back_waits_again_until_the_last_attempt():
    version = new_version("quick")
    seen = []

    for _ in range(MAX_ATTEMPTS):
        lease = claim(DatasetVersion, version.pk, "a")
        seen.append(put_back(lease, "the process was ended by SIGSEGV"))

    assert seen == ["pending", "pending", "failed"]
    assert state(version) == ("failed", 3, 3)
    assert version.error_message == (
        "The worker died 3 times during this work; at last the process was ended by "
        "SIGSEGV."
    )


def test_put_back_that_does_not_count_gives_the_attempt_back():
    version = new_version("quick")

    for _ in range(MAX_ATTEMPTS + 2):
        put_back(claim(DatasetVersion, version.pk, "a"), counts=False)

    assert state(version) == ("pending", 0, MAX_ATTEMPTS + 2)


@pytest.mark.parametrize("counts", [True, False])
def test_put_back_of_an_unwanted_row_cancels_it(counts):
    version = new_version("quick")
    lease = claim(DatasetVersion, version.pk, "a")
    request_cancel(version)

    assert put_back(lease, counts=counts) == "cancelled"
    assert state(version) == ("cancelled", 1, 1)


def test_put_back_of_an_ended_row_does_nothing():
    version = new_version("quick")
    lease = claim(DatasetVersion, version.pk, "a")
    lease.finish(data="x")

    assert put_back(lease) is None
    assert state(version) == ("ready", 1, 1)


def test_cancel_of_a_waiting_row_ends_it_at_once():
    session = new_session("quick")

    assert request_cancel(session) is True
    assert state(session) == ("cancelled", 0, 0)
    assert session.completed_at is not None


def test_cancel_of_a_running_row_asks_for_it():
    session = new_session("quick")
    claim(type(session), session.pk, "a")

    assert request_cancel(session) is True
    assert state(session) == ("training", 1, 1)
    assert (session.cancel_requested, session.completed_at) == (True, None)


def test_cancel_of_an_ended_row_changes_nothing():
    version = new_version("quick")
    claim(DatasetVersion, version.pk, "a").finish(data="x")
    before = DatasetVersion.objects.values().get(pk=version.pk)

    assert request_cancel(version) is False
    assert DatasetVersion.objects.values().get(pk=version.pk) == before


@pytest.mark.django_db(transaction=True)
def test_work_learns_that_it_is_unwanted():
    version = new_version("quick")
    lease = claim(DatasetVersion, version.pk, "a")
    lease.monitor.check()
    request_cancel(version)

    with pytest.raises(Cancelled):
        lease.monitor.flush()


@pytest.mark.usefixtures("workload")
@pytest.mark.parametrize(
    ("behaviour", "status", "sentence"),
    [
        ("quick", "ready", ""),
        (
            "error",
            "failed",
            "Something went wrong that should not: RecursionError. "
            "The worker's log says more.",
        ),
        ("hungry", "failed", LIMITS["fast"].memory_sentence),
        ("idle", "failed", "The work ended without a result."),
    ],
)
def test_inline_work_ends_the_row(behaviour, status, sentence):
    version = new_version(behaviour)

    run_inline(version)

    assert (version.status, version.error_message) == (status, sentence)


@pytest.mark.usefixtures("workload")
@pytest.mark.parametrize("make", [new_version, new_session])
def test_work_done_twice_has_one_result(make):
    row = make("quick")
    run_inline(row)
    before = type(row).objects.values().get(pk=row.pk)

    run_inline(row)

    assert type(row).objects.values().get(pk=row.pk) == before


@pytest.mark.django_db(transaction=True)
def test_work_of_a_command_holds_its_row(monkeypatch):
    monkeypatch.setattr(children, "RENEWAL", 0.05)
    version = new_version("quick")
    lease = claim(DatasetVersion, version.pk, "here")
    expire(version)

    with children.held(lease):
        for _ in range(100):
            if not expired(DatasetVersion).exists():
                break
            time.sleep(0.05)

    assert not expired(DatasetVersion).exists()


@pytest.mark.usefixtures("workload")
def test_command_waits_for_the_worker_that_was_faster(monkeypatch):
    version = new_version("quick")
    lease = claim(DatasetVersion, version.pk, "a worker")
    monkeypatch.setattr(children, "LOOK", 0.01)
    monkeypatch.setattr(children.time, "sleep", lambda seconds: perform(lease))

    children.run_to_end(version)

    assert state(version) == ("ready", 1, 1)
    assert version.worker == "a worker"


@pytest.mark.usefixtures("workload")
def test_interrupted_command_leaves_its_row_to_the_next(monkeypatch):
    version = new_version("quick")

    def interrupted(lease):
        raise KeyboardInterrupt

    monkeypatch.setattr(children, "perform", interrupted)
    with pytest.raises(KeyboardInterrupt):
        children.run_to_end(version)

    assert state(version) == ("pending", 0, 1)


def in_threads(*functions):
    """Call all at once; return what each returned or the error it raised."""
    results = [None] * len(functions)
    barrier = threading.Barrier(len(functions))

    def call(number, function):
        barrier.wait()
        try:
            results[number] = function()
        except LeaseLostError as error:
            results[number] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=call, args=pair) for pair in enumerate(functions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_claim_by_many_at_once_has_one_winner():
    for _ in range(5):
        version = new_version("quick")

        leases = in_threads(
            *[lambda pk=version.pk: claim(DatasetVersion, pk, "a") for _ in range(6)]
        )

        assert [lease for lease in leases if lease] == [
            Lease(DatasetVersion, version.pk, 1, 1)
        ]
        assert state(version) == ("processing", 1, 1)


@pytest.mark.django_db(transaction=True)
def test_finish_and_cancel_at_once_have_one_winner():
    for _ in range(10):
        version = new_version("quick")
        lease = claim(DatasetVersion, version.pk, "a")

        results = in_threads(
            lambda lease=lease: lease.finish(data="x"),
            lambda lease=lease: lease.cancel(),
        )

        lost = [isinstance(result, LeaseLostError) for result in results]
        assert sorted(lost) == [False, True]
        assert state(version)[0] == ("ready" if lost[1] else "cancelled")


@pytest.mark.django_db(transaction=True)
def test_put_back_by_many_at_once_happens_once():
    for _ in range(5):
        version = new_version("quick")
        lease = claim(DatasetVersion, version.pk, "a")

        results = in_threads(*[lambda lease=lease: put_back(lease)] * 4)

        assert sorted(results, key=str) == [None, None, None, "pending"]
        assert state(version) == ("pending", 1, 1)


def test_a_network_that_needs_too_much_is_told_what_needs_less():
    assert LIMITS["fast"].smaller == "fewer rows or columns"
    assert LIMITS["train"]._replace(memory_mb=500).memory_sentence == (
        "The work needed more than the 500 MB of memory it may have. Use fewer rows or "
        "columns, smaller batches or a smaller network, or ask for a higher limit."
    )
