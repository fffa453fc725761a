"""What a person may see of registered models."""

from __future__ import annotations

from projects.querysets import VisibleQuerySet


class RegisteredModelQuerySet(VisibleQuerySet):
    pass


class ModelVersionQuerySet(VisibleQuerySet):
    project_path = "model__project"


class ActivationQuerySet(VisibleQuerySet):
    project_path = "model__project"
