"""What a person may see of registered models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db.models import Avg, Count, F, Manager, OuterRef, Q, Subquery
from django.db.models.functions import Abs, Coalesce

from projects.querysets import VisibleQuerySet
from registry.choices import BatchStatus

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from registry.models import ModelVersion, PerformanceReport


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
            "active_version__decision",
            f"{artifact}__artifact",
            f"{artifact}__artifact_sha256",
            f"{artifact}__artifact_hmac",
        )

    def for_state(self) -> Self:
        """Fetch what one line of the state of models tells, nothing heavy.

        Annotates the counts, `served_since`, and of the newest training its
        `training_status` and `trained_at`.
        """
        session = "active_version__session"
        training = self._own("retrainings").order_by("-pk")
        activation = self._own("activations").order_by("-created_at", "-pk")
        rows = self.select_related(
            "project", f"{session}__experiment", f"{session}__result"
        ).only(
            "name",
            "project__name",
            "project__key",
            "active_version__version",
            f"{session}__experiment__algorithm",
            f"{session}__result__metrics",
        )
        return rows.with_counts().annotate(
            served_since=Subquery(activation.values("created_at")[:1]),
            training_status=Subquery(training.values("status")[:1]),
            trained_at=Subquery(training.values("created_at")[:1]),
        )

    def with_counts(self) -> Self:
        """Annotate `versions_count`, and `requests_count` of those that wait."""
        return self.annotate(
            versions_count=self._counted("versions"),
            requests_count=self._counted("requests", status="open"),
        )

    def _own(self, relation: str) -> QuerySet[Any]:
        """Return the rows of each model, for a subquery."""
        related: Any = self.model._meta.get_field(relation).related_model
        found: QuerySet[Any] = related.objects.filter(model=OuterRef("pk"))
        return found

    def _counted(self, relation: str, **wanted: Any) -> Coalesce:
        """Count a model's rows of a relation, by a query of its own."""
        own = self._own(relation).filter(**wanted).order_by().values("model")
        return Coalesce(Subquery(own.annotate(count=Count("pk")).values("count")), 0)


class ModelVersionQuerySet(VisibleQuerySet):
    project_path = "model__project"

    def with_results(self) -> Self:
        """Fetch what a table of versions shows, without the heavy details.

        Annotates `rows_learned`, how many rows the model learned from.
        """
        learned = F("session__result__details__rows__train")
        found = self.select_related(
            "model", "session__experiment", "session__result", "created_by"
        )
        return found.annotate(rows_learned=learned).defer(
            "session__plan",
            "session__log",
            "session__history",
            "session__result__details",
            "session__result__signature",
        )

    def for_list(self) -> Self:
        """Fetch what a line of a model's table of versions shows, and no more.

        Of five rows each most columns would only be read to be thrown away. Annotates
        `rows_learned`.
        """
        return self.with_results().only(
            "version",
            "tags",
            "created_at",
            "model",
            "created_by__username",
            "created_by__full_name",
            "session__training_time_seconds",
            "session__experiment__algorithm",
            "session__result__metrics",
            "session__result__warnings",
        )

    def compared(self) -> Self:
        """Fetch all that a comparison of versions asks of them."""
        return self.with_results().select_related(
            "session__experiment__dataset",
            "session__experiment__version__dataset",
            "session__base_version__dataset",
        )


class ActivationQuerySet(VisibleQuerySet):
    project_path = "model__project"

    def serving_at(self, moment: datetime) -> Self:
        """Return the entry that was in force at `moment`, as a queryset of 0 or 1."""
        return self.filter(created_at__lte=moment)[:1]


class ActivationRequestQuerySet(VisibleQuerySet):
    project_path = "model__project"

    def with_people(self) -> Self:
        """Fetch along who asked and who decided, and what it is about."""
        return self.select_related(
            "model__project", "version", "created_by", "decided_by"
        )

    def open(self) -> Self:
        """Return those that wait for an owner."""
        return self.filter(status="open")


class RecordQuerySet(VisibleQuerySet):
    project_path = "model__project"

    def labelled(self) -> Self:
        """Return the records whose outcome is known, told last first."""
        return self.filter(actual_at__isnull=False).order_by("-actual_at", "-pk")

    def waiting(self) -> Self:
        """Return the others, the least certain answers first."""
        waiting = self.filter(actual_at=None)
        return waiting.order_by(F("confidence").asc(nulls_last=True), "-pk")

    def by_version(self) -> QuerySet[Any, dict[str, Any]]:
        """Return how often each version answered and was right, newest first."""
        return (
            self.order_by()
            .values("version_name")
            .annotate(
                answered=Count("pk"),
                labelled=Count("actual_at"),
                judged=Count("is_right"),
                right=Count("pk", filter=Q(is_right=True)),
                mean_error=Avg(Abs("error")),
            )
            .order_by("-version_name")
        )


_Records = Manager.from_queryset(RecordQuerySet)


class RecordManager(_Records[Any]):
    """All records, without those of a batch under way or one that came to nothing."""

    def get_queryset(self) -> QuerySet[Any]:
        seen = Q(batch=None) | Q(batch__status=BatchStatus.COMPLETED)
        return super().get_queryset().filter(seen)


class BatchPredictionQuerySet(VisibleQuerySet):
    project_path = "model__project"


class PerformanceReportQuerySet(VisibleQuerySet):
    project_path = "version__model__project"

    def latest_of(self, version: ModelVersion) -> PerformanceReport | None:
        """Return the newest report of a version, under way or over."""
        return self.filter(version=version).defer("log").first()

    def completed(self) -> Self:
        """Return those with figures, the newest first."""
        return self.filter(status="completed").defer("log")


class RetrainingQuerySet(VisibleQuerySet):
    project_path = "model__project"

    def with_results(self) -> Self:
        """Fetch along what is told of a retraining: its session and version."""
        return self.select_related(
            "model__project", "session", "version__session__result", "created_by"
        )

    def for_list(self) -> Self:
        """Fetch what one line tells: how far its session is, and what came of it."""
        return self.select_related("session", "version", "created_by").defer(
            "session__plan", "session__log", "session__history", "session__checkpoints"
        )
