"""The staff's door to members of projects, and those invited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext

from projects import services
from projects.admin.scoped import ProjectScopedAdmin, ReadOnlyAdmin
from projects.exceptions import DomainError
from projects.models import Invitation, Membership
from projects.permissions import Action, can

if TYPE_CHECKING:
    from django.forms import ModelForm
    from django.http import HttpRequest


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
        made = services.make_member(
            obj.project, user=obj.user, role=obj.role, actor=request.user
        )
        obj.pk = made.pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        services.remove_member(obj, actor=request.user)


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
