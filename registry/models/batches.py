"""Files of rows that are answered in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse

from datamine.leases import LeasedJob
from projects.models import Project
from registry.choices import BatchStatus
from registry.models.records import Record
from registry.models.registered import RegisteredModel
from registry.models.versions import ModelVersion
from registry.querysets import BatchPredictionQuerySet

if TYPE_CHECKING:
    from typing import Any

#: The folder of the storage that files of rows and their answers lie in.
BATCHES = "batches"


class BatchPrediction(LeasedJob):
    """A file of rows answered in the background by the version that served then.

    Made by an editor; while it is under way the row is also the job.
    """

    Status = BatchStatus
    RUNNING = BatchStatus.RUNNING
    DONE = BatchStatus.COMPLETED
    CLUSTER = "fast"
    WORK = "registry.batches:predict_in_child"
    IMPORTS = ("registry.batches",)

    model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, related_name="batches"
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version_name = models.CharField(max_length=20)
    status = models.CharField(
        max_length=10, choices=BatchStatus, default=BatchStatus.PENDING
    )
    filename = models.CharField(max_length=255)
    rows_file = models.CharField(max_length=200, help_text="Key of what was sent.")
    rows_sha256 = models.CharField(max_length=64)
    answers = models.CharField(max_length=200, blank=True, help_text="Key of the CSV.")
    answers_sha256 = models.CharField(max_length=64, blank=True)
    keeps_records = models.BooleanField(
        default=False, help_text="Each row that is answered becomes a record."
    )
    answered = models.PositiveBigIntegerField(default=0)
    quarantined = models.PositiveBigIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = BatchPredictionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=BatchStatus.values),
                name="registry_batch_status",
            )
        ]
        indexes = [
            models.Index(fields=["status"], name="registry_batch_by_status"),
        ]

    def __str__(self) -> str:
        return f"Batch {self.pk} of {self.model}"

    def get_absolute_url(self) -> str:
        return reverse("registry:batches", args=[self.model_id])

    @property
    def project(self) -> Project:
        return self.model.project

    def stored_files(self) -> list[tuple[str, str]]:
        return [(self.answers, self.answers_sha256)]

    def working_files(self) -> list[str]:
        return [self.rows_file]

    def leftover_rows(self) -> list[models.QuerySet[Any]]:
        done = self.status == self.DONE
        return [] if done or not self.keeps_records else [self.written_records()]

    def written_records(self) -> models.QuerySet[Any]:
        """Return the records of all attempts, also those that nobody sees."""
        return Record._base_manager.filter(batch=self)

    def answers_key(self, token: int) -> str:
        """Where the attempt with this token keeps its answers: no two share a key."""
        return f"{BATCHES}/{self.model_id}/{self.pk}-{token}.csv"
