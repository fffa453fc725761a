"""The rows of the site itself: which workers live, and bundles on their way."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from datamine.choices import BundleStatus
from datamine.leases import LeasedJob
from datamine.querysets import (
    BundleImportQuerySet,
    BundleQuerySet,
    WorkerQuerySet,
)

#: The folder of the storage for bundles on their way, out and in.
BUNDLES = "bundles"


class Worker(models.Model):
    """A running worker command, made and kept fresh by its main process."""

    name = models.CharField(max_length=100, unique=True)
    clusters = models.CharField(max_length=100)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BundleExport(LeasedJob):
    """A project that becomes a file; an owner asks for it, and it is kept for a day."""

    RUNNING = BundleStatus.RUNNING
    DONE = BundleStatus.COMPLETED
    CLUSTER = "fast"
    WORK = "datamine.operations.bundling:export_in_child"

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="+"
    )
    status = models.CharField(
        max_length=10, choices=BundleStatus, default=BundleStatus.PENDING
    )
    bundle = models.CharField(max_length=200, blank=True, help_text="Key of the file.")
    bundle_sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = BundleQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=BundleStatus.values),
                name="site_export_status",
            )
        ]

    def __str__(self) -> str:
        return f"Export of {self.project}"

    def get_absolute_url(self) -> str:
        return reverse("bundle", args=[self.project.key])

    def stored_files(self) -> list[tuple[str, str]]:
        return [(self.bundle, self.bundle_sha256)]

    def bundle_key(self, token: int) -> str:
        """Where the attempt with this token keeps its file: no two share a key."""
        return f"{BUNDLES}/{self.project_id}/{self.pk}-{token}.tar"


class BundleImport(LeasedJob):
    """A bundle that becomes a project of whoever sent it; told for a day."""

    RUNNING = BundleStatus.RUNNING
    DONE = BundleStatus.COMPLETED
    CLUSTER = "fast"
    WORK = "datamine.operations.bundling:import_in_child"

    status = models.CharField(
        max_length=10, choices=BundleStatus, default=BundleStatus.PENDING
    )
    filename = models.CharField(max_length=255)
    name = models.CharField(
        max_length=120, blank=True, help_text="Instead of the project's own."
    )
    upload = models.CharField(max_length=200, help_text="Key of what was sent.")
    upload_sha256 = models.CharField(max_length=64)
    project = models.ForeignKey(
        "projects.Project", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    trained = models.PositiveIntegerField(
        default=0, help_text="Trained models that came along."
    )
    untrusted = models.PositiveIntegerField(
        default=0,
        help_text="Of them, those not opened before an administrator trusts them.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )

    objects = BundleImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=BundleStatus.values),
                name="site_import_status",
            )
        ]

    def __str__(self) -> str:
        return f"Import of {self.filename}"

    def get_absolute_url(self) -> str:
        return reverse("bundle-arriving", args=[self.pk])

    def working_files(self) -> list[str]:
        return [self.upload]
