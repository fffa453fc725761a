"""Letters: written here, sent by a worker, tried again while the server is away.

Nobody who asks for one waits for a mail server, or learns from the time it takes
whether there is an account. What a letter said is forgotten once it is sent: links in
it open things.
"""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone

from datamine.queue import enqueue
from projects.choices import DeliveryStatus
from projects.models import Letter

#: Seconds after each try that failed; after the last nobody tries again.
PAUSES = (10, 60, 600, 3600)
KEPT = timedelta(days=30)
MANY = 100
#: For a bell to be heard before it is rung again.
HEARD = timedelta(seconds=60)
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def leaves_the_site() -> bool:
    """Whether letters go to a mail server; without one they become files or lines."""
    return bool(settings.EMAIL_BACKEND == SMTP)


def written(template: str, context: dict[str, object]) -> str:
    """Return a letter's text; it is no page, so nothing in it is escaped."""
    found: Any = get_template(template)
    return str(found.template.render(Context(context, autoescape=False)))


@transaction.atomic
def send_letter(to: str, *, subject: str, body: str) -> Letter:
    """Write a letter and ring for it."""
    letter = Letter.objects.create(
        to=to,
        subject=" ".join(subject.split())[:200],
        body=body,
        next_try_at=timezone.now(),
    )
    ring_for_letter(letter)
    return letter


def ring_for_letter(letter: Letter) -> None:
    """Ask a worker to try, once: whoever moves the time on rings."""
    due = Letter.objects.filter(
        pk=letter.pk, status=DeliveryStatus.PENDING, next_try_at=letter.next_try_at
    )
    with transaction.atomic():
        if due.update(next_try_at=timezone.now() + HEARD):
            enqueue(
                "projects.tasks.post_letter", letter.pk, letter.attempts, cluster="fast"
            )


def ring_for_due_letters() -> None:
    """Ring for what waits for its next try."""
    waiting = Letter.objects.filter(
        status=DeliveryStatus.PENDING, next_try_at__lte=timezone.now()
    )
    for letter in waiting.order_by("next_try_at")[:MANY]:
        ring_for_letter(letter)


def forget_letters() -> None:
    """Remove what has been in the log for a month."""
    Letter.objects.filter(created_at__lt=timezone.now() - KEPT).delete()


def try_letter(letter: Letter, attempt: int) -> None:
    """Make one try and write down how it went; a second bell for it does nothing."""
    pause = PAUSES[min(attempt, len(PAUSES) - 1)]
    claimed = Letter.objects.filter(
        pk=letter.pk, attempts=attempt, status=DeliveryStatus.PENDING
    ).update(
        attempts=attempt + 1, next_try_at=timezone.now() + timedelta(seconds=pause)
    )
    if not claimed:
        return
    error = posted(letter)
    values: dict[str, object] = {"error": error[:500]}
    if not error:
        values |= {"status": DeliveryStatus.DELIVERED, "next_try_at": None, "body": ""}
    elif attempt >= len(PAUSES):
        values |= {"status": DeliveryStatus.FAILED, "next_try_at": None, "body": ""}
    Letter.objects.filter(pk=letter.pk).update(**values)


def posted(letter: Letter) -> str:
    """Hand a letter to the mail server; return what is wrong, empty if nothing."""
    try:
        EmailMessage(letter.subject, letter.body, to=[letter.to]).send()
    except (SMTPException, OSError) as error:
        return str(error) or type(error).__name__
    return ""
