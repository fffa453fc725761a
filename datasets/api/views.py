"""Datasets, their versions, and the catalogue of steps over the API."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from datamine.idempotency import idempotent
from datamine.waiting import preferred_wait, wait_until
from datasets import services
from datasets.api.queries import RowsQuery
from datasets.api.serializers import (
    DatasetDetailSerializer,
    DatasetSerializer,
    RestoreSerializer,
    SniffRequestSerializer,
    SniffSerializer,
    StepEntrySerializer,
    StepsSerializer,
    TrialSerializer,
    UploadSerializer,
    VersionDetailSerializer,
    VersionSerializer,
)
from datasets.exceptions import DatasetError, NotReadyError, UnreadableFileError
from datasets.models import Dataset, DatasetVersion
from datasets.readers.errors import ReaderError
from datasets.readers.sniff import sniff
from datasets.steps import catalogue
from datasets.uploads import label_of, received_file
from datasets.views.versions import download_response
from projects.models import Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import QuerySet
    from django.http import HttpResponseBase
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

METHODS = ["get", "post", "patch", "delete", "head", "options"]
VERSION = OpenApiParameter(
    "version", int, description="Number of a version; unless given: the active one."
)


@contextmanager
def explained() -> Iterator[None]:
    """Name the field of the request that a refusal is about."""
    try:
        yield
    except DatasetError as error:
        attr = getattr(error, "attr", None)
        if attr is None or error.status_code != status.HTTP_400_BAD_REQUEST:
            raise
        detail = ErrorDetail(str(error), error.code)
        raise ValidationError({attr: [detail]}) from error


class AnyFormat(DefaultContentNegotiation):
    """Leaves `?format=` to the view: it names a file's format, not a renderer."""

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], *args: Any
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class DatasetFilter(filters.FilterSet):
    project = filters.CharFilter(field_name="project__key")
    name = filters.CharFilter(lookup_expr="icontains")

    class Meta:
        model = Dataset
        fields = ["project", "name", "file_format", "sha256"]


