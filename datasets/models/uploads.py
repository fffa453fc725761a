"""Files received, until they are imported."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from datasets.querysets import UploadQuerySet
from projects.models import Project


class Upload(models.Model):
    """A file received but not yet imported; it becomes a dataset or is swept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="uploads"
    )
    filename = models.CharField(max_length=255, help_text="As uploaded; a label.")
    key = models.CharField(max_length=200, help_text="Key of the received bytes.")
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("datasets:review", args=[self.pk])
