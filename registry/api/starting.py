"""The short way from a dataset to a model: a family in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.reverse import reverse

from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY, LOCATION, PREFER
from experiments.api.views import version_for, when_trained
from experiments.suggestions import family_draft
from projects.models import Project
from projects.permissions import Action, get_for
from registry.api.serializers import StartedSerializer, StartSerializer
from registry.services import train_as

if TYPE_CHECKING:
    from rest_framework.request import Request


class StartView(GenericAPIView):
    """The short way in for a family, which knows its columns itself."""

    serializer_class = StartSerializer
    reads = False

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY, PREFER, LOCATION],
        responses={202: StartedSerializer, 200: StartedSerializer},
    )
    def post(self, request: Request) -> Response:
        """Save an experiment, start its first session, and register what comes of it.

        Hyperparameters stand beside the other fields, or in `config`; those not named
        are the preset's, else the defaults. An unknown one, or one out of its bounds,
        is answered with its name and range. When the session ends its model becomes a
        version of `model_name`; `Prefer: wait=60` waits for the session.
        """
        return when_trained(request, self.started(request), StartedSerializer)

    @idempotent
    def started(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        said = form.validated_data
        project = get_for(request.user, Project, Action.EDIT, key=said["project"])
        version = version_for(
            request,
            Action.EDIT,
            dataset=said["dataset"],
            number=said["version"],
            project=project,
        )
        draft = family_draft(
            version,
            said["algorithm"],
            name=said["model_name"],
            preset=said["preset"],
            hyperparameters=form.hyperparameters,
        )
        name = said["model_name"] or f"{draft.algorithm}_model"
        retraining = train_as(draft, name=name, actor=request.user)
        return Response(
            StartedSerializer(retraining.session).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": reverse("session-detail", [retraining.session_id])},
        )
