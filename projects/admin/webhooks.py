"""The staff's door to webhooks and what was sent there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from projects.admin.scoped import ReadOnlyAdmin
from projects.admin.trying import try_for_each
from projects.models import Delivery, Webhook
from projects.permissions import Action
from projects.webhooks import change_webhook

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    """Owners make them on their page, where the address is held to the rules."""

    list_display = ["__str__", "project", "is_active", "created_by", "created_at"]
    list_filter = ["is_active", "on_session_end", "on_activation", "created_at"]
    list_select_related = ["project", "created_by"]
    search_fields = ["project__name"]  # an address may hold a secret
    date_hierarchy = "created_at"
    fields = [
        "project", "on_session_end", "on_activation", "is_active", "created_by",
        "created_at",
    ]  # fmt: skip
    actions = ["switch_off"]

    @admin.action(description=_("Switch off"), permissions=["view"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        change = partial(change_webhook, is_active=False, actor=request.user)
        try_for_each(request, queryset, Action.MANAGE, change)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = [
        "event", "webhook", "status", "attempts", "next_try_at", "created_at",
    ]  # fmt: skip
    list_filter = ["event", "status", "created_at"]
    list_select_related = ["webhook"]
    search_fields = ["webhook__project__name"]
    date_hierarchy = "created_at"
