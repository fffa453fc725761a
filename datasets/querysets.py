"""What a person may see of datasets and their versions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.conf import settings
from django.db.models import (
    Count,
    Exists,
    F,
    Manager,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from projects.querysets import VisibleQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models.expressions import CombinedExpression

    from projects.models import Project, User

#: What a version holds that lists never show; one of 10 000 columns is megabytes.
HEAVY = (
    *("dialect", "steps", "problems", "notices", "questions", "columns", "profile"),
    "log",
)


class UploadQuerySet(VisibleQuerySet):
    pass


class RecipeQuerySet(VisibleQuerySet):
    pass


class DatasetQuerySet(VisibleQuerySet):
    def with_state(self) -> Self:
        """Add the project, the tags, the active version without its heavy parts, the
        number of versions, the use of the disk, and how the making of the newest
        version stands.
        """
        versions = newest_first()
        return (
            self.with_disk_use()
            .select_related("project", "active_version", "created_by")
            .prefetch_related("tags")
            .defer(*(f"active_version__{name}" for name in HEAVY))
            .annotate(
                newest_status=Subquery(versions.values("status")[:1]),
                newest_error=Subquery(versions.values("error_message")[:1]),
                newest_progress=Subquery(versions.values("progress")[:1]),
                versions_count=Coalesce(
                    Subquery(
                        versions.order_by()
                        .values("dataset")
                        .annotate(total=Count("pk"))
                        .values("total")
                    ),
                    0,
                ),
            )
        )

    def with_disk_use(self) -> Self:
        """Add `disk_use`: bytes of the uploaded file and of all versions.

        Versions with equal tables share one file, which counts once.
        """
        versions = apps.get_model("datasets", "DatasetVersion")._base_manager
        twin = versions.filter(
            dataset=OuterRef("dataset"),
            data=OuterRef("data"),
            number__lt=OuterRef("number"),
        )
        files = versions.filter(~Exists(twin), dataset=OuterRef("pk")).exclude(data="")
        total = files.order_by().values("dataset").annotate(total=Sum("size"))
        return self.annotate(
            disk_use=F("file_size") + Coalesce(Subquery(total.values("total")), 0)
        )

    def in_trash(self) -> Self:
        return self.filter(trashed_at__isnull=False)


_Manager = Manager.from_queryset(DatasetQuerySet)


class DatasetManager(_Manager[Any]):
    """Datasets that are not in the trash: what everybody means by datasets."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(trashed_at=None)


class PartOfDatasetQuerySet(VisibleQuerySet):
    """Rows of a dataset; those of one in the trash are seen by nobody."""

    project_path = "dataset__project"

    def visible_to(self, user: User | AnonymousUser | None) -> Self:
        return super().visible_to(user).filter(dataset__trashed_at=None)


class TagQuerySet(PartOfDatasetQuerySet):
    def names_in(self, project: Project) -> list[str]:
        """Return every tag that a dataset of the project has, each once."""
        rows = self.filter(dataset__project=project, dataset__trashed_at=None)
        return list(rows.order_by("name").values_list("name", flat=True).distinct())


class QuotaQuerySet(VisibleQuerySet):
    def with_use(self) -> Self:
        """Add `used`, bytes on disk, and `datasets_count`, of each project."""
        datasets = apps.get_model("datasets", "Dataset").objects
        rows = datasets.filter(project=OuterRef("project")).order_by().values("project")
        count = rows.annotate(total=Count("pk")).values("total")
        return self.annotate(
            used=disk_use_of(OuterRef("project")),
            datasets_count=Coalesce(Subquery(count), 0),
        )


class DatasetVersionQuerySet(PartOfDatasetQuerySet):
    def light(self) -> Self:
        """Leave out what only the page of one version shows."""
        return self.defer("problems", "questions", "columns", "profile", "log")

    def ready_in(self, project: Project) -> Self:
        """Return what a project can learn from, newest of each dataset first."""
        ready = self.light().filter(
            dataset__project=project, dataset__trashed_at=None, status="ready"
        )
        return ready.select_related("dataset").order_by("dataset__name", "-number")


class VisualizationQuerySet(PartOfDatasetQuerySet):
    def visible_to(self, user: User | AnonymousUser | None) -> Self:
        """Of the projects one sees: those for the project, and one's own."""
        found = super().visible_to(user)
        if user is not None and user.is_superuser:
            return found
        return found.filter(Q(is_shared=True) | Q(created_by=user))


def newest_first() -> QuerySet[Any]:
    """Return the versions of an outer dataset, the newest first."""
    model = apps.get_model("datasets", "DatasetVersion")
    return model._base_manager.filter(dataset=OuterRef("pk")).order_by("-number")


def disk_use_of(project: OuterRef) -> CombinedExpression:
    """Return the bytes of all files and versions of an outer project, and uploads."""
    datasets = apps.get_model("datasets", "Dataset").everything
    rows = datasets.filter(project=project).with_disk_use()
    kept = rows.order_by().values("project").annotate(total=Sum("disk_use"))
    uploads = apps.get_model("datasets", "Upload").objects.filter(project=project)
    waiting = uploads.order_by().values("project").annotate(total=Sum("size"))
    return Coalesce(Subquery(kept.values("total")), 0) + Coalesce(
        Subquery(waiting.values("total")), 0
    )


class SiteLimitsQuerySet(QuerySet[Any]):
    """What staff set for the whole site."""

    def current(self) -> Any:
        """Return the limits that hold: the environment's, or what staff set."""
        limits, row = settings.LIMITS, self.first()
        if row is None:
            return limits
        megabyte = 1024**2
        said = {
            "project_bytes": None
            if row.project_mb is None
            else row.project_mb * megabyte,
            "project_datasets": row.project_datasets,
            "trash_days": row.trash_days,
        }
        if row.upload_mb is not None:
            said["upload_bytes"] = min(limits.upload_bytes, row.upload_mb * megabyte)
        own = {name: value for name, value in said.items() if value is not None}
        return replace(limits, **own)
