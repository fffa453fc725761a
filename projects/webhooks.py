"""Webhooks: who is told what has happened in a project, and whether it arrived.

What has happened stands in the rows of the apps; the workers' reaper asks them what
nobody was told of yet. So a delivery is made exactly once for each end of a session
and each activation, however they came about and whatever broke down in between.
"""

from __future__ import annotations

import hmac
import json
import time
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from datamine.queue import enqueue
from projects.activities import record_activity
from projects.choices import DeliveryStatus, WebhookEvent
from projects.exceptions import UnfitAddressError, WebhooksOffError
from projects.models import Delivery, Webhook
from projects.outbound import OutboundError, Rules, post, target_of

if TYPE_CHECKING:
    from projects.models import Project, User

#: Seconds after each try that failed; after the last nobody tries again.
PAUSES = (10, 60, 600, 3600, 6 * 3600)
#: What happened longer ago is not told any more.
FRESH = timedelta(days=1)
KEPT = timedelta(days=30)
MOST = 10
MANY = 100
#: For a bell to be heard before it is rung again.
HEARD = timedelta(seconds=60)

SWITCHES = {
    WebhookEvent.SESSION_ENDED: "on_session_end",
    WebhookEvent.VERSION_ACTIVATED: "on_activation",
}


def rules() -> Rules:
    return Rules(tuple(settings.WEBHOOK_HOSTS), settings.WEBHOOK_PRIVATE)


def secret_of(webhook: Webhook) -> str:
    """Return what signs the deliveries of a webhook; it is not in the database."""
    return salted_hmac(
        "datamine.webhook", str(webhook.key), algorithm="sha256"
    ).hexdigest()


@transaction.atomic
def add_webhook(
    project: Project,
    *,
    url: str,
    on_session_end: bool,
    on_activation: bool,
    actor: User,
) -> Webhook:
    """Let an address be told from now on.

    Raises `WebhooksOffError` where the site has none, `UnfitAddressError` for an
    address that may not be called.
    """
    require_fit(url)
    if project.webhooks.count() >= MOST:
        raise UnfitAddressError(f"A project has {MOST} webhooks at most; remove one.")
    webhook: Webhook = project.webhooks.create(
        url=url,
        on_session_end=on_session_end,
        on_activation=on_activation,
        created_by=actor,
    )
    record_activity(actor, webhook, "added")
    return webhook


def require_fit(url: str) -> None:
    if not settings.WEBHOOK_HOSTS:
        raise WebhooksOffError(
            "Webhooks are switched off on this site; its operator can allow hosts with "
            "DATAMINE_WEBHOOK_HOSTS."
        )
    try:
        target_of(url, rules())
    except OutboundError as error:
        raise UnfitAddressError(str(error)) from error


@transaction.atomic
def change_webhook(webhook: Webhook, *, actor: User, **values: Any) -> Webhook:
    """Change the address, what is told, or whether anything is."""
    if "url" in values:
        require_fit(values["url"])
    changed = {n: value for n, value in values.items() if getattr(webhook, n) != value}
    if not changed:
        return webhook
    for name, value in changed.items():
        setattr(webhook, name, value)
    webhook.save(update_fields=list(changed))
    record_activity(actor, webhook, "changed", fields=sorted(changed))
    return webhook


@transaction.atomic
def remove_webhook(webhook: Webhook, *, actor: User) -> None:
    """Tell this address nothing any more; its log goes with it."""
    record_activity(actor, webhook, "removed")
    webhook.delete()


def send_ping(webhook: Webhook) -> Delivery:
    """Send something that says nothing, to see whether it arrives.

    Raises what `add_webhook` does: hosts may have been taken from the list since.
    """
    require_fit(webhook.url)
    return announce(webhook, WebhookEvent.PING, None, {})


def listeners(event: WebhookEvent) -> QuerySet[Webhook]:
    """Return the webhooks that want to be told of such events; none if all are off."""
    if not settings.WEBHOOK_HOSTS:
        return Webhook.objects.none()
    wanted = {SWITCHES[event]: True, "is_active": True}
    return Webhook.objects.filter(**wanted).select_related("project")


