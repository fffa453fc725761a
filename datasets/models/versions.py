"""The immutable tree of a dataset's versions."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from datamine.leases import LeasedJob
from datasets.choices import ProcessingStatus
from datasets.models.datasets import Dataset
from datasets.models.recipes import specs_of
from datasets.querysets import DatasetVersionQuerySet
from datasets.recipes import StepSpec
from datasets.tables import Schema
from projects.models import Project


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
