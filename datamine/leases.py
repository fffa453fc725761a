"""The life of a row that stands for long work: claimed, kept alive, ended once.

The row is the truth and the queue only a bell. Every change of state is one
compare-and-set `UPDATE` on status and fencing token, timed by the database's clock.
"""

from __future__ import annotations

from django.db import models


class LeasedJob(models.Model):
    """What every row of long work knows of its own progress; a worker writes it."""

    PENDING = "pending"
    RUNNING: str
    DONE: str
    FAILED = "failed"
    CANCELLED = "cancelled"

    attempts = models.PositiveSmallIntegerField(default=0)
    fencing_token = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    progress = models.FloatField(default=0)
    phase = models.CharField(max_length=100, blank=True)
    error_message = models.TextField(blank=True)
    log = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
