"""Rows of the projects a person may see, and no more rights than on the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path

from projects.admin.refusing import RefusingAdmin
from projects.permissions import Action, can

if TYPE_CHECKING:
    from django.db.models import ForeignKey, Model, QuerySet
    from django.http import HttpRequest


class VisibleRelationFilter(admin.RelatedFieldListFilter):
    """Filters by rows the person may see, however many rows of the list have them."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[Any, str]]:
        rows = field.remote_field.model.objects.visible_to(request.user)
        ordering = self.field_admin_ordering(field, request, model_admin)
        ordered = rows.order_by(*ordering) if ordering else rows
        return [(row.pk, str(row)) for row in ordered]


class ProjectScopedAdmin(RefusingAdmin):
    """Rows of projects the person may see; rights as on the pages, on top of Django's.

    Saving and deleting call services, whose refusals become messages.
    """

    show_full_result_count = False
    change_action = Action.EDIT
    delete_action = Action.MANAGE

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).visible_to(request.user)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Filter by what the person may see; Django's filter names all there is."""
        return [
            (name, VisibleRelationFilter)
            if isinstance(name, str) and is_scoped(self.model, name)
            else name
            for name in super().get_list_filter(request)
        ]

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


def is_scoped(model: type[Model], path: str) -> bool:
    """Whether a path of fields ends at rows that not everybody sees."""
    related = get_fields_from_path(model, path)[-1].remote_field
    return related is not None and hasattr(related.model.objects, "visible_to")


def may(request: HttpRequest, action: Action, row: Any) -> bool:
    """Whether the person may do `action` with the row; without a row: perhaps."""
    return row is None or can(request.user, action, row.project)


class WholeAdmin(ProjectScopedAdmin):
    """Rows that are deleted with their parts, which nobody deletes alone."""

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[Any, Any, set[str], Any]:
        """Ask for the right to delete of the rows themselves only."""
        found, counts, _, protected = super().get_deleted_objects(objs, request)
        is_denied = any(not self.has_delete_permission(request, row) for row in objs)
        denied = {str(self.opts.verbose_name)} if is_denied else set()
        return found, counts, denied, protected


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
