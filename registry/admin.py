"""The staff's door to models, versions and the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminTextInputWidget

from projects.admin import ReadOnlyAdmin, try_for_each
from projects.permissions import Action
from registry.models import (
    Activation,
    ActivationRequest,
    BatchPrediction,
    ModelVersion,
    PerformanceReport,
    Record,
    RegisteredModel,
    Retraining,
)
from registry.services import approve_request, promote_version, roll_back

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class ReasonForm(ActionForm):
    """An action with the reason that the ledger keeps."""

    reason = forms.CharField(
        max_length=500,
        required=False,
        label="",
        widget=UnfoldAdminTextInputWidget({"placeholder": _("Reason, for the ledger")}),
    )


class ManagedAdmin(ReadOnlyAdmin):
    """Rows only services change; some of those are offered as actions."""

    action_form = ReasonForm

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("registry.change_registeredmodel")


def reason_in(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:500]


@admin.register(RegisteredModel)
class RegisteredModelAdmin(ManagedAdmin):
    """Names models are kept under, and which version of each serves."""

    list_display = ["name", "project", "active_version", "created_by", "created_at"]
    list_select_related = ["project", "active_version__model", "created_by"]
    list_filter = [("active_version", admin.EmptyFieldListFilter), "project"]
    search_fields = ["name", "project__name", "description"]
    date_hierarchy = "created_at"
    actions = ["roll_back_selected"]

    @admin.action(description=_("Roll back"), permissions=["manage"])
    def roll_back_selected(
        self, request: HttpRequest, queryset: QuerySet[RegisteredModel]
    ) -> None:
        try_for_each(
            request,
            queryset,
            Action.MANAGE,
            lambda model: roll_back(
                model, reason=reason_in(request), actor=request.user
            ),
        )


@admin.register(ModelVersion)
class ModelVersionAdmin(ManagedAdmin):
    """Registered artefacts, as they were made."""

    list_display = [
        "version", "model", "algorithm", "in_service", "created_by", "created_at",
    ]  # fmt: skip
    list_select_related = ["model__project", "session__experiment", "created_by"]
    list_filter = ["model__project"]
    search_fields = ["version", "model__name", "notes"]
    date_hierarchy = "created_at"
    actions = ["activate_selected"]

    @admin.display(
        description=_("algorithm"), ordering="session__experiment__algorithm"
    )
    def algorithm(self, version: ModelVersion) -> str:
        return version.session.experiment.algorithm_title

    @admin.display(description=_("in service"), boolean=True)
    def in_service(self, version: ModelVersion) -> bool:
        return version.is_active

    @admin.action(description=_("Put in service"), permissions=["manage"])
    def activate_selected(
        self, request: HttpRequest, queryset: QuerySet[ModelVersion]
    ) -> None:
        try_for_each(
            request,
            queryset,
            Action.MANAGE,
            lambda version: promote_version(
                version, reason=reason_in(request), actor=request.user
            ),
        )


@admin.register(Activation)
class ActivationAdmin(ReadOnlyAdmin):
    """The ledger: who put which version in service, and why."""

    list_display = [
        "created_at", "model", "kind", "version_name", "previous_name", "actor",
        "reason",
    ]  # fmt: skip
    list_select_related = ["model__project", "actor"]
    list_filter = ["kind", "model__project"]
    search_fields = ["version_name", "previous_name", "reason", "model__name"]
    date_hierarchy = "created_at"


@admin.register(ActivationRequest)
class ActivationRequestAdmin(ManagedAdmin):
    """Who asked that which version comes into service, and what was decided."""

    list_display = [
        "id", "model", "version_name", "status", "created_by", "created_at",
        "decided_by",
    ]  # fmt: skip
    list_select_related = ["model__project", "created_by", "decided_by"]
    list_filter = ["status", "model__project"]
    search_fields = ["version_name", "reason", "model__name"]
    date_hierarchy = "created_at"
    actions = ["approve_selected"]

    @admin.action(description=_("Approve"), permissions=["manage"])
    def approve_selected(
        self, request: HttpRequest, queryset: QuerySet[ActivationRequest]
    ) -> None:
        try_for_each(
            request,
            queryset.with_people(),
            Action.MANAGE,
            lambda asked: approve_request(asked, actor=request.user),
        )


@admin.register(Record)
class RecordAdmin(ReadOnlyAdmin):
    """Answers that were kept, and what turned out to be true."""

    list_display = [
        "id", "model", "version_name", "prediction", "actual", "created_by",
        "created_at",
    ]  # fmt: skip
    list_select_related = ["model__project", "created_by"]
    list_filter = ["is_right", "model__project"]
    search_fields = ["version_name", "model__name"]
    date_hierarchy = "created_at"


@admin.register(BatchPrediction)
class BatchPredictionAdmin(ReadOnlyAdmin):
    """Files that are answered in the background."""

    list_display = [
        "id", "model", "filename", "version_name", "status", "answered", "quarantined",
        "created_by", "created_at",
    ]  # fmt: skip
    list_select_related = ["model__project", "created_by"]
    list_filter = ["status", "model__project"]
    search_fields = ["filename", "model__name", "error_message"]
    date_hierarchy = "created_at"


@admin.register(PerformanceReport)
class PerformanceReportAdmin(ReadOnlyAdmin):
    """How fast, large and steady versions are, and how far measuring is."""

    list_display = [
        "id", "version", "status", "phase", "created_by", "created_at", "completed_at",
    ]  # fmt: skip
    list_select_related = ["version__model__project", "created_by"]
    list_filter = ["status", "version__model__project"]
    search_fields = ["version__version", "version__model__name", "error_message"]
    date_hierarchy = "created_at"


@admin.register(Retraining)
class RetrainingAdmin(ReadOnlyAdmin):
    """Models learned anew, and how far that is."""

    list_display = [
        "id", "model", "source", "status", "session", "version", "created_by",
        "created_at",
    ]  # fmt: skip
    list_select_related = [
        "model__project", "session__experiment", "version__model", "created_by",
    ]  # fmt: skip
    list_filter = ["status", "source", "model__project"]
    search_fields = ["model__name", "error_message"]
    date_hierarchy = "created_at"
