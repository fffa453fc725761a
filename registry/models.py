"""Models a team keeps: names, versions, which one serves, and who put it there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from experiments.models import TrainingSession
from projects.models import Project
from registry.choices import ActivationKind
from registry.querysets import (
    ActivationQuerySet,
    ModelVersionQuerySet,
    RegisteredModelQuerySet,
)


class RegisteredModel(models.Model):
    """A name under which versions are registered; one of them may be in service."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="models"
    )
    name = models.SlugField(max_length=100)
    description = models.TextField(max_length=2000, blank=True)
    active_version = models.ForeignKey(
        "ModelVersion",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RegisteredModelQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="registry_model_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("registry:detail", args=[self.pk])


class ModelVersion(models.Model):
    """One registered artefact, named by its time; never changed after."""

    model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, related_name="versions"
    )
    version = models.CharField(max_length=20, help_text="vYYYYMMDD_HHMMSS")
    session = models.ForeignKey(
        TrainingSession, on_delete=models.RESTRICT, related_name="model_versions"
    )
    notes = models.TextField(max_length=2000, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "version"], name="registry_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.version}"

    def get_absolute_url(self) -> str:
        return self.model.get_absolute_url()

    @property
    def project(self) -> Project:
        return self.model.project

    @property
    def is_active(self) -> bool:
        return self.model.active_version_id == self.pk


class Activation(models.Model):
    """One line of the ledger: which version came into service, instead of which.

    The names stay when a version is deleted, so the past can always be told.
    """

    model = models.ForeignKey(
        RegisteredModel, on_delete=models.CASCADE, related_name="activations"
    )
    version = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, related_name="activations"
    )
    version_name = models.CharField(max_length=20)
    previous = models.ForeignKey(
        ModelVersion, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    previous_name = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=10, choices=ActivationKind)
    reason = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ActivationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["model", "-created_at"], name="registry_ledger_recent")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version_name}"

    @property
    def project(self) -> Project:
        return self.model.project
