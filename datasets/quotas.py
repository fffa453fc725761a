"""How much of the disk a project uses and may use, and what is said at the limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q, Sum

from datasets.exceptions import QuotaError
from datasets.models import Dataset, Quota, SiteLimits, Upload
from projects.activities import record_activity
from projects.models import Project

if TYPE_CHECKING:
    from projects.models import User

MEGABYTE = 1_000_000  # as pages write sizes


@dataclass(frozen=True)
class Room:
    """What a project uses of what it may: bytes and datasets; a limit of 0 is none."""

    used: int
    trash: int
    datasets: int
    most: int
    most_datasets: int


def room_of(project: Project) -> Room:
    """Return the room of a project: all its datasets, and uploads that wait."""
    rows = Dataset.everything.filter(project=project).with_disk_use()
    found = rows.aggregate(
        used=Sum("disk_use"),
        trash=Sum("disk_use", filter=Q(trashed_at__isnull=False)),
        datasets=Count("pk", filter=Q(trashed_at=None)),
    )
    uploads = Upload.objects.filter(project=project).aggregate(size=Sum("size"))
    most, most_datasets = limits_of(project)
    return Room(
        used=(found["used"] or 0) + (uploads["size"] or 0),
        trash=found["trash"] or 0,
        datasets=found["datasets"],
        most=most,
        most_datasets=most_datasets,
    )


def limits_of(project: Project) -> tuple[int, int]:
    """Return the most bytes and datasets: the project's own limits, else the site's."""
    own = Quota.objects.filter(project=project).first() or Quota()
    site = SiteLimits.objects.current()
    return (
        site.project_bytes if own.max_bytes is None else own.max_bytes,
        site.project_datasets if own.max_datasets is None else own.max_datasets,
    )


def require_room(project: Project, size: int = 1) -> None:
    """Raise `QuotaError` where so many more bytes do not fit into a project."""
    most, _ = limits_of(project)
    if not most:
        return
    room = room_of(project)
    if room.used + size > most:
        raise QuotaError(
            f"“{project.name}” may use {megabytes(most)} of the disk and uses "
            f"{megabytes(room.used)}, {megabytes(room.trash)} of it in the trash: "
            f"{megabytes(size)} more do not fit. Delete datasets for good, or ask the "
            "operator for more room."
        )


def require_place(project: Project, more: int = 1) -> None:
    """Raise `QuotaError` where a project may not have so many more datasets."""
    _, most = limits_of(project)
    if most and project.datasets.count() + more > most:
        noun = "dataset" if most == 1 else "datasets"
        raise QuotaError(
            f"“{project.name}” may have {most} {noun} and has no place left. Throw one "
            "away, or ask the operator for more."
        )


def locked_project(project: Project) -> Project:
    """Keep others from filling a project until the transaction ends."""
    return Project.objects.select_for_update().get(pk=project.pk)


def megabytes(size: int) -> str:
    return f"{max(size / MEGABYTE, 0.1):,.1f} MB" if size else "0 MB"


@transaction.atomic
def set_quota(
    project: Project,
    *,
    max_bytes: int | None,
    max_datasets: int | None,
    actor: User,
) -> Quota:
    """Give a project limits of its own; None stands for the site's, 0 for none."""
    quota, _ = Quota.objects.update_or_create(
        project=project,
        defaults={"max_bytes": max_bytes, "max_datasets": max_datasets},
    )
    record_activity(
        actor, quota, "changed", max_bytes=max_bytes, max_datasets=max_datasets
    )
    return quota


@transaction.atomic
def remove_quota(quota: Quota, *, actor: User) -> None:
    """Let the site's limits hold for a project again."""
    record_activity(actor, quota, "removed")
    quota.delete()
