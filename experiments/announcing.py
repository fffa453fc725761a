"""Tells webhooks, and the people who started them, that sessions have ended."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from experiments.choices import SessionStatus
from experiments.models import TrainingSession
from projects.choices import NoticeEvent, WebhookEvent
from projects.models import Notice
from projects.notices import notify
from projects.webhooks import FRESH, MANY, announce, listeners, untold

ENDS = (SessionStatus.COMPLETED, SessionStatus.FAILED, SessionStatus.CANCELLED)


def announce_ended_sessions() -> None:
    """Announce each session that ended, however it did, to whoever wants to know."""
    event = WebhookEvent.SESSION_ENDED
    for webhook in listeners(event):
        ended = TrainingSession.objects.filter(
            experiment__project=webhook.project_id, status__in=ENDS
        )
        ended = ended.select_related("experiment").defer("plan", "log", "history")
        for session in untold(webhook, event, ended, "completed_at"):
            announce(webhook, event, session.pk, told_of(session))


def notify_of_ended_sessions() -> None:
    """Tell whoever started a session that it has ended, if they want to be told.

    Not of one that was cancelled: that was a person's own doing.
    """
    event = NoticeEvent.SESSION_ENDED
    ended = TrainingSession.objects.filter(
        Q(created_by__notify_in_pages=True) | Q(created_by__notify_by_mail=True),
        status__in=(SessionStatus.COMPLETED, SessionStatus.FAILED),
        completed_at__gte=timezone.now() - FRESH,
        created_by__is_active=True,
    )
    told = Notice.objects.filter(event=event).values("subject")
    rows = ended.exclude(pk__in=told).select_related(
        "created_by", "experiment__project"
    )
    for session in rows.defer("plan", "log", "history")[:MANY]:
        notify(
            session.created_by,
            session.experiment.project,
            event=event,
            subject=session.pk,
            details={
                "name": session.experiment.name,
                "number": session.number,
                "status": session.status,
                "error": session.error_message or "",
            },
            address=page_of(session),
        )


def page_of(session: TrainingSession) -> str:
    """Return a session's page, written out: workers load no pages to ask for it."""
    return f"/experiments/{session.experiment_id}/sessions/{session.number}/"


def told_of(session: TrainingSession) -> dict[str, object]:
    completed = session.status == SessionStatus.COMPLETED
    return {
        "session": session.pk,
        "experiment": session.experiment_id,
        "name": session.experiment.name,
        "status": session.status,
        "metrics": session.experiment.headline if completed else {},
        "error_message": session.error_message,
        "address": f"/api/sessions/{session.pk}/",
    }