def untold(
    webhook: Webhook, event: WebhookEvent, rows: QuerySet[Any], moment: str
) -> QuerySet[Any]:
    """Return the rows a webhook was not told of; `moment` is when they came about."""
    since = max(webhook.created_at, timezone.now() - FRESH)
    told = webhook.deliveries.filter(event=event).values("subject")
    return rows.filter(**{f"{moment}__gte": since}).exclude(pk__in=told)[:MANY]


@transaction.atomic
def announce(
    webhook: Webhook, event: WebhookEvent, subject: int | None, data: dict[str, Any]
) -> Delivery:
    """Make a delivery and ring for it; of each subject there is one."""
    payload = {
        "event": event.value,
        "project": webhook.project.key,
        "created_at": timezone.now().isoformat(),
        "data": data,
    }
    fields = {"payload": payload, "next_try_at": timezone.now()}
    if subject is None:
        made = webhook.deliveries.create(event=event, **fields)
    else:
        made, _ = webhook.deliveries.get_or_create(
            event=event, subject=subject, defaults=fields
        )
    ring_for_delivery(made)
    return made


def ring_for_delivery(delivery: Delivery) -> None:
    """Ask a worker to try, once: whoever moves the time on rings."""
    due = Delivery.objects.filter(
        pk=delivery.pk,
        status=DeliveryStatus.PENDING,
        next_try_at=delivery.next_try_at,
    )
    with transaction.atomic():
        if due.update(next_try_at=timezone.now() + HEARD):
            enqueue(
                "projects.tasks.deliver",
                delivery.pk,
                delivery.attempts,
                cluster="fast",
            )


def ring_for_due_deliveries() -> None:
    """Ring for what waits for its next try."""
    if not settings.WEBHOOK_HOSTS:
        return
    waiting = Delivery.objects.filter(
        status=DeliveryStatus.PENDING, next_try_at__lte=timezone.now()
    )
    for delivery in waiting.order_by("next_try_at")[:MANY]:
        ring_for_delivery(delivery)


def forget_deliveries() -> None:
    """Remove what has been in the log for a month."""
    Delivery.objects.filter(created_at__lt=timezone.now() - KEPT).delete()


def try_delivery(delivery: Delivery, attempt: int) -> None:
    """Make one try and write down how it went; a second bell for it does nothing."""
    pause = PAUSES[min(attempt, len(PAUSES) - 1)]
    claimed = Delivery.objects.filter(
        pk=delivery.pk, attempts=attempt, status=DeliveryStatus.PENDING
    ).update(
        attempts=attempt + 1, next_try_at=timezone.now() + timedelta(seconds=pause)
    )
    if not claimed:
        return
    began = time.monotonic()
    answer, error = sent(delivery)
    said = {
        "at": timezone.now().isoformat(),
        "answer": answer,
        "error": error,
        "seconds": round(time.monotonic() - began, 3),
    }
    values: dict[str, Any] = {"tries": [*delivery.tries, said]}
    if not error:
        values |= {"status": DeliveryStatus.DELIVERED, "next_try_at": None}
    elif attempt + 1 > len(PAUSES) or not delivery.webhook.is_active:
        values |= {"status": DeliveryStatus.FAILED, "next_try_at": None}
    Delivery.objects.filter(pk=delivery.pk).update(**values)


def sent(delivery: Delivery) -> tuple[int | None, str]:
    """Send a delivery; return the status of the answer, and what is wrong with it."""
    webhook = delivery.webhook
    if not webhook.is_active:
        return None, "The webhook is switched off."
    body = json.dumps({"id": delivery.pk, **delivery.payload}).encode()
    moment = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "DataMine",
        "DataMine-Event": delivery.event,
        "DataMine-Delivery": str(delivery.pk),
        "DataMine-Signature": f"t={moment},v1={signature(webhook, moment, body)}",
    }
    try:
        answer = post(webhook.url, body, headers, rules())
    except OutboundError as error:
        return None, str(error)
    if 200 <= answer < 300:
        return answer, ""
    if 300 <= answer < 400:
        return answer, "The answer leads elsewhere, where nothing is sent."
    return answer, f"The answer was {answer}."


def signature(webhook: Webhook, moment: str, body: bytes) -> str:
    """Return HMAC-SHA256 over the time and the body, so that neither can be changed."""
    secret = secret_of(webhook).encode()
    return hmac.new(secret, moment.encode() + b"." + body, sha256).hexdigest()
