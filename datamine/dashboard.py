"""What the administration's first page shows: work, workers, the queue, the disk."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, JSONField, Min, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django_q.models import OrmQ

from datamine import env
from datamine.leases import LeasedJob, job_models
from datamine.models import Worker
from datamine.speech import spoken
from datamine.templatetags.display import ago, number, size
from datasets.choices import ProcessingStatus
from datasets.models import DatasetVersion
from datasets.querysets import disk_use_of
from experiments.choices import SessionStatus
from experiments.models import TrainingSession
from projects.models import Project, User
from registry.models import Retraining

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.models import Model, QuerySet
    from django.http import HttpRequest

WORKERS = 20
ERRORS = 10
DAY = timedelta(days=1)
PROJECTS = 10


def add_dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the figures; counts of projects' rows are of what the person may see."""
    sessions = TrainingSession.objects.visible_to(request.user)
    versions = DatasetVersion.objects.visible_to(request.user)
    context.update(
        tiles=tiles(request, counts(sessions), counts(versions)),
        workers=worker_table(),
        queue=queue_table(),
        errors=error_table(request),
        disk=disk_table(request),
        kept_inputs=kept_inputs(),
    )
    return context


def counts(rows: QuerySet[Any]) -> dict[str, int]:
    found = rows.order_by().values("status").annotate(count=Count("pk"))
    return {row["status"]: row["count"] for row in found}


def tiles(
    request: HttpRequest, sessions: dict[str, int], versions: dict[str, int]
) -> list[dict[str, str]]:
    """Return what stands in the row of figures: title, value, remark."""
    disk = shutil.disk_usage(env.HOME)
    work = versions.get(ProcessingStatus.PENDING, 0)
    work += versions.get(ProcessingStatus.PROCESSING, 0)
    return [
        tile(_("Sessions training"), sessions.get(SessionStatus.TRAINING, 0)),
        tile(_("Sessions waiting"), sessions.get(SessionStatus.PENDING, 0)),
        tile(_("Sessions failed"), sessions.get(SessionStatus.FAILED, 0), _("ever")),
        tile(_("Imports and steps at work"), work),
        tile(_("Projects"), Project.objects.visible_to(request.user).count()),
        tile(_("People"), User.objects.filter(is_active=True).count()),
        {
            "title": _("Disk free"),
            "value": size(disk.free),
            "remark": _("of %(size)s") % {"size": size(disk.total)},
        },
    ]


def tile(title: str, value: int, remark: str = "") -> dict[str, str]:
    return {"title": title, "value": number(value), "remark": remark}


def worker_table() -> dict[str, list[Any]]:
    rows = [
        [worker.name, worker.clusters, ago(worker.started_at), ago(worker.seen_at)]
        for worker in Worker.objects.order_by("-seen_at")[:WORKERS]
    ]
    headers = [_("Worker"), _("Clusters"), _("Started"), _("Last seen")]
    return {"headers": headers, "rows": rows}


def queue_table() -> dict[str, list[Any]]:
    """Return how many bells wait in each cluster, and since when the oldest."""
    waiting = (
        OrmQ.objects.order_by()
        .values("key")
        .annotate(count=Count("pk"), oldest=Min("lock"))
        .order_by("key")
    )
    rows = [[row["key"], number(row["count"]), ago(row["oldest"])] for row in waiting]
    return {"headers": [_("Cluster"), _("Waiting"), _("Oldest")], "rows": rows}


def error_table(request: HttpRequest) -> dict[str, list[Any]]:
    """Return what failed within a day, of what the person may see, newest first."""
    kinds: tuple[Any, ...] = (*job_models(), Retraining)
    found = [row for kind in kinds for row in failed_rows(kind, request)]
    found.sort(key=lambda row: row.completed_at, reverse=True)
    rows = [
        [
            format_html('<a href="{}">{}</a>', change_page(row), str(row)[:80]),
            spoken(row.error_message)[:200],
            ago(row.completed_at),
        ]
        for row in found[:ERRORS]
    ]
    return {"headers": [_("What failed"), _("Why"), _("When")], "rows": rows}


def failed_rows(kind: Any, request: HttpRequest) -> QuerySet[Any]:
    """Return the newest rows of a kind that failed, without what is long in them."""
    since = timezone.now() - DAY
    visible = kind._default_manager.visible_to(request.user)
    named = visible.project_path.rpartition("__")[0] or visible.project_path
    long = [
        field.name
        for field in kind._meta.fields
        if field.name == "log" or isinstance(field, JSONField)
    ]
    failed = visible.filter(status=LeasedJob.FAILED, completed_at__gte=since)
    rows: QuerySet[Any] = failed.select_related(named).defer(*long)
    return rows.order_by("-completed_at")[:ERRORS]


def change_page(row: Model) -> str:
    """Return where the administration shows a row."""
    name = f"{row._meta.app_label}_{row._meta.model_name}"
    return reverse(f"admin:{name}_change", args=[row.pk])


def kept_inputs() -> dict[str, str | int]:
    """Return how many inputs of networks this machine keeps, and their size."""
    sizes = [bytes_of(path) for path in settings.INPUTS_DIR.glob("*")]
    return {"count": len(sizes), "size": size(sum(sizes))}


def bytes_of(path: Path) -> int:
    """Return how large a file is; 0 for one that a worker removes at this moment."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def disk_table(request: HttpRequest) -> dict[str, list[Any]]:
    """Return what projects use of the disk for tables, those that use most first."""
    projects = Project.objects.visible_to(request.user).annotate(
        used=disk_use_of(OuterRef("pk"))
    )
    rows = [[p.name, size(p.used)] for p in projects.order_by("-used", "pk")[:PROJECTS]]
    return {"headers": [_("Project"), _("Files and versions")], "rows": rows}
