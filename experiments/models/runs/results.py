"""What sessions found."""

from __future__ import annotations

from django.db import models

from experiments.learning.problems import GATES
from experiments.models.runs.sessions import TrainingSession
from experiments.querysets import ResultQuerySet
from projects.models import Project


class Result(models.Model):
    """What a completed session found, and where its artefact lies; never changed."""

    session = models.OneToOneField(
        TrainingSession, on_delete=models.CASCADE, related_name="result"
    )
    metrics = models.JSONField(help_text="train, validation, test, cross_validation.")
    baseline = models.JSONField(default=dict)
    details = models.JSONField(
        default=dict,
        help_text="Confusion matrix, report, curves, importances, intervals, folds.",
    )
    warnings = models.JSONField(default=list)
    split_digest = models.CharField(max_length=64)
    signature = models.JSONField(default=dict)
    artifact = models.CharField(max_length=200, help_text="Key of the artefact.")
    artifact_sha256 = models.CharField(max_length=64)
    artifact_hmac = models.CharField(max_length=64)
    artifact_size = models.PositiveBigIntegerField(help_text="Bytes.")
    tested = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="Key of the predictions of every tested row.",
    )
    tested_sha256 = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Result of {self.session}"

    @property
    def project(self) -> Project:
        return self.session.project

    @property
    def marks(self) -> list[str]:
        """Which gates of its family it does not pass, in a sentence each."""
        return [found["detail"] for found in self.warnings if found["code"] in GATES]

    def files(self) -> list[tuple[str, str]]:
        """The stored files of this result, each key with its SHA-256."""
        pairs = [
            (self.artifact, self.artifact_sha256),
            (self.tested, self.tested_sha256),
        ]
        return [(key, sha256) for key, sha256 in pairs if key]

    @property
    def filename(self) -> str:
        """What the artefact is called when somebody downloads it."""
        time = f"{self.created_at:%Y%m%d_%H%M%S}"
        return f"model_{self.session.experiment_id}_{time}.zip"
