"""Comparisons of experiments, kept under a name."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from experiments.querysets import SavedComparisonQuerySet
from projects.models import Project


class SavedComparison(models.Model):
    """A comparison kept under a name: which experiments, and how they are shown."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="saved_comparisons"
    )
    name = models.CharField(max_length=100)
    query = models.TextField(max_length=2000, help_text="The address's query string.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedComparisonQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="experiments_saved_comparison_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        address = reverse("experiments:compare", args=[self.project.key])
        return f"{address}?{self.query}"
