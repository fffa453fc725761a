"""Runs of an experiment."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from datamine.leases import LeasedJob
from datasets.models import DatasetVersion
from experiments.choices import SessionStatus
from experiments.models.runs.experiments import Experiment
from experiments.querysets import TrainingSessionQuerySet
from projects.models import Project

#: The folder of the storage that models lie in.
ARTIFACTS = "artifacts"
#: And those that a session under way would go on from.
CHECKPOINTS = "checkpoints"


class TrainingSession(LeasedJob):
    """One run of an experiment; only `experiments.sessions` changes its state."""

    Status = SessionStatus
    RUNNING = SessionStatus.TRAINING
    DONE = SessionStatus.COMPLETED
    CLUSTER = "train"
    WORK = "experiments.sessions:train_in_child"
    IMPORTS = ("experiments.sessions", "experiments.training", "experiments.resuming")

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="sessions"
    )
    number = models.PositiveIntegerField()
    base_version = models.ForeignKey(
        DatasetVersion,
        on_delete=models.RESTRICT,
        related_name="+",
        help_text="The version whose rows are split; later steps are in the plan.",
    )
    status = models.CharField(
        max_length=10, choices=SessionStatus, default=SessionStatus.PENDING
    )
    plan = models.JSONField(help_text="All that was trained, frozen at the start.")
    epochs_completed = models.PositiveIntegerField(default=0)
    progress_found = models.FloatField(
        default=0, help_text="Share of the work that earlier attempts had done."
    )
    history = models.JSONField(
        default=list, blank=True, help_text="One entry an epoch."
    )
    checkpoints = models.JSONField(
        default=dict,
        blank=True,
        help_text="Finished parts by name: file, digest and signature of each.",
    )
    training_time_seconds = models.FloatField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )

    objects = TrainingSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "number"], name="experiments_session_number"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=SessionStatus.values),
                name="experiments_session_status",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_expires_at"],
                condition=models.Q(status="training"),
                name="experiments_session_leases",
            ),
            models.Index(fields=["status"], name="experiments_session_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.experiment}, session {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("experiments:session", args=[self.experiment_id, self.number])

    def stored_files(self) -> list[tuple[str, str]]:
        return self.result.files()

    def working_files(self) -> list[str]:
        return [entry["file"] for entry in self.checkpoints.values()]

    @property
    def project(self) -> Project:
        return self.experiment.project

    def artifact_key(self, token: int) -> str:
        """Where the attempt with this token keeps its model: no two share a key."""
        return f"{ARTIFACTS}/{self.experiment_id}/{self.pk}-{token}.zip"

    def tested_key(self, token: int) -> str:
        """Where it keeps what was predicted for each tested row."""
        return f"{ARTIFACTS}/{self.experiment_id}/{self.pk}-{token}.npz"

    def attempt_keys(self, token: int) -> tuple[str, str]:
        """Every file that the attempt with this token may have left."""
        return self.artifact_key(token), self.tested_key(token)
