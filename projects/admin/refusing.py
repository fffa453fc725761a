"""Saving and deleting by services, whose refusals become messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponseRedirect
from unfold.admin import ModelAdmin

from projects.exceptions import DomainError

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


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


def refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    messages.error(request, str(refusal))
    return HttpResponseRedirect(request.get_full_path())