class DatasetViewSet(mixins.ListModelMixin, GenericViewSet):
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

    def dataset(self, wanted: Action) -> Dataset:
        rows = Dataset.objects.with_state()
        return get_for(self.request.user, rows, wanted, pk=self.kwargs["pk"])

    def version(self, wanted: Action, number: int | None = None) -> DatasetVersion:
        """Return the version a request is about: by number, else the active one."""
        dataset = self.dataset(wanted)
        rows = dataset.versions.select_related("dataset__project", "parent").defer(
            "profile", "log"
        )
        if number is None and not self.request.query_params.get("version"):
            found = rows.filter(pk=dataset.active_version_id).first()
            if found is None:
                raise NotReadyError(
                    f"“{dataset.name}” has no data yet: it is being imported, or that "
                    "failed. See its processing_error."
                )
            return found
        found = rows.filter(number=number or self.number_asked()).first()
        if found is None:
            raise Http404("There is no such version.")
        return found

    def number_asked(self) -> int:
        text = self.request.query_params["version"]
        if not text.isdecimal() or len(text) > 9:
            raise ValidationError({"version": "version must be a number from 1."})
        return int(text)

    @extend_schema(request=UploadSerializer, responses={202: DatasetDetailSerializer})
    def create(self, request: Request) -> Response:
        """Upload a table: `project`, `file`, and if wanted `name`, `dialect` (JSON).

        What `dialect` leaves out is guessed; guess it first with `sniff/`. Answers 202
        with the address to poll, or waits with `Prefer: wait=60`.
        """
        response = self.uploaded(request)
        return self.after_work(response, response.data["id"])

    @idempotent
    def uploaded(self, request: Request) -> Response:
        with explained():
            file = received_file(request)
        given = UploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        project = get_for(request.user, Project, Action.EDIT, key=values["project"])
        with explained():
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
        guess = services.sniff_file(upload.key, upload.filename)
        stated = (
            values["dialect"].model_dump(exclude_unset=True)
            if values.get("dialect")
            else {}
        )
        return services.import_upload(
            upload,
            name=values.get("name", ""),
            description=values["description"],
            file_format=guess.format,
            dialect=guess.dialect.model_copy(update=stated),
            actor=self.request.user,
        )

    def after_work(self, response: Response, pk: int) -> Response:
        """Wait as long as the client prefers; answer 200 if the work has ended."""
        seconds = preferred_wait(self.request)
        self.kwargs["pk"] = pk
        ended = seconds and wait_until(lambda: self.has_ended(pk), seconds)
        if ended:
            response.data = DatasetDetailSerializer(self.dataset(Action.VIEW)).data
            response.status_code = status.HTTP_200_OK
        return response

    def has_ended(self, pk: int) -> bool:
        unfinished = DatasetVersion.objects.filter(
            dataset=pk, status__in=services.UNFINISHED
        )
        return not unfinished.exists()

    @extend_schema(request=SniffRequestSerializer, responses=SniffSerializer)
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser])
    def sniff(self, request: Request) -> Response:
        """Tell how a file would be read, with its first rows; nothing is saved."""
        with explained():
            file = received_file(request)
        given = SniffRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        dialect = given.validated_data.get("dialect")
        path = Path(file.temporary_file_path())
        with explained():
            try:
                found = sniff(path, label_of(file.name), dialect)
            except ReaderError as error:
                raise UnreadableFileError(error) from error
        return Response(
            {
                "format": found.format,
                "dialect": found.dialect.model_dump(mode="json"),
                "reasons": found.reasons,
                "columns": [{"name": n, "type": t.value} for n, t in found.columns],
                "rows": found.rows,
                "warnings": found.warnings,
            }
        )

    @extend_schema(responses=DatasetDetailSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(DatasetDetailSerializer(self.dataset(Action.VIEW)).data)

    @extend_schema(request=DatasetSerializer, responses=DatasetDetailSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change `name` and `description`."""
        dataset = self.dataset(Action.EDIT)
        given = DatasetSerializer(dataset, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        labels = {"name": dataset.name, "description": dataset.description}
        services.update_dataset(
            dataset, **(labels | given.validated_data), actor=request.user
        )
        return self.retrieve(request, pk)

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a dataset with all its versions; 409 while experiments stand on it."""
        services.delete_dataset(self.dataset(Action.MANAGE), actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(parameters=[VERSION], responses=OpenApiTypes.OBJECT)
    @action(detail=True)
    def profile(self, request: Request, pk: str) -> Response:
        """Per column: type, missing, unique, statistics, quantiles, top values,
        histogram, warnings. `?columns=` limits it to some.
        """
        version = self.version(Action.VIEW)
        services.require_ready(version)
        with explained():
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
        with explained():
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

    def link(self, number: int, total: int, size: int) -> str | None:
        """Return the address of another page, None if there is no such page."""
        if number < 1 or (number - 1) * size >= total:
            return None
        query = self.request.query_params.copy()
        query["page"] = str(number)
        address = f"{self.request.path}?{query.urlencode()}"
        return self.request.build_absolute_uri(address)

    @extend_schema(responses=VersionSerializer(many=True))
    @action(detail=True)
    def versions(self, request: Request, pk: str) -> Response:
        """The tree of versions, by number; `parent` is a number, null for an import."""
        dataset = self.dataset(Action.VIEW)
        rows = dataset.versions.light().select_related(
            "dataset", "parent", "created_by"
        )
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(VersionSerializer(page, many=True).data)

    @extend_schema(
        request=StepsSerializer,
        parameters=[OpenApiParameter("dry_run", bool)],
        responses={202: VersionDetailSerializer, 200: TrialSerializer},
    )
    @versions.mapping.post
    def apply(self, request: Request, pk: str) -> Response:
        """Apply steps to a version: a new one is made, 202. Several steps at once:

            {"steps": [{"step": "fill_missing", "columns": ["petal"],
                        "parameters": {"strategy": "median"}}]}

        With `?dry_run=1` nothing is made: the answer tells the effect on a sample.
        """
        is_trial = request.query_params.get("dry_run") in {"1", "true"}
        self.dataset(Action.VIEW if is_trial else Action.EDIT)
        given = StepsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        if is_trial:
            parent = self.version(Action.VIEW, given.validated_data.get("version"))
            with explained():
                trial = services.try_on_sample(parent, given.specs())
            return Response(TrialSerializer(trial).data)
        return self.applied_and_waited(request, given)

    def applied_and_waited(self, request: Request, given: StepsSerializer) -> Response:
        response = self.applied(request, given)
        rows = DatasetVersion.objects.filter(
            dataset=self.kwargs["pk"], number=response.data["number"]
        )
        unfinished = rows.filter(status__in=services.UNFINISHED)
        seconds = preferred_wait(request)
        if seconds and wait_until(lambda: not unfinished.exists(), seconds):
            version = rows.select_related("dataset", "parent").get()
            response.data = VersionDetailSerializer(version).data
            response.status_code = status.HTTP_200_OK
        return response

    @idempotent
    def applied(self, request: Request, given: StepsSerializer) -> Response:
        parent = self.version(Action.EDIT, given.validated_data.get("version"))
        with explained():
            version = services.apply_steps(
                parent,
                specs=given.specs(),
                description=given.validated_data["description"],
                actor=request.user,
            )
        where = reverse("api-dataset-version", args=[parent.dataset_id, version.number])
        data = VersionDetailSerializer(version).data
        return Response(data, status.HTTP_202_ACCEPTED, headers={"Location": where})

    @extend_schema(responses=VersionDetailSerializer)
    @action(detail=True, url_path=r"versions/(?P<number>\d{1,9})", url_name="version")
    def one_version(self, request: Request, pk: str, number: str) -> Response:
        """One version with its columns and, of an import, the bad records."""
        version = self.version(Action.VIEW, int(number))
        return Response(VersionDetailSerializer(version).data)

    @extend_schema(request=None, responses=VersionDetailSerializer)
    @action(
        detail=True,
        methods=["post"],
        url_path=r"versions/(?P<number>\d{1,9})/cancel",
        url_name="version-cancel",
    )
    def cancel(self, request: Request, pk: str, number: str) -> Response:
        """Stop the making of a version; 409 once it has ended."""
        version = self.version(Action.EDIT, int(number))
        services.cancel_version(version, actor=request.user)
        version.refresh_from_db()
        return Response(VersionDetailSerializer(version).data)

    @extend_schema(request=RestoreSerializer, responses=DatasetDetailSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Make an earlier version the active one; nothing is lost."""
        self.dataset(Action.EDIT)
        given = RestoreSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        version = self.version(Action.EDIT, given.validated_data["version"])
        services.restore_version(version, actor=request.user)
        return self.retrieve(request, pk)

    @extend_schema(
        parameters=[
            VERSION,
            OpenApiParameter("format", str, enum=["csv", "parquet"]),
            OpenApiParameter("for", str, enum=["programs", "spreadsheets"]),
        ],
        responses={(200, "text/csv"): OpenApiTypes.BINARY},
    )
    @action(detail=True, content_negotiation_class=AnyFormat)
    def download(self, request: Request, pk: str) -> HttpResponseBase:
        """The data as `csv` or `parquet`.

        Text that a spreadsheet would run as a formula gets an apostrophe in front,
        unless it is `for=programs`.
        """
        version = self.version(Action.VIEW)
        query = request.query_params
        with explained():
            return download_response(
                version,
                query.get("format", "csv"),
                is_for_programs=query.get("for") == "programs",
            )


class StepsView(APIView):
    """The preprocessing steps: parameters as JSON Schema, and what each learns."""

    @extend_schema(responses=StepEntrySerializer(many=True))
    def get(self, request: Request) -> Response:
        entries = list(catalogue.steps().values())
        return Response(StepEntrySerializer(entries, many=True).data)
