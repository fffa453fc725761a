"""What a person may see of registered models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from projects.querysets import VisibleQuerySet

if TYPE_CHECKING:
    from datetime import datetime


class RegisteredModelQuerySet(VisibleQuerySet):
    def with_active(self) -> Self:
        """Fetch the version in service, its session and experiment along."""
        return self.select_related(
            "project",
            "active_version__session__experiment",
            "active_version__session__result",
        )

    def ready_to_answer(self) -> Self:
        """Fetch of the version in service only what a prediction needs."""
        artifact = "active_version__session__result"
        return self.select_related(artifact).only(
            "name",
            "active_version__version",
            f"{artifact}__artifact",
            f"{artifact}__artifact_sha256",
            f"{artifact}__artifact_hmac",
        )

    def with_version_counts(self) -> Self:
        """Annotate `versions_count`."""
        versions = (
            self.model._meta.get_field("versions")
            .related_model.objects.filter(model=OuterRef("pk"))
            .order_by()
            .values("model")
            .annotate(count=Count("pk"))
            .values("count")
        )
        return self.annotate(versions_count=Coalesce(Subquery(versions), 0))


class ModelVersionQuerySet(VisibleQuerySet):
    project_path = "model__project"

    def with_results(self) -> Self:
        """Fetch what a table of versions shows, without the heavy details."""
        return self.select_related(
            "model", "session__experiment", "session__result", "created_by"
        ).defer(
            "session__plan",
            "session__log",
            "session__history",
            "session__result__details",
            "session__result__signature",
        )


class ActivationQuerySet(VisibleQuerySet):
    project_path = "model__project"

    def serving_at(self, moment: datetime) -> Self:
        """Return the entry that was in force at `moment`, as a queryset of 0 or 1."""
        return self.filter(created_at__lte=moment)[:1]
