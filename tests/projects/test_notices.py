"""Notices: whoever started a session is told once when it ends, as they want to be."""

from __future__ import annotations

import signal

import pytest
from django.urls import reverse
from django.utils import timezone

from datamine.leases import Lease
from datamine.work.handover import next_state
from datamine.work.nursery import Exit
from experiments.announcing import notify_of_ended_sessions
from projects import addresses
from projects.models import Letter, Notice
from tests.factories.experiments import SessionFactory
from tests.factories.projects import PASSWORD

pytestmark = pytest.mark.django_db


def ended(project, person, status="completed"):
    return SessionFactory(
        experiment__version__dataset__project=project,
        status=status,
        created_by=person,
        completed_at=timezone.now(),
    )


def test_person_is_told_once_and_takes_it_as_read(client, project, owner, member):
    session = ended(project, owner)
    for _ in range(2):
        notify_of_ended_sessions()
    client.force_login(owner)

    home = client.get("/").content.decode()
    page = client.get(reverse("account:notices")).content.decode()
    client.post(reverse("account:notices"))
    after = client.get(reverse("account:notices-now")).content.decode()

    assert Notice.objects.get().user == owner
    assert "1 new notice" in home
    assert session.get_absolute_url() in page
    assert "new notice" not in after
    assert not Letter.objects.exists()


@pytest.mark.parametrize("status", ["cancelled", "training"])
def test_nobody_is_told_of_what_they_know(project, owner, status):
    ended(project, owner, status)

    notify_of_ended_sessions()

    assert not Notice.objects.exists()


def test_person_who_wants_none_is_told_nothing(project, owner):
    owner.notify_in_pages = False
    owner.save()
    ended(project, owner)

    notify_of_ended_sessions()

    assert not Notice.objects.exists()


def test_letter_says_what_failed_and_where(project, owner):
    owner.notify_by_mail, owner.notify_in_pages = True, False
    owner.save()
    session = ended(project, owner, "failed")
    type(session).objects.update(error_message="Memory ran out & <all> of it.")

    notify_of_ended_sessions()

    letter = Letter.objects.get()
    assert letter.to == owner.email
    assert "Memory ran out & <all> of it." in letter.body
    assert f"http://localhost:8000{session.get_absolute_url()}" in letter.body
    assert Notice.objects.get().read_at is not None


def test_letter_speaks_as_its_reader(project, owner):
    owner.notify_by_mail, owner.language = True, "fr"
    owner.save()
    ended(project, owner)

    notify_of_ended_sessions()

    letter = Letter.objects.get()
    assert "a pris fin : terminé." in letter.body
    assert letter.subject.startswith("Une session de")


def test_reason_of_a_failure_is_told_as_its_reader_speaks(client, project, owner):
    owner.notify_by_mail, owner.language = True, "fr"
    owner.save()
    session = ended(project, owner, "failed")
    lease = Lease(type(session), session.pk, token=1, attempt=3)
    killed = Exit(-signal.SIGKILL, "").reason
    changes = next_state(lease, is_unwanted=False, reason=killed, counts=True)
    type(session).objects.update(error_message=changes["error_message"])

    notify_of_ended_sessions()
    client.force_login(owner)
    page = client.get(reverse("account:notices")).text

    said = (
        "Le processus de travail est mort 3 fois pendant ce travail ; à la fin, le "
        "processus a été arrêté par SIGKILL."
    )
    assert said in Letter.objects.get().body
    assert said in page


def test_letters_go_to_proved_addresses_only(client, owner):
    client.force_login(owner)
    wanted = {"email": owner.email, "notify_by_mail": "on"}

    refused = client.post(reverse("account:profile"), wanted)
    addresses.follow(owner).set_verified()
    client.post(reverse("account:profile"), wanted)
    owner.refresh_from_db()
    switched_on = owner.notify_by_mail
    asked = client.post(reverse("account:profile"), {"email": "other@example.org"})
    client.post(asked["Location"], {"password": PASSWORD})

    owner.refresh_from_db()
    assert "Prove your address first" in refused.content.decode()
    assert (switched_on, owner.notify_by_mail) == (True, False)


def test_api_holds_to_the_same_rule(api, owner):
    answer = api(owner).patch("/api/me/", {"notify_by_mail": True})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "notify_by_mail"


def test_notice_of_a_project_that_was_left_is_not_shown(client, project, member):
    ended(project, member)
    notify_of_ended_sessions()
    project.memberships.get(user=member).delete()
    client.force_login(member)

    assert "No notices" in client.get(reverse("account:notices")).content.decode()
