"""Models learned anew."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from datasets.models import DatasetVersion
from experiments.algorithms.catalogue import UnknownAlgorithmError, algorithm
from experiments.models import TrainingSession
from projects.models import Project
from registry.choices import UNDER_WAY, RetrainingSource, RetrainingStatus
from registry.models.registered import RegisteredModel
from registry.models.versions import ModelVersion
from registry.querysets import RetrainingQuerySet


class Retraining(models.Model):
    """A model learned anew on the way to a version: rows, then a session, then it.

    Made by an owner; `registry.services.retraining` moves it on until it is over.
    """

    model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, related_name="retrainings"
    )
    source = models.CharField(max_length=10, choices=RetrainingSource)
    status = models.CharField(
        max_length=10,
        choices=RetrainingStatus,
        default=RetrainingStatus.PREPARING,
    )
    draft = models.JSONField(help_text="What to train, once the rows are there.")
    steps = models.JSONField(
        default=list, blank=True, help_text="Steps to be applied to the rows first."
    )
    warnings = models.JSONField(default=list, blank=True)
    rows_version = models.ForeignKey(
        DatasetVersion, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    session = models.ForeignKey(
        TrainingSession, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    error_message = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    completed_at = models.DateTimeField(null=True)

    objects = RetrainingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["status"],
                condition=models.Q(status__in=["preparing", "training"]),
                name="registry_retraining_open",
            )
        ]

    def __str__(self) -> str:
        return f"Retraining {self.pk} of {self.model}"

    def get_absolute_url(self) -> str:
        return reverse("registry:retraining", args=[self.model_id, self.pk])

    @property
    def job_id(self) -> str:
        """What programs call it: the model's name and when it was asked for."""
        return f"{self.model.name}_{int(self.created_at.timestamp())}"

    @property
    def has_custom_config(self) -> bool:
        """Whether a hyperparameter is other than by default."""
        try:
            defaults = algorithm(self.draft["algorithm"]).defaults
        except UnknownAlgorithmError:  # its package is gone
            return True
        said = self.draft["hyperparameters"]
        return any(defaults.get(name) != value for name, value in said.items())

    @property
    def project(self) -> Project:
        return self.model.project

    @property
    def is_over(self) -> bool:
        return self.status not in UNDER_WAY

    @property
    def sentence(self) -> str:
        """How it stands, for people."""
        if self.error_message:
            return self.error_message
        if self.version is not None:
            return _("%(version)s is registered; activate it if it is better.") % {
                "version": self.version.version
            }
        return str(RetrainingStatus(self.status).label)
