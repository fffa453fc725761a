"""The only rows of the site itself: which worker commands are alive."""

from __future__ import annotations

from django.db import models


class Worker(models.Model):
    """A running worker command, made and kept fresh by its main process."""

    name = models.CharField(max_length=100, unique=True)
    clusters = models.CharField(max_length=100)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
