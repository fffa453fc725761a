"""Requests to activate a version over the API: ask, approve, decline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from datamine.api.idempotency import idempotent
from projects.permissions import Action, get_for
from registry import serving
from registry.api.lookups import ModelLookups
from registry.api.serializers import (
    ActivationRequestSerializer,
    AskSerializer,
    DeclineSerializer,
    SwitchedSerializer,
)
from registry.models import ActivationRequest
from registry.services import approve_request, decline_request, request_activation

if TYPE_CHECKING:
    from rest_framework.request import Request


class ActivationRequestViewSet(ModelLookups):
    """Who asked that which version comes into service, and what was decided."""

    queryset = ActivationRequest.objects.none()
    serializer_class = ActivationRequestSerializer
    lookup_value_regex = r"\d{1,18}"

    def list(self, request: Request, key: str, name: str) -> Response:
        """List requests, newest first."""
        requests = self.model(Action.VIEW).requests.with_people()
        page = self.paginate_queryset(requests)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=AskSerializer, responses={201: ActivationRequestSerializer})
    @idempotent
    def create(self, request: Request, key: str, name: str) -> Response:
        """Ask that a version comes into service; another owner approves."""
        self.model(Action.EDIT)
        form = AskSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        version = self.version(Action.EDIT, form.validated_data["version"])
        reason = form.validated_data["reason"]
        asked = request_activation(version, reason=reason, actor=request.user)
        return Response(self.get_serializer(asked).data, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=SwitchedSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, key: str, name: str, pk: str) -> Response:
        """Put the version in service; not for whoever asked."""
        activation = approve_request(self.asked(pk), actor=request.user)
        serving.make_ready(activation.model)
        return Response(SwitchedSerializer(activation).data)

    @extend_schema(request=DeclineSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, key: str, name: str, pk: str) -> Response:
        """Close the request without an activation."""
        asked = self.asked(pk)
        form = DeclineSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        decline_request(asked, remark=form.validated_data["remark"], actor=request.user)
        return Response(self.get_serializer(asked).data)

    def asked(self, pk: str) -> ActivationRequest:
        """Return the request the address names, if it may be decided."""
        own = ActivationRequest.objects.filter(
            model__project__key=self.kwargs["key"], model__name=self.kwargs["name"]
        )
        return get_for(self.request.user, own.with_people(), Action.MANAGE, pk=pk)
