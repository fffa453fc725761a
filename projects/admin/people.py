"""The staff's door to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as PlainGroupAdmin
from django.contrib.auth.admin import UserAdmin as PlainUserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from projects import services
from projects.addresses import follow
from projects.admin.refusing import RefusingAdmin
from projects.invitations import withdraw_all_of
from projects.models import User

if TYPE_CHECKING:
    from django.forms import ModelForm
    from django.http import HttpRequest

LIKES = ("theme", "language", "notify_in_pages", "notify_by_mail")
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


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
