"""The name under which a team keeps a model."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from projects.models import Project
from registry.querysets import RegisteredModelQuerySet

#: A model's name has at most so many signs.
NAME_LENGTH = 100


class RegisteredModel(models.Model):
    """A name under which versions are registered; one of them may be in service."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="models"
    )
    name = models.SlugField(max_length=NAME_LENGTH)
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
