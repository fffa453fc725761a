"""The staff's door to projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from projects import services
from projects.admin.scoped import WholeAdmin
from projects.models import Project
from projects.permissions import Action

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.forms import ModelForm
    from django.http import HttpRequest


@admin.register(Project)
class ProjectAdmin(WholeAdmin):
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
