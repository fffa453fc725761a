"""Tables of a project."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse

from datasets.choices import SYNTHETIC
from datasets.querysets import DatasetManager, DatasetQuerySet
from projects.models import Project


class Dataset(models.Model):
    """A table a team uploaded; `active_version` points into its tree of versions.

    One in the trash is in `everything` only, until it is put back or purged.
    """

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="datasets"
    )
    name = models.CharField(max_length=200)
    description = models.TextField(max_length=2000, blank=True)
    filename = models.CharField(max_length=255, help_text="As uploaded; a label.")
    upload = models.CharField(max_length=200, help_text="Key of the uploaded bytes.")
    file_format = models.CharField(max_length=20)
    file_size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64, help_text="Of the uploaded bytes.")
    active_version = models.ForeignKey(
        "DatasetVersion",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    trashed_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when it is in the trash."
    )

    objects = DatasetManager()
    everything = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"],
                condition=models.Q(trashed_at__isnull=True),
                name="datasets_dataset_name",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("datasets:detail", args=[self.pk])

    @property
    def is_synthetic(self) -> bool:
        return self.file_format == SYNTHETIC
