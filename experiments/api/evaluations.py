"""An experiment's model tried on other versions, over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.reverse import reverse

from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY, LOCATION, PREFER
from datamine.api.waiting import when_done
from experiments.api.views import version_for
from experiments.evaluating import start_evaluation
from experiments.models import Evaluation, Experiment, Result
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from rest_framework.request import Request


class OtherRowsSerializer(serializers.Serializer):
    """The version a model is tried on; the active one unless a number is given."""

    dataset = serializers.IntegerField(min_value=1, max_value=2**62)
    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None
    )


class EvaluationSerializer(serializers.ModelSerializer):
    """How good a model is on other rows; metrics come when it is completed."""

    experiment = serializers.IntegerField(
        source="result.session.experiment_id", read_only=True
    )
    session = serializers.IntegerField(source="result.session_id", read_only=True)
    dataset = serializers.IntegerField(source="version.dataset_id", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)

    class Meta:
        model = Evaluation
        fields = [
            "id", "experiment", "session", "dataset", "version", "status", "progress",
            "metrics", "details", "error_message", "created_at", "completed_at",
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

        Rows the model learned from are left out. `details` holds intervals, confusion
        matrix, report and curves, and says which rows count in no figure, and why.
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
        version = version_for(
            request,
            Action.VIEW,
            dataset=body.validated_data["dataset"],
            number=body.validated_data["version"],
            project=experiment.project,
        )
        result = Result.objects.latest_of(experiment)
        made = start_evaluation(result, version, actor=request.user)
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
