"""Charts that were kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from datasets.models.datasets import Dataset
from datasets.querysets import VisualizationQuerySet
from projects.models import Project


class Visualization(models.Model):
    """A chart somebody set up and kept, for themselves or for the whole project.

    It is drawn anew of the active version each time it is opened.
    """

    dataset = models.ForeignKey(
        Dataset, on_delete=models.CASCADE, related_name="visualizations"
    )
    name = models.CharField(max_length=200)
    chart_type = models.CharField(max_length=50)
    chart_config = models.JSONField(
        default=dict, blank=True, help_text="Its parameters; columns by name."
    )
    is_shared = models.BooleanField(
        "show it to the whole project", default=False, help_text="Else only you see it."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VisualizationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('datasets:charts', args=[self.dataset_id])}?saved={self.pk}"

    @property
    def project(self) -> Project:
        return self.dataset.project
