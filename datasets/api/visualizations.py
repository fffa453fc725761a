"""Kept charts over the API, and the catalogue of charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from datamine.api.etags import matched, tagged
from datamine.api.idempotency import idempotent
from datasets.charts.catalogue import CHARTS
from datasets.models import Dataset, Visualization
from datasets.visualizations import (
    active_drawing,
    delete_visualization,
    save_visualization,
    update_visualization,
)
from projects.api.serializers import PersonSerializer
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class VisualizationSerializer(serializers.ModelSerializer):
    """A chart that was kept; `chart_config` names columns by name."""

    dataset = serializers.IntegerField(source="dataset_id")
    chart_config = serializers.DictField(default=dict)
    created_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Visualization
        fields = [
            "id",
            "dataset",
            "name",
            "chart_type",
            "chart_config",
            "is_shared",
            "created_by",
            "created_at",
        ]


class LabelsSerializer(serializers.ModelSerializer):
    """What of a kept chart can be changed."""

    class Meta:
        model = Visualization
        fields = ["name", "is_shared"]


class ChartEntrySerializer(serializers.Serializer):
    """A chart of the catalogue with the JSON Schema of its parameters."""

    name = serializers.CharField()
    title = serializers.CharField()
    help = serializers.CharField()
    parameters = serializers.SerializerMethodField()

    def get_parameters(self, entry: Any) -> dict[str, Any]:
        return entry.parameters_model().model_json_schema()


class VisualizationFilter(filters.FilterSet):
    project = filters.CharFilter(field_name="dataset__project__key")

    class Meta:
        model = Visualization
        fields = ["dataset", "project", "chart_type", "is_shared"]


class VisualizationViewSet(mixins.ListModelMixin, GenericViewSet):
    """Charts that were kept: your own, and those for projects you see."""

    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    queryset = Visualization.objects.none()
    serializer_class = VisualizationSerializer
    lookup_value_regex = r"\d{1,18}"
    filterset_class = VisualizationFilter

    def get_queryset(self) -> QuerySet[Visualization]:
        rows = Visualization.objects.visible_to(self.request.user)
        return rows.select_related("created_by")

    def one(self, wanted: Action) -> Visualization:
        rows = Visualization.objects.select_related(
            "dataset__project", "dataset__active_version", "created_by"
        )
        return get_for(self.request.user, rows, wanted, pk=self.kwargs["pk"])

    @idempotent
    def create(self, request: Request) -> Response:
        """Keep a chart: `dataset`, `name`, `chart_type`, `chart_config`, and
        `is_shared` for the whole project. It must be one that can be drawn.
        """
        given = VisualizationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        rows = Dataset.objects.select_related("project", "active_version")
        pk = values.pop("dataset_id")
        dataset = get_for(request.user, rows, Action.EDIT, pk=pk)
        values.setdefault("is_shared", False)
        made = save_visualization(dataset, **values, actor=request.user)
        return Response(VisualizationSerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(responses=VisualizationSerializer)
    @tagged
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(VisualizationSerializer(self.one(Action.VIEW)).data)

    @extend_schema(request=LabelsSerializer, responses=VisualizationSerializer)
    @matched
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change `name` and `is_shared`."""
        kept = self.one(Action.EDIT)
        given = LabelsSerializer(kept, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        labels = {"name": kept.name, "is_shared": kept.is_shared}
        update_visualization(
            kept, **(labels | given.validated_data), actor=request.user
        )
        return self.retrieve(request, pk)

    def destroy(self, request: Request, pk: str) -> Response:
        """Forget a kept chart; the data stay."""
        delete_visualization(self.one(Action.EDIT), actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True)
    def spec(self, request: Request, pk: str) -> Response:
        """The chart of the active version as Vega-Lite, its data within."""
        return Response(active_drawing(self.one(Action.VIEW)).spec)


class ChartsView(APIView):
    """The charts there are, with their parameters as JSON Schema."""

    @extend_schema(responses=ChartEntrySerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(ChartEntrySerializer(CHARTS.values(), many=True).data)
