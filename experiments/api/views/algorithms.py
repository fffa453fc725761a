"""The catalogue of algorithms over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from experiments.algorithms.catalogue import UnknownAlgorithmError
from experiments.api.serializers import AlgorithmSerializer, ParametersSerializer
from experiments.exceptions import SwitchedOffError
from experiments.offers import all_offered, offered

if TYPE_CHECKING:
    from rest_framework.request import Request


class AlgorithmViewSet(ViewSet):
    """What can be learned with, and what each algorithm asks of the data."""

    lookup_field = "name"
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    @extend_schema(responses=AlgorithmSerializer(many=True))
    def list(self, request: Request) -> Response:
        """List the whole catalogue; it is short."""
        return Response(AlgorithmSerializer(all_offered(), many=True).data)

    @extend_schema(responses=AlgorithmSerializer)
    def retrieve(self, request: Request, name: str) -> Response:
        """Return one algorithm."""
        return Response(AlgorithmSerializer(self.entry(name)).data)

    @extend_schema(responses=ParametersSerializer)
    @action(detail=True)
    def params(self, request: Request, name: str) -> Response:
        """Return its hyperparameters: JSON Schema, defaults, bounds, presets."""
        return Response(ParametersSerializer(self.entry(name)).data)

    @staticmethod
    def entry(name: str) -> Any:
        try:
            return offered(name)
        except (UnknownAlgorithmError, SwitchedOffError) as error:
            raise Http404(str(error)) from error
