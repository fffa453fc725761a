"""Kept predictions over the API: list them, tell what was true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from datasets.uploads import received_file
from projects.permissions import Action, get_for
from registry.api.lookups import ModelLookups
from registry.api.serializers import (
    OutcomeSerializer,
    OutcomesFileSerializer,
    OutcomesSerializer,
    RecordSerializer,
    RecordsQuerySerializer,
)
from registry.models import Record
from registry.services import give_outcome, give_outcomes

if TYPE_CHECKING:
    from rest_framework.request import Request


class RecordViewSet(ModelLookups):
    """Predictions that were kept with `?store=1`, and what turned out to be true."""

    queryset = Record.objects.none()
    serializer_class = RecordSerializer
    lookup_value_regex = r"\d{1,18}"

    @extend_schema(parameters=[RecordsQuerySerializer])
    def list(self, request: Request, key: str, name: str) -> Response:
        """List records, newest first; those that wait for an outcome by uncertainty."""
        query = RecordsQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        records = self.model(Action.VIEW).records.all()
        labelled = query.validated_data["labelled"]
        if labelled is not None:
            records = records.labelled() if labelled else records.waiting()
        page = self.paginate_queryset(records)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=OutcomeSerializer)
    def partial_update(
        self, request: Request, key: str, name: str, pk: str
    ) -> Response:
        """Tell the true outcome of one record."""
        own = Record.objects.filter(model__project__key=key, model__name=name)
        record = get_for(
            request.user, own.select_related("model__project"), Action.EDIT, pk=pk
        )
        form = OutcomeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        give_outcome(record, form.validated_data["actual"], actor=request.user)
        return Response(self.get_serializer(record).data)

    @extend_schema(request=OutcomesFileSerializer, responses=OutcomesSerializer)
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser])
    def outcomes(self, request: Request, key: str, name: str) -> Response:
        """Tell many outcomes by a CSV file with the columns `record` and `actual`.

        Lines that do not fit are named under `refused`, the others taken.
        """
        model = self.model(Action.EDIT)
        given = give_outcomes(model, received_file(request), actor=request.user)
        return Response(given.to_json())
