"""Tells webhooks that another version serves."""

from __future__ import annotations

from projects.choices import WebhookEvent
from projects.webhooks import announce, listeners, untold
from registry.models import Activation


def announce_activations() -> None:
    """Announce each line of the ledger to whoever wants to know."""
    event = WebhookEvent.VERSION_ACTIVATED
    for webhook in listeners(event):
        lines = Activation.objects.filter(model__project=webhook.project_id)
        lines = lines.select_related("model__project", "actor")
        for line in untold(webhook, event, lines, "created_at"):
            announce(webhook, event, line.pk, told_of(line))


def told_of(line: Activation) -> dict[str, object]:
    model = line.model
    return {
        "model": model.name,
        "version": line.version_name,
        "previous_version": line.previous_name or None,
        "kind": line.kind,
        "reason": line.reason,
        "actor": line.actor.username if line.actor else None,
        "address": f"/api/projects/{model.project.key}/models/{model.name}/active/",
    }
