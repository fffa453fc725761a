"""Training sessions over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from datamine.api.waiting import when_done
from experiments import sessions
from experiments.api.serializers import (
    LogSerializer,
    SessionDetailSerializer,
    SessionSerializer,
)
from experiments.filters import SessionFilter
from experiments.models import TrainingSession
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


def when_trained(
    request: Request,
    response: Response,
    serializer: type[SessionDetailSerializer] = SessionDetailSerializer,
) -> Response:
    """Wait for the end of a session that was started, if the client prefers that."""
    found = TrainingSession.objects.filter(pk=response.data["id"])
    return when_done(
        request,
        response,
        lambda: found.get().is_over,
        lambda: serializer(found.select_related("result").get()).data,
    )


class SessionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Training sessions: how far they are, and what came out."""

    queryset = TrainingSession.objects.none()
    serializer_class = SessionDetailSerializer
    filterset_class = SessionFilter
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[TrainingSession]:
        visible = TrainingSession.objects.visible_to(self.request.user)
        if self.action == "list":
            return visible.defer("log", "history", "plan")
        return visible.select_related("result", "experiment__project")

    def get_serializer_class(self) -> type[SessionSerializer]:
        return SessionSerializer if self.action == "list" else SessionDetailSerializer

    def session(self, wanted: Action) -> TrainingSession:
        return get_for(
            self.request.user, self.get_queryset(), wanted, pk=self.kwargs["pk"]
        )

    @extend_schema(responses=LogSerializer)
    @action(detail=True)
    def log(self, request: Request, pk: str) -> Response:
        """Return all lines a session has written, times in UTC."""
        return Response(LogSerializer(self.session(Action.VIEW)).data)

    @extend_schema(request=None, responses=SessionDetailSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop a session: at once if it waits, within two seconds if it trains."""
        session = self.session(Action.EDIT)
        sessions.cancel_session(session, actor=request.user)
        return Response(SessionDetailSerializer(session).data)
