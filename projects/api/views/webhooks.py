"""Webhooks of a project and what they were told; owners only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from datamine.api.etags import matched, tagged
from datamine.api.idempotency import idempotent
from datamine.api.schema import IDEMPOTENCY_KEY
from projects import webhooks
from projects.api.serializers import (
    DeliverySerializer,
    WebhookDetailSerializer,
    WebhookSerializer,
)
from projects.api.views.projects import METHODS, OfProject
from projects.models import Webhook
from projects.permissions import Action

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class WebhookViewSet(OfProject, mixins.ListModelMixin, GenericViewSet):
    """Addresses that are told when sessions end and when another version serves.

    What they are sent bears `DataMine-Signature: t=…,v1=…`: the time, and HMAC-SHA256
    with the webhook's secret over the time, a dot and the body.
    """

    http_method_names = METHODS
    queryset = Webhook.objects.none()
    serializer_class = WebhookSerializer
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> QuerySet[Webhook]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return self.project(Action.MANAGE).webhooks.select_related("project")

    def webhook(self) -> Webhook:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    @idempotent
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add an address; only hosts that the operator has allowed are called."""
        project = self.project(Action.MANAGE)
        given = WebhookSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = {"on_session_end": True, "on_activation": True} | given.validated_data
        wanted.pop("is_active", None)  # a new one is
        made = webhooks.add_webhook(project, **wanted, actor=request.user)
        return Response(WebhookSerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(responses=WebhookDetailSerializer)
    @tagged
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show an address and the secret that signs what it is sent."""
        return Response(WebhookDetailSerializer(self.webhook()).data)

    @matched
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the address, what is told, or switch it off."""
        webhook = self.webhook()
        given = WebhookSerializer(webhook, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        webhooks.change_webhook(webhook, **given.validated_data, actor=request.user)
        return Response(WebhookSerializer(webhook).data)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Remove an address with its log."""
        webhooks.remove_webhook(self.webhook(), actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=DeliverySerializer(many=True))
    @action(detail=True)
    def deliveries(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what was told in the last month, newest first."""
        page = self.paginate_queryset(self.webhook().deliveries.all())
        return self.get_paginated_response(DeliverySerializer(page, many=True).data)

    @extend_schema(
        request=None, parameters=[IDEMPOTENCY_KEY], responses={201: DeliverySerializer}
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def ping(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send a test; see under `deliveries` whether it arrived."""
        made = webhooks.send_ping(self.webhook())
        return Response(DeliverySerializer(made).data, status.HTTP_201_CREATED)
