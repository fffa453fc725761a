"""Tables of a project and the immutable tree of their versions."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from datamine.leases import LeasedJob
from datasets.choices import SYNTHETIC, ProcessingStatus
from datasets.querysets import (
    DatasetManager,
    DatasetQuerySet,
    DatasetVersionQuerySet,
    QuotaQuerySet,
    RecipeQuerySet,
    SiteLimitsQuerySet,
    TagQuerySet,
    UploadQuerySet,
    VisualizationQuerySet,
)
from datasets.recipes import StepSpec
from datasets.tables import Schema
from projects.models import Project


class Quota(models.Model):
    """Limits of one project that differ from the site's; operators set them."""

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, related_name="quota"
    )
    max_bytes = models.PositiveBigIntegerField(
        "bytes on disk",
        null=True,
        blank=True,
        help_text="Of files and versions. 0: no limit; empty: as the site says.",
    )
    max_datasets = models.PositiveIntegerField(
        "datasets",
        null=True,
        blank=True,
        help_text="0: no limit; empty: as the site says.",
    )

    objects = QuotaQuerySet.as_manager()

    class Meta:
        ordering = ["project__name", "pk"]

    def __str__(self) -> str:
        return f"quota of {self.project}"


class SiteLimits(models.Model):
    """Limits of the whole site, one row at most; staff set it.

    What it leaves open is as the environment says, which a file never exceeds.
    """

    upload_mb = models.PositiveIntegerField(
        "MB a file may have",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Never more than the server takes (DATAMINE_UPLOAD_MB).",
    )
    project_mb = models.PositiveIntegerField(
        "MB a project may use",
        null=True,
        blank=True,
        help_text="0: no limit; empty: as the environment says.",
    )
    project_datasets = models.PositiveIntegerField(
        "datasets a project may have",
        null=True,
        blank=True,
        help_text="0: no limit; empty: as the environment says.",
    )
    trash_days = models.PositiveIntegerField(
        "days in the trash",
        null=True,
        blank=True,
        validators=[MaxValueValidator(36_500)],
        help_text="Then datasets are gone for good; empty: as the environment says.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = SiteLimitsQuerySet.as_manager()

    class Meta:
        verbose_name = "limits of the site"
        verbose_name_plural = "limits of the site"
        ordering = ["pk"]

    def __str__(self) -> str:
        return "Limits of the site"


class Upload(models.Model):
    """A file received but not yet imported; it becomes a dataset or is swept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="uploads"
    )
    filename = models.CharField(max_length=255, help_text="As uploaded; a label.")
    key = models.CharField(max_length=200, help_text="Key of the received bytes.")
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("datasets:review", args=[self.pk])


class Dataset(models.Model):
    """A table a team uploaded; `active_version` points into its tree of versions.

    One in the trash is in `everything` only, until it is put back or purged.
    """

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="datasets"
    )
    name = models.CharField(max_length=200)
    description = models.TextField(max_length=2000, blank=True)
    filename = models.CharField(max_length=255, help_text="As uploaded; a label.")
    upload = models.CharField(max_length=200, help_text="Key of the uploaded bytes.")
    file_format = models.CharField(max_length=20)
    file_size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64, help_text="Of the uploaded bytes.")
    active_version = models.ForeignKey(
        "DatasetVersion",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    trashed_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when it is in the trash."
    )

    objects = DatasetManager()
    everything = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"],
                condition=models.Q(trashed_at__isnull=True),
                name="datasets_dataset_name",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("datasets:detail", args=[self.pk])

    @property
    def is_synthetic(self) -> bool:
        return self.file_format == SYNTHETIC


class Tag(models.Model):
    """One word by which people find a dataset; written by `services.set_tags`."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=50)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "name"], name="datasets_tag_once"
            )
        ]
        indexes = [models.Index(fields=["name"], name="datasets_tag_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def project(self) -> Project:
        return self.dataset.project


class DatasetVersion(LeasedJob):
    """One state of a dataset, made by the import or by steps, never changed after.

    While `status` is pending or processing the row is also the job that makes it.
    """

    Status = ProcessingStatus
    RUNNING = ProcessingStatus.PROCESSING
    DONE = ProcessingStatus.READY
    CLUSTER = "fast"
    WORK = "datasets.imports:make_version"
    IMPORTS = ("datasets.imports", "polars")

    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="versions"
    )
    number = models.PositiveIntegerField()
    parent = models.ForeignKey(
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="children",
    )
    description = models.CharField(max_length=255, blank=True)
    status = models.CharField(
        max_length=10, choices=ProcessingStatus, default=ProcessingStatus.PENDING
    )
    dialect = models.JSONField(
        default=dict, blank=True, help_text="How an import was read."
    )
    steps = models.JSONField(
        default=list, blank=True, help_text="Steps applied to the parent, with state."
    )
    problems = models.JSONField(
        default=list, blank=True, help_text="Bad records of the import, at most 100."
    )
    notices = models.JSONField(default=list, blank=True)
    questions = models.JSONField(
        default=list, blank=True, help_text="What the owner of the file may answer."
    )
    data = models.CharField(max_length=200, blank=True, help_text="Key of the Parquet.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the content.")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes stored.")
    memory_usage = models.PositiveBigIntegerField(
        default=0, help_text="Bytes of the table when it is not compressed."
    )
    columns = models.JSONField(default=list, blank=True, help_text="id, name, type, …")
    rows_count = models.PositiveBigIntegerField(default=0)
    columns_count = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveBigIntegerField(default=0)
    cells_changed = models.PositiveBigIntegerField(default=0)
    profile = models.JSONField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )

    objects = DatasetVersionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "number"], name="datasets_version_number"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ProcessingStatus.values),
                name="datasets_version_status",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="ready") | ~models.Q(data=""),
                name="datasets_version_ready_has_data",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_expires_at"],
                condition=models.Q(status="processing"),
                name="datasets_version_leases",
            )
        ]

    def __str__(self) -> str:
        return f"{self.dataset}, version {self.number}"

    def get_absolute_url(self) -> str:
        return f"{self.dataset.get_absolute_url()}?version={self.number}"

    @property
    def project(self) -> Project:
        return self.dataset.project

    @property
    def is_import(self) -> bool:
        return self.parent_id is None

    @property
    def is_ready(self) -> bool:
        return self.status == ProcessingStatus.READY

    def stored_files(self) -> list[tuple[str, str]]:
        return [(self.data, self.sha256)]

    @property
    def schema(self) -> Schema:
        return Schema.from_json(self.columns)

    @property
    def specs(self) -> list[StepSpec]:
        """The steps that made it, without what they learned."""
        return specs_of(self.steps)


class Visualization(models.Model):
    """A chart somebody set up and kept, for themselves or for the whole project.

    It is drawn anew of the active version each time it is opened.
    """

    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="visualizations"
    )
    name = models.CharField(max_length=200)
    chart_type = models.CharField(max_length=50)
    chart_config = models.JSONField(
        default=dict, blank=True, help_text="Its parameters; columns by name."
    )
    is_shared = models.BooleanField(
        "show it to the whole project", default=False, help_text="Else only you see it."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VisualizationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('datasets:charts', args=[self.dataset_id])}?saved={self.pk}"

    @property
    def project(self) -> Project:
        return self.dataset.project


class Recipe(models.Model):
    """Steps saved under a name, for other tables and other days; never changed."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="recipes"
    )
    name = models.CharField(max_length=200)
    steps = models.JSONField(help_text="What is done, without what was learned.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RecipeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="datasets_recipe_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("datasets:recipe", args=[self.pk])

    @property
    def specs(self) -> list[StepSpec]:
        return specs_of(self.steps)


def specs_of(steps: list[dict[str, Any]]) -> list[StepSpec]:
    """Return stored steps as somebody wanted them."""
    wanted = StepSpec.model_fields
    return [StepSpec(**{name: step[name] for name in wanted}) for step in steps]
