"""What a child knows, tells and may use."""

import pytest

from datamine import env
from datamine.leases import LeaseLostError, claim
from datamine.work.children import preload
from datamine.work.nursery import THREADS, Assignment, Child
from datasets.models import DatasetVersion
from experiments.models import TrainingSession
from tests.workload.rows import new_session, new_version


def lease_of(make, behaviour="quick"):
    row = make(behaviour)
    return row, claim(type(row), row.pk, "a")


def test_assignment_survives_its_way_to_the_child():
    assignment = Assignment("datasets.DatasetVersion", 4, 2, 1, 512)

    assert Assignment.decode(assignment.encode()) == assignment


def test_environment_of_a_child_bounds_its_threads(tmp_path):
    child = object.__new__(Child)  # without its process
    child.folder = tmp_path

    environment = child.environment()

    assert {environment[name] for name in THREADS} == {str(env.TRAIN_THREADS)}
    assert environment["TMPDIR"] == str(tmp_path)
    assert environment["MALLOC_ARENA_MAX"] == "2"


def test_preload_survives_what_cannot_be_imported(monkeypatch, caplog):
    monkeypatch.setattr(DatasetVersion, "IMPORTS", ("no.such.module",))
    monkeypatch.setattr(TrainingSession, "IMPORTS", ())

    preload()

    assert "no.such.module could not be loaded beforehand." in caplog.text


@pytest.mark.django_db
def test_progress_counts_units_and_stays_below_the_end():
    _version, lease = lease_of(new_version)
    seen = []

    lease.monitor.total(4)
    for _ in range(5):
        lease.monitor.advance()
        seen.append(round(lease.monitor.progress, 4))

    assert seen == [0.2475, 0.495, 0.7425, 0.99, 0.99]


@pytest.mark.django_db
def test_progress_of_parts_adds_up_and_never_falls():
    _version, lease = lease_of(new_version)
    monitor, seen = lease.monitor, []

    for share, units in ((0.7, 2), (0.3, 1)):
        monitor.share(share)
        monitor.total(units)
        for _ in range(units):
            monitor.advance()
            seen.append(round(monitor.progress, 4))
    monitor.total(10)
    monitor.advance()

    assert seen == [0.3465, 0.693, 0.99]
    assert monitor.progress == pytest.approx(0.99)


@pytest.mark.django_db(transaction=True)
def test_monitor_writes_what_happened_at_most_once_a_second():
    session, lease = lease_of(new_session)
    monitor = lease.monitor

    monitor.phase("Fold 1")
    monitor.total(10)
    monitor.advance()
    session.refresh_from_db()
    assert (session.phase, session.progress) == ("Fold 1", 0)
    monitor.log("Something\u2028odd")
    monitor.epoch({"loss": 0.5})
    monitor.flush()

    session.refresh_from_db()
    assert session.progress == pytest.approx(0.099)
    assert session.log.endswith(" Something\u2028odd\n")
    assert (session.history, session.epochs_completed) == ([{"loss": 0.5}], 1)


@pytest.mark.django_db(transaction=True)
def test_monitor_tells_what_another_attempt_had_done():
    session, lease = lease_of(new_session)
    lease.monitor.total(10)
    lease.monitor.advance(4)

    lease.monitor.taken_up()
    lease.monitor.advance()
    lease.monitor.flush()

    session.refresh_from_db()
    assert session.progress_found == pytest.approx(0.396)
    assert session.progress == pytest.approx(0.495)


@pytest.mark.django_db(transaction=True)
def test_last_words_are_written_with_the_end():
    session, lease = lease_of(new_session)
    lease.monitor.flush()
    lease.monitor.log("The last line")
    lease.monitor.epoch({"loss": 0.1})

    lease.finish()

    session.refresh_from_db()
    assert session.log.endswith(" The last line\n")
    assert session.history == [{"loss": 0.1}]


@pytest.mark.django_db(transaction=True)
def test_monitor_of_a_lost_lease_stops_the_work():
    session, lease = lease_of(new_session)
    TrainingSession.objects.filter(pk=session.pk).update(fencing_token=9)

    with pytest.raises(LeaseLostError, match="was taken away"):
        lease.monitor.check()
