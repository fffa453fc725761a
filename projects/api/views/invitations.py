"""Invitations to a project; owners only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from datamine.api.idempotency import idempotent
from projects import invitations
from projects.api.serializers import InvitationSerializer, NewInvitationSerializer
from projects.api.views.projects import OfProject
from projects.models import Invitation
from projects.permissions import Action

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class InvitationViewSet(OfProject, mixins.ListModelMixin, GenericViewSet):
    """Links that make whoever has one a member, once; those that wait for an answer."""

    http_method_names = ["get", "post", "delete", "head", "options"]
    queryset = Invitation.objects.none()
    serializer_class = InvitationSerializer
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Invitation]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        project = self.project(Action.MANAGE)
        return project.invitations.open().select_related("created_by")

    @extend_schema(
        request=InvitationSerializer, responses={201: NewInvitationSerializer}
    )
    @idempotent
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Invite somebody; `link` is told only now, and sent to `email` if given."""
        project = self.project(Action.MANAGE)
        given = InvitationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = {"role": "viewer", "email": ""} | given.validated_data
        site = request.build_absolute_uri("/").removesuffix("/")
        made, word = invitations.invite(
            project, **wanted, actor=request.user, site=site
        )
        made.link = invitations.link_of(site, word)
        return Response(NewInvitationSerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Withdraw an invitation that nobody has used."""
        invitation = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        invitations.withdraw(invitation, actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
