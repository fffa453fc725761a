"""The model and version an address of the API names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.viewsets import GenericViewSet

from projects.permissions import get_for
from registry.models import ModelVersion, RegisteredModel

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from projects.permissions import Action


class ModelLookups(GenericViewSet):
    """What the calls about one model have in common: `key` and `name` name it."""

    def model(
        self, wanted: Action, rows: QuerySet[RegisteredModel] | None = None
    ) -> RegisteredModel:
        """Return the model the address names, if `wanted` is allowed."""
        return get_for(
            self.request.user,
            RegisteredModel.objects.with_active() if rows is None else rows,
            wanted,
            project__key=self.kwargs["key"],
            name=self.kwargs["name"],
        )

    def version(
        self, wanted: Action, name: str, rows: QuerySet[ModelVersion] | None = None
    ) -> ModelVersion:
        """Return a version of that model, if `wanted` is allowed."""
        found = ModelVersion.objects.with_results() if rows is None else rows
        return get_for(
            self.request.user,
            found.select_related("model__project"),
            wanted,
            model__project__key=self.kwargs["key"],
            model__name=self.kwargs["name"],
            version=name,
        )
