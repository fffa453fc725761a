"""Batch predictions over the API: send a large file, poll, download the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse

from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY, LOCATION, PREFER
from datamine.api.waiting import when_done
from datasets.uploads import received_file
from projects.permissions import Action, get_for
from registry.api.lookups import ModelLookups
from registry.api.serializers import (
    BatchFileSerializer,
    BatchSerializer,
    StoreQuerySerializer,
)
from registry.exports import batch_response
from registry.models import BatchPrediction
from registry.services import cancel_batch, start_batch

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import FileResponse
    from rest_framework.request import Request


class BatchViewSet(ModelLookups):
    """Files of rows that are answered in the background by the version in service."""

    queryset = BatchPrediction.objects.none()
    serializer_class = BatchSerializer
    lookup_value_regex = r"\d{1,18}"
    parser_classes = [MultiPartParser]

    def own(self) -> QuerySet[BatchPrediction]:
        return BatchPrediction.objects.select_related("model__project").filter(
            model__project__key=self.kwargs["key"], model__name=self.kwargs["name"]
        )

    def list(self, request: Request, key: str, name: str) -> Response:
        """List batches, newest first."""
        self.model(Action.VIEW)
        page = self.paginate_queryset(self.own())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        request=BatchFileSerializer,
        parameters=[StoreQuerySerializer, IDEMPOTENCY_KEY, PREFER, LOCATION],
        responses={202: BatchSerializer, 200: BatchSerializer},
    )
    def create(self, request: Request, key: str, name: str) -> Response:
        """Send a CSV file of any length; poll the answer's `Location`.

        With `?store=1` the answers become records once it is completed, and the file
        of answers names them under `record`.
        """
        response = self.started(request, key, name)
        found = self.own().filter(pk=response.data["id"])
        return when_done(
            request,
            response,
            lambda: found.get().is_over,
            lambda: self.get_serializer(found.get()).data,
        )

    @idempotent
    def started(self, request: Request, key: str, name: str) -> Response:
        model = self.model(Action.EDIT)
        query = StoreQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        batch = start_batch(
            model,
            received_file(request),
            keeps_records=query.validated_data["store"],
            actor=request.user,
        )
        address = reverse("batch-detail", args=[key, name, batch.pk], request=request)
        return Response(
            self.get_serializer(batch).data,
            status.HTTP_202_ACCEPTED,
            headers={"Location": address},
        )

    def retrieve(self, request: Request, key: str, name: str, pk: str) -> Response:
        """Show one batch: how far it is, how many rows were answered."""
        found = get_for(request.user, self.own(), Action.VIEW, pk=pk)
        return Response(self.get_serializer(found).data)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    @action(detail=True)
    def answers(self, request: Request, key: str, name: str, pk: str) -> FileResponse:
        """Download the answers as CSV, a line for each row (409 until it is done)."""
        return batch_response(get_for(request.user, self.own(), Action.VIEW, pk=pk))

    @extend_schema(request=None, responses=BatchSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, key: str, name: str, pk: str) -> Response:
        """Stop a batch; nothing of it is kept."""
        found = get_for(request.user, self.own(), Action.EDIT, pk=pk)
        cancel_batch(found, actor=request.user)
        return self.retrieve(request, key, name, pk)
