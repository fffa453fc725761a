"""Tells webhooks that sessions have ended."""

from __future__ import annotations

from experiments.choices import SessionStatus
from experiments.models import TrainingSession
from projects.choices import WebhookEvent
from projects.webhooks import announce, listeners, untold

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
