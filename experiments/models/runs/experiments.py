"""Questions to a dataset version."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from datasets.models import Dataset, DatasetVersion
from experiments.algorithms.catalogue import makes_samples, title_of
from experiments.choices import Preprocessing, Task
from experiments.metrics import INDEXED
from experiments.querysets import ExperimentQuerySet, Figure
from projects.models import Project


class Experiment(models.Model):
    """A question to a dataset version: target, features, algorithm, split.

    Made by an editor; `latest_session` is moved by `experiments.sessions` only.
    """

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="experiments"
    )
    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="experiments"
    )
    version = models.ForeignKey(
        DatasetVersion, on_delete=models.RESTRICT, related_name="experiments"
    )
    name = models.CharField(max_length=255)
    description = models.TextField(max_length=2000, blank=True)
    task = models.CharField(max_length=20, choices=Task)
    algorithm = models.CharField(max_length=60)
    hyperparameters = models.JSONField(default=dict, blank=True)
    target_column = models.TextField()
    feature_columns = models.JSONField()
    split = models.JSONField(default=dict)
    search = models.JSONField(
        null=True,
        blank=True,
        help_text="How hyperparameters are searched for; null where they are as set.",
    )
    preprocessing = models.CharField(
        max_length=10, choices=Preprocessing, default=Preprocessing.LEAK_FREE
    )
    started_from = models.ForeignKey(
        "Result",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="continued_by",
        help_text="Whose network's weights are begun with; drawn ones where null.",
    )
    latest_session = models.ForeignKey(
        "TrainingSession",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    headline = models.JSONField(
        default=dict,
        blank=True,
        help_text="Test metrics of the latest completed session; lists sort by them.",
    )
    training_seconds = models.FloatField(
        null=True,
        blank=True,
        help_text="How long the latest session trained, once it is completed.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["project", "-created_at"], name="experiments_recent"),
            models.Index(fields=["algorithm"], name="experiments_algorithm"),
            models.Index(fields=["project", "name"], name="experiments_by_name"),
            models.Index(
                fields=["project", "training_seconds"], name="experiments_by_time"
            ),
            *(
                models.Index("project", Figure(name), name=f"experiments_{name}")
                for name in INDEXED
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("experiments:detail", args=[self.pk])

    @property
    def algorithm_title(self) -> str:
        return title_of(self.algorithm)

    @property
    def asks_for_many_rows(self) -> bool:
        """Whether one answer takes several rows: a star's, or the days before one."""
        return makes_samples(self.algorithm)
