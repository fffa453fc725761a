"""From which probability on a result's model answers a class."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from experiments.models.runs.results import Result
from experiments.querysets import DecisionQuerySet
from projects.models import Project


class Decision(models.Model):
    """From which probability on a result's model answers a class.

    Editors make them; the newest counts, and one without a threshold means the usual
    answer, the likelier class. A registered version keeps the one it began with.
    """

    result = models.ForeignKey(
        Result, on_delete=models.CASCADE, related_name="decisions"
    )
    label = models.JSONField(null=True, help_text="The class that is answered.")
    threshold = models.FloatField(null=True)
    cost_false_alarm = models.FloatField(null=True)
    cost_miss = models.FloatField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(threshold=None)
                | models.Q(threshold__gte=0, threshold__lte=1),
                name="experiments_decision_threshold",
            )
        ]

    def __str__(self) -> str:
        if self.threshold is None:
            return f"{self.result}: the likelier class"
        return f"{self.result}: {self.label} from {self.threshold:.3f} on"

    @property
    def project(self) -> Project:
        return self.result.project

    def to_json(self) -> dict[str, Any] | None:
        """Return what answers are made by and name; None for the usual answer."""
        if self.threshold is None:
            return None
        return {"label": self.label, "threshold": self.threshold}
