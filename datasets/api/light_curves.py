"""Light curves over the API: many files, or arrays in JSON, as one dataset."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY, LOCATION, PREFER
from datasets.api.serializers import DatasetDetailSerializer
from datasets.api.versions import when_imported
from datasets.curve_uploads import MOST_FILES, import_light_curves
from datasets.models import Dataset
from datasets.uploads import received_file
from projects.models import Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.core.files.base import File
    from rest_framework.request import Request

#: What the arrays of a call are called where a file would have a name.
ARRAYS = "curves.json"


class LightCurvesSerializer(serializers.Serializer):
    """Curves as files (`multipart/form-data`), or as arrays (JSON)."""

    project = serializers.SlugField(help_text="Key of the project.")
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        required=False,
        max_length=MOST_FILES,
        help_text=".tbl, .dat, long CSV, or JSON with arrays; one star a file unless "
        "it names its stars.",
    )
    curves = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="Objects with the arrays `time`, `flux` and, if known, `flux_err`; "
        "`star_id`, `label`, `period`, `period2` beside them.",
    )
    labels = serializers.FileField(
        required=False, help_text="A CSV with star_id and label, period or period2."
    )
    magnitudes = serializers.BooleanField(
        default=False, help_text="Values are magnitudes, small where a star is bright."
    )
    name = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default=""
    )


class LightCurvesView(APIView):
    """Light curves in many files, put together as one table in long form."""

    @extend_schema(
        request={
            "multipart/form-data": LightCurvesSerializer,
            "application/json": LightCurvesSerializer,
        },
        parameters=[IDEMPOTENCY_KEY, PREFER, LOCATION],
        responses={202: DatasetDetailSerializer, 200: DatasetDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a dataset of light curves: a row for each measurement of each star.

        What cannot be read is named by file and line (400). Answers 202 with the
        address to poll until the dataset is `ready`.
        """
        return when_imported(request, self.joined(request))

    @idempotent
    def joined(self, request: Request) -> Response:
        given = LightCurvesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        project = get_for(request.user, Project, Action.EDIT, key=values["project"])
        made = import_light_curves(
            project,
            files_of(request, values),
            labels=values.get("labels"),
            magnitudes=values["magnitudes"],
            name=values["name"].strip(),
            actor=request.user,
        )
        dataset = Dataset.objects.with_state().visible_to(request.user).get(pk=made.pk)
        where = reverse("api-dataset-detail", args=[dataset.pk])
        data = DatasetDetailSerializer(dataset).data
        return Response(data, status.HTTP_202_ACCEPTED, headers={"Location": where})


def files_of(request: Request, values: dict[str, Any]) -> list[File]:
    """Return what was sent, arrays as the file they might have come in."""
    if "curves" in values:
        text = json.dumps(values["curves"])
        return [ContentFile(text.encode(), name=ARRAYS), *values.get("files", ())]
    received_file(request, "files")  # says what is wrong with what arrived
    return list(values.get("files", ()))
