"""Synthetic tables over the API: the generators, and a dataset made by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY, LOCATION, PREFER
from datasets.api.serializers import DatasetDetailSerializer
from datasets.api.versions import when_imported
from datasets.generators.catalogue import GENERATORS
from datasets.models import Dataset
from datasets.synthetic import make_synthetic
from projects.models import Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from rest_framework.request import Request


class GeneratorSerializer(serializers.Serializer):
    """A generator with the JSON Schema of what can be set."""

    name = serializers.CharField()
    title = serializers.CharField()
    help = serializers.CharField()
    family = serializers.CharField(help_text="The algorithm that learns from it.")
    parameters = serializers.SerializerMethodField()

    def get_parameters(self, entry: Any) -> dict[str, Any]:
        return entry.parameters_model().model_json_schema()


class OrderSerializer(serializers.Serializer):
    """What to make; parameters that are left out have their default."""

    project = serializers.SlugField(help_text="Key of the project.")
    generator = serializers.CharField(max_length=50)
    parameters = serializers.DictField(default=dict)
    name = serializers.CharField(max_length=200, required=False, default="")
    description = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, default=""
    )


class GeneratorsView(APIView):
    """Generators of synthetic tables: GET lists them, POST makes a dataset."""

    @extend_schema(responses=GeneratorSerializer(many=True))
    def get(self, request: Request) -> Response:
        entries = list(GENERATORS.values())
        return Response(GeneratorSerializer(entries, many=True).data)

    @extend_schema(
        request=OrderSerializer,
        parameters=[IDEMPOTENCY_KEY, PREFER, LOCATION],
        responses={202: DatasetDetailSerializer, 200: DatasetDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a dataset; answers 202 with the address to poll until it is `ready`."""
        return when_imported(request, self.ordered(request))

    @idempotent
    def ordered(self, request: Request) -> Response:
        given = OrderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        project = get_for(request.user, Project, Action.EDIT, key=values.pop("project"))
        made = make_synthetic(project, **values, actor=request.user)
        dataset = Dataset.objects.with_state().visible_to(request.user).get(pk=made.pk)
        where = reverse("api-dataset-detail", args=[dataset.pk])
        data = DatasetDetailSerializer(dataset).data
        return Response(data, status.HTTP_202_ACCEPTED, headers={"Location": where})
