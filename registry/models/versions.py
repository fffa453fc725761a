"""What is registered under a name: one artefact each."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from experiments.models import TrainingSession
from projects.models import Project
from registry.models.registered import RegisteredModel
from registry.querysets import ModelVersionQuerySet


class ModelVersion(models.Model):
    """One registered artefact, named by its time; only notes and tags change after."""

    model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, related_name="versions"
    )
    version = models.CharField(max_length=20, help_text="vYYYYMMDD_HHMMSS")
    session = models.ForeignKey(
        TrainingSession, on_delete=models.RESTRICT, related_name="model_versions"
    )
    notes = models.TextField(max_length=2000, blank=True)
    tags = models.JSONField(default=list, blank=True, help_text="Words to find it by.")
    decision = models.JSONField(
        null=True,
        blank=True,
        help_text="From which probability on a class is answered; as registered.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    rows_learned: int | None  # annotated by `with_results`

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "version"], name="registry_version_once"
            )
        ]
        indexes = [
            # The newest 25 of thousands, without reading and sorting all of them.
            models.Index(
                fields=["model", "-created_at", "-id"], name="registry_version_recent"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("registry:version", args=[self.model_id, self.version])

    @property
    def project(self) -> Project:
        return self.model.project

    @property
    def is_active(self) -> bool:
        return self.model.active_version_id == self.pk
