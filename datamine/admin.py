"""The admin's log-in, and rows that the site shows other than their apps do."""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from axes.admin import AccessAttemptAdmin, AccessFailureLogAdmin, AccessLogAdmin
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_q import admin as queue
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.admin import ModelAdmin

from datamine.models import BundleExport, BundleImport, Worker
from datamine.names import translate_names
from datamine.templatetags.display import browser
from datasets.exports import csv_lines
from projects.admin import ActivityAdmin, ReadOnlyAdmin
from projects.models import Activity, Letter, Notice, RememberedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


@login_not_required
def log_in(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Send people through the site's own log-in, with its brakes on guessing."""
    if not request.user.is_authenticated:
        wanted = request.GET.get("next", request.path)
        return redirect_to_login(wanted)
    if not admin.site.has_permission(request):
        raise PermissionDenied(gettext("The administration is for staff."))
    return redirect("admin:index")


admin.site.login = log_in


class LookOnly(ModelAdmin):
    """Rows of the machinery: for superusers, to look at.

    The queue's messages name functions that workers will call; whoever could write
    them could run anything.
    """

    list_per_page = 25
    actions: Any = []

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    has_module_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OfBrowser:
    """Shows which browser came, in words instead of all that it says of itself."""

    @admin.display(description=_("Browser"))
    def browser(self, row: AccessAttempt | AccessLog | AccessFailureLog) -> str:
        return browser(row.user_agent)


class AttemptAdmin(OfBrowser, LookOnly, AccessAttemptAdmin):
    """Failed log-ins that still count; deleting one opens the door again."""

    list_display = [
        "attempt_time", "username", "ip_address", "browser", "failures_since_start",
    ]  # fmt: skip
    list_filter = ["attempt_time"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)


class LogInAdmin(OfBrowser, LookOnly, AccessLogAdmin):
    list_display = [
        "attempt_time", "logout_time", "username", "ip_address", "browser",
    ]  # fmt: skip
    list_filter = ["attempt_time", "logout_time"]  # paths hold words of invitations


class FailureAdmin(OfBrowser, LookOnly, AccessFailureLogAdmin):
    list_display = ["attempt_time", "username", "ip_address", "browser", "locked_out"]
    list_filter = ["attempt_time", "locked_out"]


class SuccessAdmin(LookOnly, queue.TaskAdmin):
    pass


class FailedTaskAdmin(LookOnly, queue.FailAdmin):
    pass


class MessageAdmin(LookOnly):
    list_display = ["id", "key", "name", "func", "lock"]
    list_filter = ["key"]
    search_fields = ["name", "func"]
    fields = ["key", "lock", "task_id", "name", "func", "args"]
    readonly_fields = fields


class WorkerAdmin(LookOnly):
    list_display = ["name", "clusters", "started_at", "seen_at"]
    list_filter = ["clusters"]
    search_fields = ["name"]
    date_hierarchy = "seen_at"


class ExportAdmin(ReadOnlyAdmin):
    """Projects that become files, and how far that is."""

    list_display = [
        "id", "project", "status", "phase", "size", "created_by", "created_at",
        "completed_at",
    ]  # fmt: skip
    list_filter = ["status", "project"]
    list_select_related = ["project", "created_by"]
    search_fields = ["project__name", "error_message"]
    date_hierarchy = "created_at"


class ImportAdmin(ReadOnlyAdmin):
    """Bundles that become projects; before that, only superusers see them."""

    list_display = [
        "id", "filename", "project", "status", "phase", "trained", "untrusted",
        "created_by", "created_at", "completed_at",
    ]  # fmt: skip
    list_filter = ["status"]
    list_select_related = ["project", "created_by"]
    search_fields = ["filename", "project__name", "error_message"]
    date_hierarchy = "created_at"


class AnswerAdmin(LookOnly):
    """Which requests with a key were done; what was answered is for who asked."""

    list_display = ["key", "user", "status", "location", "created_at"]
    list_filter = ["status"]
    list_select_related = ["user"]
    search_fields = ["key", "location", "user__username"]
    date_hierarchy = "created_at"
    fields = list_display


class LetterAdmin(LookOnly):
    """Which letters went out, never what they said: links in them open things."""

    list_display = ["to", "subject", "status", "attempts", "error", "created_at"]
    list_filter = ["status", "created_at"]
    search_fields = ["to", "subject"]
    date_hierarchy = "created_at"
    fields = [*list_display, "next_try_at"]


class NoticeAdmin(LookOnly):
    list_display = ["user", "event", "subject", "project", "created_at", "read_at"]
    list_filter = ["event", "created_at"]
    list_select_related = ["user", "project"]
    search_fields = ["user__username", "project__name"]
    date_hierarchy = "created_at"
    fields = list_display


class AddressAdmin(LookOnly):
    """Addresses of accounts, and whether people have proved that they read them."""

    list_display = ["email", "user", "verified"]
    list_filter = ["verified"]
    list_select_related = ["user"]
    search_fields = ["email", "user__username"]
    fields = list_display


class SecondFactorAdmin(LookOnly):
    """What people prove with that it is them; deleting one helps who has lost it."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    date_hierarchy = "created_at"
    fields = list_display  # never the secret

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)


class SingleSignOnAdmin(LookOnly):
    """Who is who at the identity provider; deleting one lets it be connected anew."""

    list_display = ["user", "provider", "uid", "last_login", "date_joined"]
    list_select_related = ["user"]
    search_fields = ["user__username", "uid"]
    date_hierarchy = "date_joined"
    fields = list_display

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)


class LogAdmin(ActivityAdmin):
    """The activity log, with a download of what filters and search leave of it."""

    actions = ["as_csv"]

    @admin.action(description=_("Download as CSV"), permissions=["view"])
    def as_csv(
        self, request: HttpRequest, queryset: QuerySet[Activity]
    ) -> StreamingHttpResponse:
        rows = queryset.select_related("user", "project").iterator(chunk_size=2000)
        lines = csv_lines(log_rows(rows))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="activity.csv"'
        return response


def log_rows(activities: Iterable[Activity]) -> Iterator[list[object]]:
    """Yield the log as a table, its head first."""
    yield [
        "when", "who", "action", "kind", "id", "name", "project", "details",
    ]  # fmt: skip
    for activity in activities:
        yield [
            activity.created_at.isoformat(timespec="seconds"),
            activity.user.username if activity.user else "",
            activity.action,
            activity.resource_type,
            activity.resource_id,
            activity.details.get("name", ""),
            activity.project.key,
            json.dumps(activity.details, ensure_ascii=False),
        ]


translate_names()

OTHERS = {
    EmailAddress: AddressAdmin,
    Authenticator: SecondFactorAdmin,
    SocialAccount: SingleSignOnAdmin,
    Activity: LogAdmin,
    AccessAttempt: AttemptAdmin,
    AccessLog: LogInAdmin,
    AccessFailureLog: FailureAdmin,
    Success: SuccessAdmin,
    Failure: FailedTaskAdmin,
    OrmQ: MessageAdmin,
}
# Whatever they register comes before what this site says.
for name in ("account", "mfa", "socialaccount", "usersessions"):
    import_module(f"allauth.{name}.admin")
for model in (*OTHERS, Schedule, SocialApp, SocialToken, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
for model, options in OTHERS.items():
    admin.site.register(model, options)
admin.site.register(Worker, WorkerAdmin)
admin.site.register(BundleExport, ExportAdmin)
admin.site.register(BundleImport, ImportAdmin)
admin.site.register(RememberedAnswer, AnswerAdmin)
admin.site.register(Letter, LetterAdmin)
admin.site.register(Notice, NoticeAdmin)
