"""The versions of one dataset over the API: made, looked at, restored, taken along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY, LOCATION, PREFER
from datamine.api.waiting import when_done
from datasets import services
from datasets.api.serializers import (
    DatasetDetailSerializer,
    DifferenceSerializer,
    ImportAgainSerializer,
    RestoreSerializer,
    StepsSerializer,
    TrialSerializer,
    VersionDetailSerializer,
    VersionSerializer,
)
from datasets.downloads import download_response, recipe_response
from datasets.exceptions import NotReadyError
from datasets.exports.catalogue import FORMATS
from datasets.lineage import called
from datasets.models import Dataset, DatasetVersion, Recipe
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.http import HttpResponseBase
    from rest_framework.renderers import BaseRenderer
    from rest_framework.request import Request

    from datasets.recipes import StepSpec

VERSION = OpenApiParameter(
    "version", int, description="Number of a version; unless given: the active one."
)


JSON = FORMATS["json"].content_type
ROWS = {"type": "array", "items": {"type": "object"}}
#: Of the files a version goes out as, but JSON.
MEDIA_TYPES = [
    entry.content_type.partition(";")[0]
    for entry in FORMATS.values()
    if entry.content_type != JSON
]


def when_imported(request: Request, response: Response) -> Response:
    """Wait for the data of a new dataset, if the client prefers that."""
    pk = response.data["id"]
    unfinished = DatasetVersion.objects.filter(
        dataset=pk, status__in=services.UNFINISHED
    )
    made = Dataset.objects.with_state().visible_to(request.user)
    return when_done(
        request,
        response,
        lambda: not unfinished.exists(),
        lambda: DatasetDetailSerializer(made.get(pk=pk)).data,
    )


class AnyFormat(DefaultContentNegotiation):
    """Leaves `?format=` to the view: it names a file's format, not a renderer."""

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], *args: Any
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class VersionActions(GenericViewSet):
    """What can be asked of the versions of one dataset; a part of its view set."""

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

    def number_asked(self, name: str = "version") -> int:
        text = self.request.query_params.get(name, "")
        if not text.isdecimal() or len(text) > 9 or not int(text):
            raise ValidationError({name: f"{name} must be a number from 1."})
        return int(text)

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
        parameters=[
            OpenApiParameter("dry_run", bool),
            IDEMPOTENCY_KEY,
            PREFER,
            LOCATION,
        ],
        responses={
            202: VersionDetailSerializer,
            200: PolymorphicProxySerializer(
                "MadeOrTried", [VersionDetailSerializer, TrialSerializer], None
            ),
        },
    )
    @versions.mapping.post
    def apply(self, request: Request, pk: str) -> Response:
        """Apply steps to a version: a new one is made, 202. Several steps at once:

            {"steps": [{"step": "fill_missing", "columns": ["petal"],
                        "parameters": {"strategy": "median"}}]}

        Or the steps of a recipe, where `names` says what its columns are called here:

            {"recipe": 5, "names": {"petal": "petal length (cm)"}}

        With `?dry_run=1` nothing is made: the answer tells the effect on a sample.
        """
        is_trial = request.query_params.get("dry_run") in {"1", "true"}
        self.dataset(Action.VIEW if is_trial else Action.EDIT)
        given = StepsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        if is_trial:
            parent = self.version(Action.VIEW, given.validated_data.get("version"))
            trial = services.try_on_sample(parent, self.specs(given))
            return Response(TrialSerializer(trial).data)
        return self.applied_and_waited(request, given)

    def specs(self, given: StepsSerializer) -> list[StepSpec]:
        """Return the steps sent, or those of the recipe named."""
        if "recipe" not in given.validated_data:
            return given.specs()
        pk = given.validated_data["recipe"]
        recipe = get_for(self.request.user, Recipe, Action.VIEW, pk=pk)
        return called(recipe.specs, given.validated_data["names"])

    def applied_and_waited(self, request: Request, given: StepsSerializer) -> Response:
        return self.when_made(request, self.applied(request, given))

    def when_made(self, request: Request, response: Response) -> Response:
        """Wait for the new version as long as the client prefers."""
        rows = DatasetVersion.objects.filter(
            dataset=self.kwargs["pk"], number=response.data["number"]
        )
        unfinished = rows.filter(status__in=services.UNFINISHED)
        made = rows.select_related("dataset", "parent")
        return when_done(
            request,
            response,
            lambda: not unfinished.exists(),
            lambda: VersionDetailSerializer(made.get()).data,
        )

    @idempotent
    def applied(self, request: Request, given: StepsSerializer) -> Response:
        parent = self.version(Action.EDIT, given.validated_data.get("version"))
        version = services.apply_steps(
            parent,
            specs=self.specs(given),
            description=given.validated_data["description"],
            actor=request.user,
        )
        where = reverse("api-dataset-version", args=[parent.dataset_id, version.number])
        data = VersionDetailSerializer(version).data
        return Response(data, status.HTTP_202_ACCEPTED, headers={"Location": where})

    @extend_schema(
        request=ImportAgainSerializer,
        parameters=[IDEMPOTENCY_KEY, PREFER, LOCATION],
        responses={202: VersionDetailSerializer, 200: VersionDetailSerializer},
    )
    @action(detail=True, methods=["post"], url_path="import-again")
    def import_again(self, request: Request, pk: str) -> Response:
        """Read the file again with another `dialect`: a new version without parent.

        What `dialect` leaves out is guessed, as with an upload.
        """
        return self.when_made(request, self.imported_again(request))

    @idempotent
    def imported_again(self, request: Request) -> Response:
        dataset = self.dataset(Action.EDIT)
        given = ImportAgainSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        services.require_file(dataset)
        found = services.sniff_file(
            dataset.upload, dataset.filename, dialect=given.validated_data["dialect"]
        )
        version = services.import_again(
            dataset, dialect=found.dialect, actor=request.user
        )
        where = reverse("api-dataset-version", args=[dataset.pk, version.number])
        data = VersionDetailSerializer(version).data
        return Response(data, status.HTTP_202_ACCEPTED, headers={"Location": where})

    @extend_schema(responses=VersionDetailSerializer)
    @action(detail=True, url_path=r"versions/(?P<number>\d{1,9})", url_name="version")
    def one_version(self, request: Request, pk: str, number: str) -> Response:
        """One version with its columns and, of an import, the bad records."""
        version = self.version(Action.VIEW, int(number))
        return Response(VersionDetailSerializer(version).data)

    @extend_schema(responses=StepsSerializer)
    @action(
        detail=True,
        url_path=r"versions/(?P<number>\d{1,9})/recipe",
        url_name="version-recipe",
    )
    def recipe(self, request: Request, pk: str, number: str) -> HttpResponseBase:
        """All steps from the import to a version: post them to another dataset."""
        version = self.version(Action.VIEW, int(number))
        return recipe_response(str(version), services.history_of(version)[1])

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

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "a", int, required=True, description="Number of a version."
            ),
            OpenApiParameter("b", int, description="Unless given: the active one."),
            OpenApiParameter(
                "column", str, description="Show rows where this column changed."
            ),
        ],
        responses=DifferenceSerializer,
    )
    @action(detail=True)
    def difference(self, request: Request, pk: str) -> Response:
        """What must happen to version `a` to become `b`: columns, rows, cells.

        At most 50 rows of each kind are shown. Of large versions parts are compared:
        `rows.compared` says how many rows, and counts of changes are those found there.
        """
        self.dataset(Action.VIEW)
        before = self.version(Action.VIEW, self.number_asked("a"))
        is_given = bool(request.query_params.get("b"))
        number = self.number_asked("b") if is_given else None
        after = self.version(Action.VIEW, number)
        found = services.compare_versions(
            before, after, column=request.query_params.get("column")
        )
        return Response(
            DifferenceSerializer(found, context={"a": before, "b": after}).data
        )

    @extend_schema(request=RestoreSerializer, responses=DatasetDetailSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Make an earlier version the active one; nothing is lost."""
        self.dataset(Action.EDIT)
        given = RestoreSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        version = self.version(Action.EDIT, given.validated_data["version"])
        services.restore_version(version, actor=request.user)
        return Response(DatasetDetailSerializer(self.dataset(Action.VIEW)).data)

    @extend_schema(
        parameters=[
            VERSION,
            OpenApiParameter("format", str, enum=list(FORMATS)),
            OpenApiParameter("for", str, enum=["programs", "spreadsheets"]),
        ],
        responses={(200, *MEDIA_TYPES): OpenApiTypes.BINARY, (200, JSON): ROWS},
    )
    @action(detail=True, content_negotiation_class=AnyFormat)
    def download(self, request: Request, pk: str) -> HttpResponseBase:
        """The data as a file: `csv`, `parquet`, `json`, `jsonl`, `arff` or `xlsx`.

        A workbook (`xlsx`) has at most 1,048,576 rows and 3,000,000 cells; larger
        tables are refused with 400. In CSV, text that a spreadsheet would run as a
        formula gets an apostrophe in front, unless it is `for=programs`; a workbook
        marks all text as text.
        """
        version = self.version(Action.VIEW)
        query = request.query_params
        return download_response(
            version,
            query.get("format", "csv"),
            is_for_programs=query.get("for") == "programs",
        )
