"""Results' models, tried on rows they were not made for."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from datamine.leases import LeasedJob
from datasets.models import DatasetVersion
from experiments.choices import EvaluationStatus
from experiments.models.runs.results import Result
from experiments.querysets import EvaluationQuerySet
from projects.models import Project

#: The folder of the storage that rows to try a model on lie in.
EVALUATED = "evaluated"


class Evaluation(LeasedJob):
    """A result's model tried on a version it was not made for, or on a file of rows.

    Made by an editor; a worker fills it in. The file is kept until then.
    """

    Status = EvaluationStatus
    RUNNING = EvaluationStatus.RUNNING
    DONE = EvaluationStatus.COMPLETED
    # A model may need all the memory that its training might.
    CLUSTER = "train"
    WORK = "experiments.evaluating:evaluate_in_child"
    IMPORTS = ("experiments.evaluating", "experiments.training")

    result = models.ForeignKey(
        Result, on_delete=models.CASCADE, related_name="evaluations"
    )
    version = models.ForeignKey(
        DatasetVersion,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="evaluations",
    )
    filename = models.CharField(
        max_length=255, blank=True, help_text="Of the file of rows, where it is one."
    )
    rows_file = models.CharField(
        max_length=200, blank=True, help_text="Key of what was sent."
    )
    rows_sha256 = models.CharField(max_length=64, blank=True)
    status = models.CharField(
        max_length=10, choices=EvaluationStatus, default=EvaluationStatus.PENDING
    )
    metrics = models.JSONField(default=dict, blank=True)
    details = models.JSONField(
        default=dict, blank=True, help_text="Intervals, matrix, report, quarantine."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=EvaluationStatus.values),
                name="experiments_evaluation_status",
            ),
            models.CheckConstraint(
                condition=models.Q(version=None) ^ models.Q(filename=""),
                name="experiments_evaluation_rows",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result.session.experiment} on {self.version or self.filename}"

    def working_files(self) -> list[str]:
        return [self.rows_file] if self.rows_file else []

    @property
    def project(self) -> Project:
        return self.result.project
