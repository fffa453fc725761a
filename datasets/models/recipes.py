"""Steps saved under a name."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from datasets.querysets import RecipeQuerySet
from datasets.recipes import StepSpec
from projects.models import Project


class Recipe(models.Model):
    """Steps saved under a name, for other tables and other days; never changed."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="recipes"
    )
    name = models.CharField(max_length=200)
    steps = models.JSONField(help_text="What is done, without what was learned.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RecipeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="datasets_recipe_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("datasets:recipe", args=[self.pk])

    @property
    def specs(self) -> list[StepSpec]:
        return specs_of(self.steps)


def specs_of(steps: list[dict[str, Any]]) -> list[StepSpec]:
    """Return stored steps as somebody wanted them."""
    wanted = StepSpec.model_fields
    return [StepSpec(**{name: step[name] for name in wanted}) for step in steps]
