"""An experiment's model tried on other rows, over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.reverse import reverse

from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY, LOCATION, PREFER
from datamine.api.waiting import when_done
from datasets.uploads import received_file
from experiments.api.views import version_for
from experiments.evaluating import start_evaluation, start_file_evaluation
from experiments.models import Evaluation, Experiment, Result
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from rest_framework.request import Request


class OtherRowsSerializer(serializers.Serializer):
    """The rows a model is tried on: a dataset, at its active version unless a number
    is given, or (multipart) a file with the target among its columns.
    """

    dataset = serializers.IntegerField(
        min_value=1,
        max_value=2**62,
        required=False,
        help_text="Unless there is a file.",
    )
    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None
    )
    file = serializers.FileField(
        required=False, help_text="CSV, JSON, ARFF, Parquet or Excel."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "dataset" in attrs and "file" in attrs:
            raise serializers.ValidationError(
                {"file": "Name a dataset or send a file, not both."}
            )
        return attrs


class EvaluationSerializer(serializers.ModelSerializer):
    """How good a model is on other rows; metrics come when it is completed."""

    experiment = serializers.IntegerField(
        source="result.session.experiment_id", read_only=True
    )
    session = serializers.IntegerField(source="result.session_id", read_only=True)
    dataset = serializers.IntegerField(
        source="version.dataset_id", read_only=True, allow_null=True, default=None
    )
    version = serializers.IntegerField(
        source="version.number", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = Evaluation
        fields = [
            "id", "experiment", "session", "dataset", "version", "filename", "status",
            "progress", "metrics", "details", "error_message", "created_at",
            "completed_at",
        ]  # fmt: skip
        read_only_fields = fields


def evaluations() -> object:
    """Return evaluations with what names them."""
    return Evaluation.objects.select_related("result__session", "version").defer("log")


class EvaluateView(GenericAPIView):
    """The model of the latest completed session on rows it was not tested on."""

    serializer_class = OtherRowsSerializer

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY, PREFER, LOCATION],
        responses={200: EvaluationSerializer, 202: EvaluationSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Start an evaluation. `Prefer: wait=60` waits for its end, at most so long.

        Rows of a version that the model learned from are left out. `details` holds
        intervals, confusion matrix, report and curves, and says which rows count in no
        figure, and why: `quarantined_rows` names the first hundred one by one.
        """
        response = self.started(request)
        found = evaluations().filter(pk=response.data["id"])
        return when_done(
            request,
            response,
            lambda: found.get().is_over,
            lambda: EvaluationSerializer(found.get()).data,
        )

    @idempotent
    def started(self, request: Request) -> Response:
        experiment = get_for(
            request.user, Experiment, Action.EDIT, pk=self.kwargs["pk"]
        )
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        result = Result.objects.latest_of(experiment)
        if "dataset" in body.validated_data:
            version = version_for(
                request,
                Action.VIEW,
                dataset=body.validated_data["dataset"],
                number=body.validated_data["version"],
                project=experiment.project,
            )
            made = start_evaluation(result, version, actor=request.user)
        elif request.content_type == "application/json":
            raise serializers.ValidationError(
                {"dataset": "Name a dataset, or send a file of rows (multipart)."}
            )
        else:
            file = received_file(request)
            made = start_file_evaluation(result, file, actor=request.user)
        return Response(
            EvaluationSerializer(made).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": reverse("evaluation", [made.pk])},
        )


class EvaluationView(GenericAPIView):
    """One evaluation on other rows."""

    serializer_class = EvaluationSerializer

    def get(self, request: Request, pk: int) -> Response:
        """Return how far it is, and its figures once it is completed."""
        found = get_for(request.user, evaluations(), Action.VIEW, pk=pk)
        return Response(self.get_serializer(found).data)
