"""Training that goes on from an earlier network, over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.reverse import reverse

from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY, LOCATION, PREFER
from experiments.api.serializers import SessionDetailSerializer
from experiments.api.views import version_for, when_trained
from experiments.continuing import continue_training
from experiments.models import Experiment, Result
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from rest_framework.request import Request


class ContinueSerializer(serializers.Serializer):
    """How to go on; any other field is a hyperparameter, such as `epochs`.

    Without a dataset the model goes on with its own rows, divided as before.
    """

    dataset = serializers.IntegerField(
        min_value=1, max_value=2**62, required=False, allow_null=True, default=None
    )
    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None
    )


class ContinueView(GenericAPIView):
    """The network of the latest completed session, trained further."""

    serializer_class = ContinueSerializer

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY, PREFER, LOCATION],
        responses={202: SessionDetailSerializer, 200: SessionDetailSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Save an experiment that begins with these weights, and start its session.

        Hyperparameters stand beside the other fields; those not named stay, and
        `epochs` are further ones. Refused for models that are no networks, and for
        experiments with folds, whose rows the model has all learned from.
        """
        return when_trained(request, self.started(request))

    @idempotent
    def started(self, request: Request) -> Response:
        experiment = get_for(
            request.user, Experiment, Action.EDIT, pk=self.kwargs["pk"]
        )
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        said, version = body.validated_data, None
        if said["dataset"] or said["version"]:
            version = version_for(
                request,
                Action.VIEW,
                dataset=said["dataset"] or experiment.dataset_id,
                number=said["version"],
                project=experiment.project,
            )
        others = {n: v for n, v in request.data.items() if n not in body.fields}
        result = Result.objects.latest_of(experiment)
        session = continue_training(
            result, hyperparameters=others, version=version, actor=request.user
        )
        return Response(
            SessionDetailSerializer(session).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": reverse("session-detail", [session.pk])},
        )
