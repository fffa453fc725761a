"""How fast, large and steady versions were found to be."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from datamine.leases import LeasedJob
from projects.models import Project
from registry.choices import MeasuringStatus
from registry.models.versions import ModelVersion
from registry.querysets import PerformanceReportQuerySet


class PerformanceReport(LeasedJob):
    """How fast, large and steady a version is; measured by a worker, one row each time.

    The newest one counts.
    """

    Status = MeasuringStatus
    RUNNING = MeasuringStatus.RUNNING
    DONE = MeasuringStatus.COMPLETED
    CLUSTER = "fast"
    WORK = "registry.measuring:measure_in_child"
    IMPORTS = ("registry.measuring",)

    version = models.ForeignKey(
        ModelVersion, on_delete=models.CASCADE, related_name="performance_reports"
    )
    status = models.CharField(
        max_length=10, choices=MeasuringStatus, default=MeasuringStatus.PENDING
    )
    figures = models.JSONField(
        default=dict, blank=True, help_text="What was measured, and on what."
    )
    suggestions = models.JSONField(
        default=list, blank=True, help_text="What to do about it, in sentences."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = PerformanceReportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=MeasuringStatus.values),
                name="registry_performance_status",
            )
        ]

    def __str__(self) -> str:
        return f"Performance of {self.version}"

    def get_absolute_url(self) -> str:
        words = [self.version.model_id, self.version.version]
        return reverse("registry:performance", args=words)

    @property
    def project(self) -> Project:
        return self.version.project
