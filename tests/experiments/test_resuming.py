"""The checkpoints of a session: who may write them, what is read, when they go."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from datamine import files
from datamine.leases import LeaseLostError, claim, request_cancel
from datamine.work.children import perform, run_inline
from datamine.work.handover import put_back
from datamine.work.reaper import lease_of
from experiments import resuming, sessions
from experiments.models import TrainingSession
from experiments.resuming import SessionCheckpoints
from experiments.stored import sweep_orphans
from tests.factories.experiments import flowers_draft

pytestmark = [
    pytest.mark.usefixtures("own_files"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def without_delay(monkeypatch):
    monkeypatch.setattr(resuming, "INTERVAL", 0)
    monkeypatch.setattr(resuming, "SHARE", 0)


@pytest.fixture
def session(project, owner):
    draft = flowers_draft(project, owner, split={"cv_folds": 3})
    return sessions.create_and_start(draft, actor=owner)


def attempt(session) -> SessionCheckpoints:
    lease = claim(TrainingSession, session.pk, worker="test")
    session.refresh_from_db()
    return SessionCheckpoints(session, lease)


def stored() -> list[str]:
    if not default_storage.exists("checkpoints"):
        return []
    return [
        f"checkpoints/{folder}/{name}"
        for folder in default_storage.listdir("checkpoints")[0]
        for name in default_storage.listdir(f"checkpoints/{folder}")[1]
    ]


def lost(session) -> None:
    """Give the session back, as a worker does whose child has died."""
    session.refresh_from_db()
    put_back(lease_of(session))


def test_next_attempt_reads_what_a_lost_one_saved(session):
    attempt(session).save("fold 1", [1, 2])
    lost(session)

    second = attempt(session)

    assert second.load("fold 1") == [1, 2]
    assert second.load("fold 2") is None
    assert session.working_files() == stored()


def test_later_save_replaces_the_earlier_one(session):
    first = attempt(session)

    first.save("epoch", 1)
    first.save("epoch", 2)

    assert len(stored()) == 1
    lost(session)
    assert attempt(session).load("epoch") == 2


def test_attempt_that_lost_its_lease_leaves_nothing(session):
    zombie = attempt(session)
    lost(session)
    second = attempt(session)

    with pytest.raises(LeaseLostError):
        zombie.save("fold 1", "of a dead attempt")

    assert stored() == []
    session.refresh_from_db()
    assert session.checkpoints == {}
    assert second.load("fold 1") is None


def test_parts_that_are_soon_done_again_wait_for_the_next_write(session, monkeypatch):
    monkeypatch.setattr(resuming, "INTERVAL", 60)
    first = attempt(session)

    first.save("fold 1", 1)
    assert stored() == []
    first.due = 0
    first.save("fold 2", 2)

    lost(session)
    second = attempt(session)
    assert (second.load("fold 1"), second.load("fold 2")) == (1, 2)


@pytest.mark.parametrize("damage", ["changed", "gone", "other rows"])
def test_checkpoint_that_does_not_verify_is_ignored_in_the_log(session, damage, caplog):
    attempt(session).save("fold 1", 1)
    lost(session)
    [key] = stored()
    if damage == "changed":
        files.local_path(key).write_bytes(b"something else")
    elif damage == "gone":
        files.delete(key)
    else:
        type(session.base_version).objects.update(sha256="f" * 64)
    session = TrainingSession.objects.get(pk=session.pk)

    with caplog.at_level(logging.WARNING):
        assert attempt(session).load("fold 1") is None

    assert f"checkpoint fold 1 of session {session.pk} is not used" in caplog.text


def test_full_disk_stops_no_training(session, monkeypatch):
    def full(path, key):
        raise OSError(28, "No space left on device")

    first = attempt(session)
    with monkeypatch.context() as patched:
        patched.setattr(files, "store", full)
        first.save("fold 1", 1)

    first.lease.monitor.flush()
    session.refresh_from_db()
    assert "checkpoint could not be stored: [Errno 28]" in session.log
    assert session.checkpoints == {}


def end_well(checkpoints):
    checkpoints.lease.finish()


def end_badly(checkpoints):
    checkpoints.lease.fail("It cannot be.")


def die_for_the_last_time(checkpoints):
    checkpoints.lease.attempt = 3
    put_back(checkpoints.lease)


def be_cancelled_while_waiting(checkpoints):
    put_back(checkpoints.lease)
    request_cancel(checkpoints.session)


@pytest.mark.parametrize(
    "end", [end_well, end_badly, die_for_the_last_time, be_cancelled_while_waiting]
)
def test_files_go_when_the_session_ends(session, end):
    first = attempt(session)
    first.save("fold 1", 1)
    assert len(stored()) == 1

    end(first)

    session.refresh_from_db()
    assert session.is_over
    assert stored() == []


def test_sweep_keeps_what_a_session_may_go_on_from(session, monkeypatch):
    monkeypatch.setattr("datasets.stored.GRACE", timedelta(0))
    attempt(session).save("fold 1", 1)
    known = stored()
    default_storage.save("checkpoints/1/left-by-a-crash.bin", ContentFile(b"half"))

    assert sweep_orphans() == 1

    assert stored() == known
    session.experiment.delete()
    assert sweep_orphans() == 1


def test_lost_session_goes_on_and_ends_with_the_same_numbers(project, owner, session):
    first = claim(TrainingSession, session.pk, worker="lost")
    first.monitor.log = dying_in("Fold 3 ")
    with pytest.raises(Lost):
        sessions.train_in_child(session.pk, first)
    put_back(first)
    assert len(stored()) == 2

    run_inline(session)

    assert session.status == "completed"
    assert stored() == []
    assert "Fold 2 of 3 was finished before." in session.log
    undisturbed = sessions.start_session(session.experiment, actor=owner)
    perform(claim(TrainingSession, undisturbed.pk, worker="test"))
    assert session.result.metrics == undisturbed.result.metrics
    for result in (session.result, undisturbed.result):
        result.details.pop("timings")
    assert session.result.details == undisturbed.result.details


class Lost(BaseException):
    """Stands for the end of the process."""


def dying_in(start):
    def log(message):
        if message.startswith(start):
            raise Lost

    return log
