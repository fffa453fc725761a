"""Somebody or something goes while work of theirs waits or runs."""

from __future__ import annotations

import socket
import sys
from contextlib import contextmanager

import pytest
from rest_framework.test import APIClient

from datamine.leases import claim
from datamine.work.children import perform, run_inline
from experiments import sessions
from experiments.models import Result, TrainingSession
from projects.models import Project
from projects.services import delete_project, remove_member
from tests.factories.experiments import flowers_draft, houses_draft

pytestmark = [pytest.mark.usefixtures("own_files"), pytest.mark.django_db]


def test_session_of_a_member_who_was_removed_ends_and_belongs_to_the_project(
    project, owner, member
):
    session = sessions.create_and_start(flowers_draft(project, member), actor=member)
    gone, stays = APIClient(), APIClient()
    gone.force_authenticate(member)
    stays.force_authenticate(owner)
    address = f"/api/sessions/{session.pk}/"
    before = gone.get(address).status_code

    remove_member(project.memberships.get(user=member), actor=owner)
    run_inline(session)

    assert session.status == "completed"
    assert (before, gone.get(address).status_code) == (200, 404)
    assert stays.get(address).status_code == 200


def test_session_whose_project_is_deleted_ends_without_a_word(project, owner, caplog):
    session = sessions.create_and_start(flowers_draft(project, owner), actor=owner)
    lease = claim(TrainingSession, session.pk, "worker")

    delete_project(project)
    perform(lease)

    assert not Project.objects.exists()
    assert not Result.objects.exists()
    assert "Traceback" not in caplog.text


#: Whether calls that open connections are written down, and those that were.
_watched: list[str] = []
_watching: list[bool] = []


def note(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event in {"socket.connect", "socket.bind", "socket.getaddrinfo"}:
        _watched.append(f"{event} {arguments[1:]}")


sys.addaudithook(note)


@contextmanager
def watched():
    _watched.clear()
    _watching.append(True)
    try:
        yield _watched
    finally:
        _watching.clear()


@pytest.mark.one_engine  # the other's driver would connect
@pytest.mark.parametrize("draft", [flowers_draft, houses_draft])
def test_training_opens_no_connection(project, owner, draft):
    session = sessions.create_and_start(draft(project, owner), actor=owner)

    with watched() as connections:
        run_inline(session)

    assert session.status == "completed"
    assert connections == []


def test_watching_notices_a_connection():
    with watched() as connections, socket.socket() as one:
        one.bind(("127.0.0.1", 0))

    assert len(connections) == 1
