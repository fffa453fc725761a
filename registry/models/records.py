"""Rows that were asked about, and what came true."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from projects.models import Project
from registry.models.registered import RegisteredModel
from registry.models.versions import ModelVersion
from registry.querysets import RecordManager


class Record(models.Model):
    """A row somebody asked about, with the answer; the true outcome may come later.

    Made where a prediction is kept; only the outcome is written again. Those of a batch
    are there once it is completed.
    """

    model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, related_name="records"
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, related_name="records"
    )
    version_name = models.CharField(max_length=20)
    batch = models.ForeignKey(
        "registry.BatchPrediction",
        on_delete=models.CASCADE,
        null=True,
        db_index=False,
        related_name="records",
    )
    inputs = models.JSONField(help_text="Values by column of the signature.")
    prediction = models.JSONField()
    probabilities = models.JSONField(null=True)
    confidence = models.FloatField(
        null=True, help_text="The greatest probability; none for numbers."
    )
    actual = models.JSONField(null=True, help_text="What was true, once it is known.")
    is_right = models.BooleanField(null=True, help_text="For classes.")
    error = models.FloatField(null=True, help_text="Prediction less truth, of numbers.")
    actual_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    actual_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RecordManager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["model", "-created_at"], name="registry_record_recent"
            ),
            models.Index(
                fields=["model", "confidence"],
                condition=models.Q(actual_at=None),
                name="registry_record_review",
            ),
            models.Index(
                fields=["model", "-actual_at"],
                condition=models.Q(actual_at__isnull=False),
                name="registry_record_labelled",
            ),
            models.Index(
                fields=["batch"],
                condition=models.Q(batch__isnull=False),
                name="registry_record_of_batch",
            ),
        ]

    def __str__(self) -> str:
        return f"Record {self.pk} of {self.model}"

    def get_absolute_url(self) -> str:
        return reverse("registry:records", args=[self.model_id])

    @property
    def project(self) -> Project:
        return self.model.project
