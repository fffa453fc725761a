"""Words by which people find datasets."""

from __future__ import annotations

from django.db import models

from datasets.models.datasets import Dataset
from datasets.querysets import TagQuerySet
from projects.models import Project


class Tag(models.Model):
    """One word by which people find a dataset; written by `services.set_tags`."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=50)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "name"], name="datasets_tag_once"
            )
        ]
        indexes = [models.Index(fields=["name"], name="datasets_tag_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def project(self) -> Project:
        return self.dataset.project
