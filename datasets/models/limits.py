"""What a project, and the whole site, may use."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from datasets.querysets import QuotaQuerySet, SiteLimitsQuerySet
from projects.models import Project


class Quota(models.Model):
    """Limits of one project that differ from the site's; operators set them."""

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, related_name="quota"
    )
    max_bytes = models.PositiveBigIntegerField(
        "bytes on disk",
        null=True,
        blank=True,
        help_text="Of files and versions. 0: no limit; empty: as the site says.",
    )
    max_datasets = models.PositiveIntegerField(
        "datasets",
        null=True,
        blank=True,
        help_text="0: no limit; empty: as the site says.",
    )

    objects = QuotaQuerySet.as_manager()

    class Meta:
        ordering = ["project__name", "pk"]

    def __str__(self) -> str:
        return f"quota of {self.project}"


class SiteLimits(models.Model):
    """Limits of the whole site, one row at most; staff set it.

    What it leaves open is as the environment says, which a file never exceeds.
    """

    upload_mb = models.PositiveIntegerField(
        "MB a file may have",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Never more than the server takes (DATAMINE_UPLOAD_MB).",
    )
    project_mb = models.PositiveIntegerField(
        "MB a project may use",
        null=True,
        blank=True,
        help_text="0: no limit; empty: as the environment says.",
    )
    project_datasets = models.PositiveIntegerField(
        "datasets a project may have",
        null=True,
        blank=True,
        help_text="0: no limit; empty: as the environment says.",
    )
    trash_days = models.PositiveIntegerField(
        "days in the trash",
        null=True,
        blank=True,
        validators=[MaxValueValidator(36_500)],
        help_text="Then datasets are gone for good; empty: as the environment says.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = SiteLimitsQuerySet.as_manager()

    class Meta:
        verbose_name = "limits of the site"
        verbose_name_plural = "limits of the site"
        ordering = ["pk"]

    def __str__(self) -> str:
        return "Limits of the site"
