"""From which probability on an experiment answers a class, over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

from experiments.decisions import (
    classes_to_decide,
    decide,
    decision_of,
    on_test_rows,
    weigh,
)
from experiments.evaluation.thresholds import Costs
from experiments.models import Experiment, Result
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from rest_framework.request import Request

    from experiments.evaluation.thresholds import Choice


class CostsSerializer(serializers.Serializer):
    """The class to find; a threshold, or what errors cost so that one is found."""

    label = serializers.CharField(max_length=10_000, trim_whitespace=False)
    threshold = serializers.FloatField(
        min_value=0, max_value=1, required=False, allow_null=True, default=None
    )
    cost_false_alarm = serializers.FloatField(min_value=0, max_value=1e12, default=1)
    cost_miss = serializers.FloatField(min_value=0, max_value=1e12, default=1)


class BroughtSerializer(serializers.Serializer):
    """What a threshold brings on some rows."""

    hits = serializers.IntegerField()
    false_alarms = serializers.IntegerField()
    misses = serializers.IntegerField()
    precision = serializers.FloatField(allow_null=True)
    recall = serializers.FloatField(allow_null=True)
    accuracy = serializers.FloatField()


class DecisionSerializer(serializers.Serializer):
    """What counts now; `label` and `threshold` are null for the usual answer."""

    label = serializers.JSONField(allow_null=True)
    threshold = serializers.FloatField(allow_null=True)
    classes = serializers.ListField(child=serializers.CharField())
    basis = serializers.ChoiceField(["folds", "validation"], allow_null=True)
    on_basis = BroughtSerializer(allow_null=True)
    on_test = BroughtSerializer(allow_null=True)


class DecisionView(GenericAPIView):
    """The threshold of the latest completed session, chosen on folds or validation."""

    serializer_class = CostsSerializer

    def result(self, wanted: Action) -> Result:
        experiment = get_for(
            self.request.user, Experiment, wanted, pk=self.kwargs["pk"]
        )
        return Result.objects.latest_of(experiment)

    @extend_schema(responses=DecisionSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return what was decided, and what it brings."""
        return Response(self.state_of(self.result(Action.VIEW)))

    @extend_schema(responses=DecisionSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Decide: predictions of the experiment follow, and versions from now on."""
        result = self.result(Action.EDIT)
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        costs = Costs(said["cost_false_alarm"], said["cost_miss"])
        weighing = weigh(result, said["label"], costs, said["threshold"])
        decide(result, weighing, actor=request.user)
        return Response(self.state_of(result))

    @extend_schema(responses={200: DecisionSerializer})
    def delete(self, request: Request, pk: int) -> Response:
        """Answer the likelier class again, as usual."""
        result = self.result(Action.EDIT)
        decide(result, None, actor=request.user)
        return Response(self.state_of(result))

    @staticmethod
    def state_of(result: Result) -> dict[str, Any]:
        latest, decision = result.decisions.first(), decision_of(result)
        weighing = None
        if decision:
            label, threshold = str(decision["label"]), decision["threshold"]
            weighing = weigh(result, label, Costs(), threshold)
        on_test = on_test_rows(result, latest) if latest else None
        return {
            **(decision or {"label": None, "threshold": None}),
            "classes": classes_to_decide(result),
            "basis": (result.details.get("thresholds") or {}).get("basis"),
            "on_basis": brought(weighing.chosen) if weighing else None,
            "on_test": brought(on_test) if on_test else None,
        }


def brought(choice: Choice) -> dict[str, Any]:
    """Return the figures of a threshold by name."""
    return dict(BroughtSerializer(choice).data)
