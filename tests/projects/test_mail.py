"""Letters, sent to a real mail server on this machine, or to none."""

from __future__ import annotations

import re

import pytest
from aiosmtpd.controller import Controller
from django.core import mail as outbox
from django.core.mail.backends.base import BaseEmailBackend
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from projects import invitations
from projects.mail import PAUSES, ring_for_due_letters, send_letter
from projects.models import Letter
from projects.tasks import post_letter
from tests.program import free_port

pytestmark = pytest.mark.django_db


class Heard:
    """What a mail server was told; it refuses while `answer` says so."""

    def __init__(self) -> None:
        self.answer = "250 OK"
        self.letters: list[str] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        self.letters.append(envelope.content.decode())
        return self.answer


class Dying(BaseEmailBackend):
    """A mail server whose caller ends before the letter is handed over."""

    def send_messages(self, email_messages) -> int:
        raise SystemExit(1)


@pytest.fixture
def server():
    handler = Heard()
    port = free_port()
    control = Controller(handler, hostname="127.0.0.1", port=port)
    control.start()
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
    ):
        yield handler
    control.stop()


def letter() -> Letter:
    return send_letter("ann@example.org", subject="Hello\nBcc: x", body="A link.")


def test_letter_arrives_and_is_forgotten(server):
    sent = letter()

    post_letter(sent.pk, 0)

    sent.refresh_from_db()
    assert (sent.status, sent.body, sent.error) == ("delivered", "", "")
    assert "Subject: Hello Bcc: x" in server.letters[0]
    assert "A link." in server.letters[0]


def test_second_bell_sends_nothing(server):
    sent = letter()

    post_letter(sent.pk, 0)
    post_letter(sent.pk, 0)

    assert len(server.letters) == 1


def test_letter_waits_for_a_server_that_refuses(server):
    server.answer = "451 come back later"
    sent = letter()

    post_letter(sent.pk, 0)

    sent.refresh_from_db()
    assert (sent.status, sent.body) == ("pending", "A link.")
    assert "come back later" in sent.error
    assert sent.next_try_at > timezone.now()


def test_letter_is_given_up_at_last(server):
    server.answer = "550 never"
    sent = letter()

    for attempt in range(len(PAUSES) + 1):
        post_letter(sent.pk, attempt)

    sent.refresh_from_db()
    assert (sent.status, sent.body) == ("failed", "")


def test_letter_whose_worker_dies_is_sent_by_the_next_one(server):
    sent = letter()

    with (
        override_settings(EMAIL_BACKEND=f"{__name__}.Dying"),
        pytest.raises(SystemExit),
    ):
        post_letter(sent.pk, 0)
    sent.refresh_from_db()
    waits = sent.status, sent.attempts, sent.next_try_at > timezone.now()
    post_letter(sent.pk, sent.attempts)

    sent.refresh_from_db()
    assert waits == ("pending", 1, True)
    assert sent.status == "delivered"
    assert len(server.letters) == 1


def test_due_letter_is_rung_for_again():
    sent = letter()
    Letter.objects.update(next_try_at=timezone.now())

    ring_for_due_letters()

    sent.refresh_from_db()
    assert sent.next_try_at > timezone.now()


def test_invitation_is_sent_where_it_should(client, project, owner):
    client.force_login(owner)

    page = client.post(
        reverse("projects:invitation-add", args=[project.key]),
        {"name": "Ann", "email": "Ann@Example.org", "role": "viewer"},
    )

    sent = Letter.objects.get()
    link = re.search(r"http://testserver(/invitations/\S+/)", sent.body)
    assert sent.to == "ann@example.org"
    assert f"{owner} invites you to work on “{project}”" in sent.body
    assert client.get(link[1]).status_code == 200
    assert "This site has no mail server" in page.content.decode()


def test_letter_is_written_as_text_not_as_html(project, owner):
    project.name = "R&D <b>"

    invitations.invite(
        project, name="Ann", role="viewer", actor=owner, email="a@example.org"
    )

    assert "R&D <b>" in Letter.objects.get().body


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_gone_letter_is_no_error(caplog):
    post_letter(10**9, 0)

    assert outbox.outbox == []
    assert "is gone" in caplog.text
