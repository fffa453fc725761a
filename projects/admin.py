"""The staff's door to people and projects, and what every app's admin stands on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as PlainGroupAdmin
from django.contrib.auth.admin import UserAdmin as PlainUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from datamine.templatetags.display import deed, word
from projects import services
from projects.addresses import follow
from projects.exceptions import DomainError
from projects.invitations import withdraw_all_of
from projects.models import (
    Activity,
    ApiToken,
    Delivery,
    Invitation,
    Membership,
    Project,
    User,
    Webhook,
)
from projects.permissions import Action, can
from projects.webhooks import change_webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import ForeignKey, Model, QuerySet
    from django.forms import ModelForm
    from django.http import HttpRequest, HttpResponse

Row = TypeVar("Row", bound="Model")
LIKES = ("theme", "language", "notify_in_pages", "notify_by_mail")
DENIED = {
    Action.VIEW: _("You may not view “%(row)s”."),
    Action.EDIT: _("You may not edit “%(row)s”."),
    Action.MANAGE: _("You may not manage “%(row)s”."),
}
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


class RefusingAdmin(ModelAdmin):
    """Saving and deleting call services, whose refusals become messages."""

    list_per_page = 25

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)

    def changeform_view(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            return refused(request, refusal)

    def delete_view(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            return super().delete_view(request, *args, **kwargs)
        except DomainError as refusal:
            return refused(request, refusal)

    def changelist_view(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            return super().changelist_view(request, *args, **kwargs)
        except DomainError as refusal:
            return refused(request, refusal)


class ProjectScopedAdmin(RefusingAdmin):
    """Rows of projects the person may see; rights as on the pages, on top of Django's.

    Saving and deleting call services, whose refusals become messages.
    """

    show_full_result_count = False
    change_action = Action.EDIT
    delete_action = Action.MANAGE

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).visible_to(request.user)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        related = db_field.remote_field.model._default_manager.all()
        if hasattr(related, "visible_to"):
            kwargs["queryset"] = related.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and may(request, self.change_action, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and may(request, self.delete_action, obj)


def may(request: HttpRequest, action: Action, row: Any) -> bool:
    """Whether the person may do `action` with the row; without a row: perhaps."""
    return row is None or can(request.user, action, row.project)


def refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    messages.error(request, str(refusal))
    return HttpResponseRedirect(request.get_full_path())


def try_for_each(
    request: HttpRequest,
    rows: Iterable[Row],
    action: Action,
    change: Callable[[Row], object],
) -> None:
    """Change each chosen row if the person may, and say how it went."""
    for row in rows:
        try_for(request, row, action, change)


def try_for(
    request: HttpRequest, row: Row, action: Action, change: Callable[[Row], object]
) -> None:
    if not may(request, action, row):
        messages.error(request, str(DENIED[action]) % {"row": row})
        return
    try:
        change(row)
    except DomainError as refusal:
        messages.error(request, f"{row}: {refusal}")
    else:
        messages.success(request, gettext("%(row)s: done.") % {"row": row})


class ReadOnlyAdmin(ProjectScopedAdmin):
    """Rows that machines make: looked at, never added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(PlainGroupAdmin, ModelAdmin):
    pass


