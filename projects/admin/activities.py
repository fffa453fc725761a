"""What was done, as staff look at it."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from datamine.templatetags.display import deed, word
from projects.admin.scoped import ReadOnlyAdmin
from projects.models import Activity


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin):
    list_display = [
        "created_at", "user", "deed", "kind", "resource", "project",
    ]  # fmt: skip
    list_filter = ["action", "resource_type", "created_at"]
    list_select_related = ["user", "project"]
    search_fields = [
        "user__username", "action", "resource_type", "resource_id", "project__name",
    ]  # fmt: skip
    date_hierarchy = "created_at"

    @admin.display(description=_("action"), ordering="action")
    def deed(self, activity: Activity) -> str:
        return deed(activity.action)

    @admin.display(description=_("resource type"), ordering="resource_type")
    def kind(self, activity: Activity) -> str:
        return word(activity.resource_type)

    @admin.display(description=_("Name"))
    def resource(self, activity: Activity) -> str:
        return str(activity.details.get("name", activity.resource_id))
