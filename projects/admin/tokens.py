"""The staff's door to tokens of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from unfold.admin import ModelAdmin

from projects.models import ApiToken

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):
    """Tokens are made by their owners only; staff may end them."""

    list_display = ["name", "user", "scope", "created", "expiry"]
    list_filter = ["scope", "created", "expiry"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username"]
    date_hierarchy = "created"
    fields = ["name", "user", "scope", "created", "expiry"]
    list_per_page = 25

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: ApiToken | None = None
    ) -> bool:
        return False