@admin.register(User)
class UserAdmin(PlainUserAdmin, RefusingAdmin):
    """People; only superusers give rights, and only they touch superusers.

    Nobody goes, or is switched off, who is the only owner of a project.
    """

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = [
        "username", "full_name", "email", "is_active", "is_staff", "last_login",
    ]  # fmt: skip
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["username", "full_name", "email"]
    date_hierarchy = "date_joined"
    filter_horizontal = ()  # the two boxes side by side overflow the page
    list_per_page = 25
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["full_name", "email", "avatar_url", *LIKES]}),
        (_("Rights"), {"fields": ["is_active", *RIGHTS]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]  # fmt: skip
    add_fieldsets = [
        (None, {"fields": ["username", "email", "full_name", "password1", "password2"]})
    ]

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> tuple[str, ...]:
        powers = () if request.user.is_superuser else RIGHTS
        return ("last_login", "date_joined", *powers)

    def has_change_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        return super().has_change_permission(request, obj) and outranks(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        return super().has_delete_permission(request, obj) and outranks(request, obj)

    def save_model(
        self, request: HttpRequest, obj: User, form: ModelForm, change: bool
    ) -> None:
        if change and "is_active" in form.changed_data and not obj.is_active:
            services.keep_owners_but(obj)
            withdraw_all_of(obj, actor=request.user)
        super().save_model(request, obj, form, change)
        follow(obj)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        services.delete_account(obj)


def outranks(request: HttpRequest, person: User | None) -> bool:
    return request.user.is_superuser or person is None or not person.is_superuser


@admin.register(Project)
class ProjectAdmin(ProjectScopedAdmin):
    change_action = Action.MANAGE
    list_display = [
        "name", "key", "status", "is_public", "members_total", "updated_at",
    ]  # fmt: skip
    list_filter = ["status", "is_public", "created_at"]
    search_fields = ["name", "key", "description"]
    date_hierarchy = "created_at"
    fields = [
        "name", "key", "description", "is_public", "needs_second_owner", "status",
        "metadata", "created_at", "updated_at",
    ]  # fmt: skip
    readonly_fields = ["key", "created_at", "updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return super().get_queryset(request).with_member_counts()

    @admin.display(description=_("Members"), ordering="members_count")
    def members_total(self, project: Project) -> int:
        return project.members_count

    def save_model(
        self, request: HttpRequest, obj: Project, form: ModelForm, change: bool
    ) -> None:
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        if change:
            stored = Project.objects.visible_to(request.user).get(pk=obj.pk)
            services.update_project(stored, actor=request.user, **values)
            return
        values.pop("status", None)
        made = services.create_project(**values, actor=request.user)
        obj.pk, obj.key = made.pk, made.key

    def delete_model(self, request: HttpRequest, obj: Project) -> None:
        services.delete_project(obj)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[Any, Any, set[str], Any]:
        """Machine rows go with their project, though nobody deletes them alone."""
        found, counts, _, protected = super().get_deleted_objects(objs, request)
        return found, counts, set(), protected


@admin.register(Membership)
class MembershipAdmin(ProjectScopedAdmin):
    change_action = Action.MANAGE
    list_display = ["user", "project", "role", "added_at"]
    list_filter = ["role", "added_at"]
    list_select_related = ["user", "project"]
    search_fields = ["user__username", "user__full_name", "project__name"]
    date_hierarchy = "added_at"
    autocomplete_fields = ["project", "user"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Membership | None = None
    ) -> list[str]:
        return ["project", "user", "added_at"] if obj else ["added_at"]

    def save_model(
        self, request: HttpRequest, obj: Membership, form: ModelForm, change: bool
    ) -> None:
        if change:
            stored = Membership.objects.visible_to(request.user).get(pk=obj.pk)
            services.change_role(stored, role=obj.role, actor=request.user)
            return
        if not can(request.user, Action.MANAGE, obj.project):
            raise DomainError(gettext("Only an owner adds members to this project."))
        made = services.add_member(
            obj.project,
            identifier=obj.user.username,
            role=obj.role,
            actor=request.user,
        )
        obj.pk = made.pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        services.remove_member(obj, actor=request.user)


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


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Owners make and withdraw them on the members' page, where the link is shown."""

    list_display = [
        "name", "project", "role", "created_by", "created_at", "expires_at",
        "accepted_by",
    ]  # fmt: skip
    list_filter = ["role", "created_at", "expires_at"]
    list_select_related = ["project", "created_by", "accepted_by"]
    search_fields = ["name", "project__name"]
    date_hierarchy = "created_at"


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = [
        "event", "webhook", "status", "attempts", "next_try_at", "created_at",
    ]  # fmt: skip
    list_filter = ["event", "status", "created_at"]
    list_select_related = ["webhook"]
    search_fields = ["webhook__project__name"]
    date_hierarchy = "created_at"


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
