"""Experiments over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from datamine.api.etags import matched, tagged
from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY, LOCATION, PREFER
from experiments import services, sessions
from experiments.api.renderers import TREE_RENDERERS, CsvRenderer, PdfRenderer
from experiments.api.serializers import (
    CompareSerializer,
    DescriptionSerializer,
    DraftSerializer,
    ExperimentSerializer,
    SessionDetailSerializer,
    listed_experiments,
)
from experiments.api.views.features import version_for
from experiments.api.views.sessions import when_trained
from experiments.comparison.contests import Contest
from experiments.comparison.groups import Grouping
from experiments.comparison.overlay import Overlay
from experiments.comparison.side_by_side import Comparison
from experiments.drafts import Draft
from experiments.filters import ExperimentApiFilter
from experiments.models import Experiment, Result
from experiments.querysets import NEWEST
from experiments.reports.comparison import comparison_report
from experiments.reports.experiment import experiment_report
from experiments.reports.rendering import pdf_of, pdf_response
from experiments.reproducing import script_response
from experiments.results.downloads import artifact_response
from experiments.results.trees import tree_of, writers_of
from projects.models import Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import FileResponse, HttpResponse
    from rest_framework.request import Request

    from experiments.reports.documents import Document

ORDERING = OpenApiParameter(
    "ordering",
    description="`name`, `algorithm`, `dataset`, `status`, `time`, `created` or a "
    "metric; with `-` in front from the greatest down.",
)


def short_report(comparison: Comparison, contest: Contest) -> Document:
    """Return what the page tells of a comparison as long as nothing is chosen there."""
    return comparison_report(
        comparison,
        comparison.differences,
        contest,
        Grouping(comparison, ""),
        Overlay(comparison, ""),
    )


class ExperimentViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet
):
    """What is learned from which columns by which algorithm, and how it is tested."""

    queryset = Experiment.objects.none()
    serializer_class = ExperimentSerializer
    filterset_class = ExperimentApiFilter
    reads = False
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Experiment]:
        visible = Experiment.objects.visible_to(self.request.user)
        order = self.request.query_params.get("ordering") or NEWEST
        if self.action == "list":
            return visible.in_order(order)
        heavy = ("profile", "columns", "problems", "notices", "dialect")
        related = ("project", "dataset", "version", "latest_session", "created_by")
        return (
            visible.in_order(order)
            .select_related(*related)
            .defer(
                *(f"version__{name}" for name in heavy),
                "latest_session__log",
                "latest_session__history",
                "latest_session__plan",
            )
        )

    def experiment(self, wanted: Action) -> Experiment:
        return get_for(
            self.request.user, self.get_queryset(), wanted, pk=self.kwargs["pk"]
        )

    @extend_schema(parameters=[ORDERING])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the experiments you may see."""
        # Sorted by keys alone: no wide row is carried along.
        found = self.filter_queryset(self.get_queryset()).values_list("pk", flat=True)
        keys = self.paginate_queryset(found)
        return self.get_paginated_response(listed_experiments(keys))

    @extend_schema(
        request=DraftSerializer,
        parameters=[LOCATION],
        responses={201: ExperimentSerializer},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Save an experiment after checking every column, parameter and bound."""
        body = DraftSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        said = dict(body.validated_data)
        key = said.pop("project")
        project = get_for(request.user, Project, Action.EDIT, key=key)
        version = version_for(
            request,
            Action.EDIT,
            dataset=said.pop("dataset"),
            number=said.pop("version"),
            project=project,
        )
        said["feature_columns"] = tuple(said["feature_columns"])
        made = services.create_experiment(
            Draft(version=version, **said), actor=request.user
        )
        return Response(
            self.get_serializer(made).data,
            status=status.HTTP_201_CREATED,
            headers={"Location": reverse("experiment-detail", [made.pk])},
        )

    @tagged
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one experiment with the figures of its latest session."""
        return super().retrieve(request, pk)

    @extend_schema(request=DescriptionSerializer, responses=ExperimentSerializer)
    @matched
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the name or the description; nothing else ever changes."""
        experiment = self.experiment(Action.EDIT)
        body = DescriptionSerializer(experiment, data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        services.describe_experiment(
            experiment,
            name=body.validated_data.get("name", experiment.name),
            description=body.validated_data.get("description", experiment.description),
            actor=request.user,
        )
        return Response(self.get_serializer(experiment).data)

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete an experiment with its sessions, results and models' files."""
        experiment = self.experiment(Action.MANAGE)
        services.delete_experiment(experiment, actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        request=None,
        parameters=[IDEMPOTENCY_KEY, PREFER, LOCATION],
        responses={202: SessionDetailSerializer, 200: SessionDetailSerializer},
    )
    @action(detail=True, methods=["post"])
    def train(self, request: Request, pk: str) -> Response:
        """Start a session. `Prefer: wait=60` waits for its end, at most so long."""
        return when_trained(request, self.started(request))

    @idempotent
    def started(self, request: Request) -> Response:
        experiment = self.experiment(Action.EDIT)
        session = sessions.start_session(experiment, actor=request.user)
        return Response(
            SessionDetailSerializer(session).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": reverse("session-detail", [session.pk])},
        )

    @extend_schema(
        request=CompareSerializer,
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/pdf"): OpenApiTypes.BINARY,
        },
        filters=False,
    )
    @action(
        detail=False,
        methods=["post"],
        reads=True,
        renderer_classes=[JSONRenderer, CsvRenderer, PdfRenderer],
        pagination_class=None,
    )
    def compare(self, request: Request) -> Response:
        """Put experiments beside each other: differences, metrics, paired tests.

        `tests` sets each against the best, or against the one named in `against`: a
        corrected t-test over the same folds, McNemar's test on the same rows, or the
        sentence why there is none. `?format=csv` and `pdf` take it along.
        """
        body = CompareSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        pks = list(dict.fromkeys(body.validated_data["experiments"]))
        visible = Experiment.objects.visible_to(request.user).select_related(
            "dataset", "version"
        )
        found = visible.in_bulk(pks)
        if len(found) != len(pks):
            raise Http404
        comparison = Comparison([found[pk] for pk in pks])
        said = body.validated_data
        contest = Contest(comparison, against=said["against"], metric=said["metric"])
        if request.accepted_renderer.format == CsvRenderer.format:
            return Response([*comparison.table(), *contest.table()])
        if request.accepted_renderer.format == PdfRenderer.format:
            return Response(pdf_of(short_report(comparison, contest)))
        return Response(comparison.to_json() | {"tests": contest.to_json()})

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True)
    def report(self, request: Request, pk: str) -> HttpResponse:
        """Download the report of the latest completed session as PDF."""
        latest = Result.objects.for_report().latest_of(self.experiment(Action.VIEW))
        return pdf_response(experiment_report(latest), f"report_{pk}.pdf")

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True)
    def script(self, request: Request, pk: str) -> HttpResponse:
        """Download a Python script that trains the latest completed session again.

        With its requirements, and our sources where pandas and scikit-learn do not
        say it all, as a ZIP file; given the uploaded file, it compares every figure.
        """
        latest = Result.objects.for_report().latest_of(self.experiment(Action.VIEW))
        return script_response(latest, f"reproduce_{pk}.zip")

    @extend_schema(
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, *(r.media_type for r in TREE_RENDERERS)): OpenApiTypes.STR,
        },
        filters=False,
    )
    @action(
        detail=True,
        renderer_classes=[JSONRenderer, *TREE_RENDERERS],
        pagination_class=None,
    )
    def tree(self, request: Request, pk: str) -> Response:
        """Return the tree of the latest completed session; 404 for other models.

        `?format=txt` gives rules in words, `sql` a `CASE` expression, `py` a function,
        `svg` a drawing.
        """
        latest = Result.objects.latest_of(self.experiment(Action.VIEW))
        view = tree_of(latest)
        wanted = request.accepted_renderer.format
        writer = writers_of(view).get(wanted)
        if view is None or writer is None:
            raise Http404
        is_json = wanted == JSONRenderer.format
        return Response(view.to_json() if is_json else writer.write(view))

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True, url_path="download-model")
    def download_model(self, request: Request, pk: str) -> FileResponse:
        """Download the artefact of the latest completed session."""
        latest = Result.objects.latest_of(self.experiment(Action.VIEW))
        return artifact_response(latest)
