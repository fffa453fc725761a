"""Is the process alive, and can the site do its work? For probes and for people."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_q.models import OrmQ

from datamine.leases import from_now
from datamine.models import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

FRESH = timedelta(seconds=30)  # a worker says every few seconds that it is alive
LATE = timedelta(minutes=15)  # a message nobody takes although workers are there


class Unready(Exception):
    """A part of the site cannot do its work now."""


@never_cache
@require_safe
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer as long as the web process lives."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 503 while a part cannot work; which, and why, is told to staff only."""
    parts = look_at_parts()
    ready = all(reason == "ok" for reason in parts.values())
    answer: dict[str, object] = {"status": "ready" if ready else "not ready"}
    if parts["database"] == "ok" and request.user.is_staff:
        answer["parts"] = parts
    return JsonResponse(answer, status=200 if ready else 503)


def look_at_parts() -> dict[str, str]:
    """Return "ok" or the reason for each part the site stands on."""
    parts = {"database": outcome(check_database)}
    if parts["database"] != "ok":
        return parts
    for name, check in CHECKS.items():
        parts[name] = outcome(check)
    return parts


def outcome(check: Callable[[], None]) -> str:
    try:
        check()
    except Unready as reason:
        return str(reason)
    except (DatabaseError, OSError) as error:
        return f"{type(error).__name__}."
    return "ok"


def check_database() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unready("Migrations are missing; run `manage.py migrate`.")


def check_storage() -> None:
    """Write a few bytes, read them back, remove them."""
    name = default_storage.save(f"health/{uuid.uuid4()}", ContentFile(b"ok"))
    try:
        with default_storage.open(name) as file:
            if file.read() != b"ok":
                raise Unready("The storage returns other bytes than were written.")
    finally:
        default_storage.delete(name)


def check_workers() -> None:
    alive = Worker.objects.filter(seen_at__gt=from_now(-FRESH))
    served = {name for row in alive for name in row.clusters.split()}
    missing = {"fast", "train"} - served
    if missing:
        raise Unready(f"No worker serves {', '.join(sorted(missing))}.")


def check_queue() -> None:
    """A message stays due while every worker is busy, but not with one to spare."""
    late = OrmQ.objects.filter(lock__lt=timezone.now() - LATE, key="fast")
    if late.exists():
        raise Unready("Messages of the queue wait too long.")


CHECKS: dict[str, Callable[[], None]] = {
    "storage": check_storage,
    "workers": check_workers,
    "queue": check_queue,
}
