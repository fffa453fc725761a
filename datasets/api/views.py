"""Datasets, their versions, and the catalogue of steps over the API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from datamine.api.etags import matched, tagged
from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY, LOCATION, PREFER
from datasets import services, trash
from datasets.api.queries import OutliersQuery, RowsQuery
from datasets.api.serializers import (
    DatasetDetailSerializer,
    DatasetSerializer,
    SniffRequestSerializer,
    SniffSerializer,
    StepEntrySerializer,
    UploadSerializer,
)
from datasets.api.versions import VERSION, VersionActions, when_imported
from datasets.exceptions import DatasetError, UnreadableFileError
from datasets.models import Dataset
from datasets.paging import Page
from datasets.readers.errors import ReaderError
from datasets.readers.sniff import sniff
from datasets.steps import catalogue
from datasets.uploads import label_of, received_file
from projects.models import Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet
    from rest_framework.request import Request

METHODS = ["get", "post", "patch", "delete", "head", "options"]


class DatasetFilter(filters.FilterSet):
    project = filters.CharFilter(field_name="project__key")
    name = filters.CharFilter(lookup_expr="icontains")
    tag = filters.CharFilter(field_name="tags__name")

    class Meta:
        model = Dataset
        fields = ["project", "name", "tag", "file_format", "sha256"]


class DatasetViewSet(mixins.ListModelMixin, VersionActions):
    r"""Tables of projects you may see.

    Upload one, and poll its address until `processing_status` is `ready`:

        curl -H "Authorization: Bearer $TOKEN" -F project=demo -F file=@iris.csv \
             https://…/api/datasets/
    """

    http_method_names = METHODS
    queryset = Dataset.objects.none()
    serializer_class = DatasetSerializer
    lookup_value_regex = r"\d{1,18}"
    filterset_class = DatasetFilter
    filter_backends = [
        *api_settings.DEFAULT_FILTER_BACKENDS,
        SearchFilter,
        OrderingFilter,
    ]
    search_fields = ["name", "description", "filename"]
    ordering_fields = ["name", "created_at", "updated_at", "file_size"]

    def get_queryset(self) -> QuerySet[Dataset]:
        return Dataset.objects.with_state().visible_to(self.request.user)

    @extend_schema(
        request=UploadSerializer,
        parameters=[IDEMPOTENCY_KEY, PREFER, LOCATION],
        responses={202: DatasetDetailSerializer, 200: DatasetDetailSerializer},
    )
    def create(self, request: Request) -> Response:
        """Upload a table: `project`, `file`, and if wanted `name`, `dialect` (JSON).

        What `dialect` leaves out is guessed; guess it first with `sniff/`. Answers 202
        with the address to poll, or waits with `Prefer: wait=60`.
        """
        return when_imported(request, self.uploaded(request))

    @idempotent
    def uploaded(self, request: Request) -> Response:
        file = received_file(request)
        given = UploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        project = get_for(request.user, Project, Action.EDIT, key=values["project"])
        upload = services.receive_upload(project, file, actor=request.user)
        try:
            dataset = self.imported(upload, values)
        except DatasetError:
            services.discard_upload(upload)
            raise
        self.kwargs["pk"] = dataset.pk
        data = DatasetDetailSerializer(self.dataset(Action.VIEW)).data
        where = reverse("api-dataset-detail", args=[dataset.pk])
        return Response(data, status.HTTP_202_ACCEPTED, headers={"Location": where})

    def imported(self, upload: Any, values: Mapping[str, Any]) -> Dataset:
        found = services.sniff_file(
            upload.key, upload.filename, dialect=values.get("dialect")
        )
        return services.import_upload(
            upload,
            name=values.get("name", ""),
            description=values["description"],
            file_format=found.format,
            dialect=found.dialect,
            actor=self.request.user,
        )

    @extend_schema(request=SniffRequestSerializer, responses=SniffSerializer)
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser])
    def sniff(self, request: Request) -> Response:
        """Tell how a file would be read, with its first rows; nothing is saved."""
        file = received_file(request)
        given = SniffRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        dialect = given.validated_data.get("dialect")
        path = Path(file.temporary_file_path())
        try:
            found = sniff(path, label_of(file.name), dialect)
        except ReaderError as error:
            raise UnreadableFileError(error) from error
        return Response(
            {
                "format": found.format,
                "dialect": found.dialect.model_dump(mode="json"),
                "reasons": found.reasons,
                "parts": [{"part": p, "title": t} for p, t in found.parts.items()],
                "columns": [{"name": n, "type": t.value} for n, t in found.columns],
                "rows": found.rows,
                "warnings": found.warnings,
            }
        )

    @extend_schema(responses=DatasetDetailSerializer)
    @tagged
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(DatasetDetailSerializer(self.dataset(Action.VIEW)).data)

    @extend_schema(request=DatasetSerializer, responses=DatasetDetailSerializer)
    @matched
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change `name`, `description` and `tags`; what is not sent stays."""
        dataset = self.dataset(Action.EDIT)
        given = DatasetSerializer(dataset, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        labels = {"name": dataset.name, "description": dataset.description}
        services.update_dataset(
            dataset, **(labels | given.validated_data), actor=request.user
        )
        return self.retrieve(request, pk)

    def destroy(self, request: Request, pk: str) -> Response:
        """Move a dataset to the trash; 409 while experiments stand on it."""
        trash.trash_dataset(self.dataset(Action.MANAGE), actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=DatasetSerializer(many=True))
    @action(detail=False)
    def trash(self, request: Request) -> Response:
        """Datasets that were thrown away, the last one first."""
        rows = Dataset.everything.in_trash().with_state().visible_to(request.user)
        found = self.filter_queryset(rows.order_by("-trashed_at", "-pk"))
        page = self.paginate_queryset(found)
        return self.get_paginated_response(DatasetSerializer(page, many=True).data)

    @extend_schema(request=None, responses=DatasetDetailSerializer)
    @action(detail=True, methods=["post"], url_path="put-back")
    def put_back(self, request: Request, pk: str) -> Response:
        """Take a dataset out of the trash; 409 if another has its name by now."""
        trash.put_back(self.trashed(), actor=request.user)
        return self.retrieve(request, pk)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def purge(self, request: Request, pk: str) -> Response:
        """Delete a dataset in the trash for good, with all its versions."""
        trash.purge_dataset(self.trashed(), actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def trashed(self) -> Dataset:
        rows = Dataset.everything.in_trash()
        return get_for(self.request.user, rows, Action.MANAGE, pk=self.kwargs["pk"])

    @extend_schema(parameters=[VERSION], responses=OpenApiTypes.OBJECT)
    @action(detail=True)
    def profile(self, request: Request, pk: str) -> Response:
        """Per column: type, missing, unique, statistics, quantiles, top values,
        histogram, warnings. `?columns=` limits it to some. Of the whole: repeated rows,
        which columns go together and which are missing together.
        """
        version = self.version(Action.VIEW)
        services.require_ready(version)
        query = RowsQuery.read(request.query_params, version.schema)
        wanted = {column.id for column in query.columns}
        found = version.profile or {"columns": []}
        columns = [column for column in found["columns"] if column["id"] in wanted]
        return Response({"version": version.number} | found | {"columns": columns})

    @extend_schema(
        parameters=[
            VERSION,
            OpenApiParameter("page", int),
            OpenApiParameter("page_size", int, description="At most 200."),
            OpenApiParameter("ordering", str, description="A column; `-` descends."),
            OpenApiParameter("columns", str, many=True),
            OpenApiParameter(
                "filter", str, many=True, description="`column:operator:value`"
            ),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    @action(detail=True)
    def rows(self, request: Request, pk: str) -> Response:
        """A page of rows, each an object by column name; a missing value is null."""
        version = self.version(Action.VIEW)
        services.require_ready(version)
        query = RowsQuery.read(request.query_params, version.schema)
        found = query.fetch(version)
        return Response(
            {
                "count": found.total,
                "next": self.link(query.number + 1, found.total, query.size),
                "previous": self.link(query.number - 1, found.total, query.size),
                "version": version.number,
                "results": query.results(found),
            }
        )

    @extend_schema(
        parameters=[
            VERSION,
            OpenApiParameter("column", str, required=True),
            OpenApiParameter("method", str, enum=["iqr", "zscore", "range"]),
            OpenApiParameter("factor", float, description="Of iqr; 1.5."),
            OpenApiParameter("threshold", float, description="Of zscore; 3."),
            OpenApiParameter("low", float, description="Of range."),
            OpenApiParameter("high", float, description="Of range."),
            OpenApiParameter("page", int),
            OpenApiParameter("page_size", int, description="At most 200."),
            OpenApiParameter("columns", str, many=True),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    @action(detail=True)
    def outliers(self, request: Request, pk: str) -> Response:
        """The bounds of a column and the rows beyond, those furthest out first."""
        version = self.version(Action.VIEW)
        services.require_ready(version)
        asked = OutliersQuery.read(request.query_params, version)
        found = asked.fetch(version)
        number, size = asked.page.number, asked.page.size
        return Response(
            {
                "count": found.count,
                "next": self.link(number + 1, found.count, size),
                "previous": self.link(number - 1, found.count, size),
                "version": version.number,
                "column": asked.figures["name"],
                "bounds": {"low": found.bounds.low, "high": found.bounds.high},
                "below": found.below,
                "above": found.above,
                "results": asked.page.results(Page(found.rows, found.count)),
            }
        )

    def link(self, number: int, total: int, size: int) -> str | None:
        """Return the address of another page, None if there is no such page."""
        if number < 1 or (number - 1) * size >= total:
            return None
        query = self.request.query_params.copy()
        query["page"] = str(number)
        address = f"{self.request.path}?{query.urlencode()}"
        return self.request.build_absolute_uri(address)


class StepsView(APIView):
    """The preprocessing steps: parameters as JSON Schema, and what each learns."""

    @extend_schema(responses=StepEntrySerializer(many=True))
    def get(self, request: Request) -> Response:
        entries = list(catalogue.steps().values())
        return Response(StepEntrySerializer(entries, many=True).data)
