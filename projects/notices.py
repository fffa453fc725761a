"""Notices: what one person is told on the pages, and by e-mail if they want to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from projects.mail import send_letter, written
from projects.models import Notice

if TYPE_CHECKING:
    from projects.choices import NoticeEvent
    from projects.models import Project, User

KEPT = timedelta(days=30)


@transaction.atomic
def notify(
    user: User,
    project: Project,
    *,
    event: NoticeEvent,
    subject: int,
    details: dict[str, Any],
    address: str,
) -> Notice:
    """Tell a person something once, in the ways they want to be told."""
    notice, is_new = Notice.objects.get_or_create(
        user=user,
        event=event,
        subject=subject,
        defaults={
            "project": project,
            "details": details,
            "address": address,
            "read_at": None if user.notify_in_pages else timezone.now(),
        },
    )
    if is_new and user.notify_by_mail:
        context = {"notice": notice, "project": project, "site": settings.SITE_ADDRESS}
        with translation.override(user.language or settings.LANGUAGE_CODE):
            send_letter(
                user.email,
                subject=_("A session of %(name)s has ended")
                % {"name": details["name"]},
                body=written("letters/session_ended.txt", context),
            )
    return notice


def mark_read(user: User) -> int:
    """Take everything a person was told as read; return how much that was."""
    return user.notices.filter(read_at=None).update(read_at=timezone.now())


def forget_notices() -> None:
    """Remove what was told a month ago."""
    Notice.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
