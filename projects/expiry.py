"""What ends by itself, and is of no use to anybody afterwards."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from projects.models import RememberedAnswer

#: How long an answer to a call with an `Idempotency-Key` is remembered.
ANSWERS_KEPT = timedelta(days=1)


def forget_what_expired() -> None:
    """Remove sign-ins that have run out, and answers that nobody may ask for again."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    RememberedAnswer.objects.filter(created_at__lt=now - ANSWERS_KEPT).delete()
