"""The staff's door to datasets; all that changes goes through the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from datamine.templatetags.display import size, word
from datasets import quotas, services, trash
from datasets.forms import LabelsForm
from datasets.models import (
    Dataset,
    DatasetVersion,
    Quota,
    Recipe,
    SiteLimits,
    Tag,
    Upload,
    Visualization,
)
from datasets.querysets import HEAVY
from datasets.readers.dialect import Dialect
from projects.admin import (
    ProjectScopedAdmin,
    ReadOnlyAdmin,
    WholeAdmin,
    try_for_each,
)
from projects.exceptions import DomainError
from projects.permissions import Action, can

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.forms import ModelForm
    from django.http import HttpRequest

STATES = {
    "pending": "info",
    "processing": "info",
    "ready": "success",
    "failed": "danger",
    "cancelled": "warning",
}


class TagFilter(admin.SimpleListFilter):
    """By the tags of datasets the person may see."""

    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        seen = Tag.objects.visible_to(request.user).order_by("name")
        return [(name, name) for name in seen.values_list("name", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(tags__name=self.value()) if self.value() else queryset


@admin.register(Dataset)
class DatasetAdmin(WholeAdmin):
    """Labels can be changed; the rest follows from the file."""

    list_display = [
        "name", "tags", "project", "state", "rows", "file_format", "on_disk",
        "created_by", "created_at",
    ]  # fmt: skip
    form = LabelsForm
    list_filter = [
        TagFilter, ("trashed_at", admin.EmptyFieldListFilter), "file_format",
        "active_version__status", "created_at",
    ]  # fmt: skip
    list_select_related = ["project", "created_by"]
    search_fields = ["name", "description", "filename", "sha256", "project__name"]
    date_hierarchy = "created_at"
    fields = [
        "name", "description", "tags", "project", "filename", "file_format",
        "file_size", "sha256", "upload", "active_version", "created_by", "created_at",
        "updated_at", "trashed_at",
    ]  # fmt: skip
    readonly_fields = fields[3:]
    actions = ["import_again", "put_back"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dataset]:
        """What lies in the trash is listed too."""
        rows = Dataset.everything.visible_to(request.user).with_state()
        return rows.order_by(*self.get_ordering(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @display(description=_("State"), label=STATES, ordering="active_version__status")
    def state(self, dataset: Dataset) -> tuple[str, str]:
        return (dataset.newest_status or "", word(dataset.newest_status or ""))

    @display(description=_("Tags"))
    def tags(self, dataset: Dataset) -> str:
        return ", ".join(tag.name for tag in dataset.tags.all())

    @display(description=_("Rows"), ordering="active_version__rows_count")
    def rows(self, dataset: Dataset) -> int | None:
        version = dataset.active_version
        return version.rows_count if version else None

    @display(description=_("On disk"), ordering="disk_use")
    def on_disk(self, dataset: Dataset) -> str:
        return size(dataset.disk_use)

    def save_model(
        self, request: HttpRequest, obj: Dataset, form: ModelForm, change: bool
    ) -> None:
        services.update_dataset(
            obj,
            name=obj.name,
            description=obj.description,
            tags=form.cleaned_data["tags"],
            actor=request.user,
        )

    def delete_model(self, request: HttpRequest, obj: Dataset) -> None:
        """Throw a dataset away; one in the trash is deleted for good."""
        remove = trash.purge_dataset if obj.trashed_at else trash.trash_dataset
        remove(obj, actor=request.user)

    @action(description=_("Import the file again"), permissions=["change"])
    def import_again(self, request: HttpRequest, queryset: QuerySet[Dataset]) -> None:
        def change(dataset: Dataset) -> None:
            newest = dataset.versions.filter(parent=None).last()
            dialect = Dialect.model_validate(newest.dialect if newest else {})
            services.import_again(dataset, dialect=dialect, actor=request.user)

        try_for_each(request, queryset, Action.EDIT, change)

    @action(description=_("Put back from the trash"), permissions=["delete"])
    def put_back(self, request: HttpRequest, queryset: QuerySet[Dataset]) -> None:
        def change(dataset: Dataset) -> None:
            trash.put_back(dataset, actor=request.user)

        try_for_each(request, queryset, Action.MANAGE, change)


@admin.register(DatasetVersion)
class DatasetVersionAdmin(ReadOnlyAdmin):
    """Each version and the work that made it."""

    list_display = [
        "dataset", "number", "state", "is_active", "rows_count", "columns_count",
        "on_disk", "attempts", "created_by", "created_at",
    ]  # fmt: skip
    list_filter = ["status", "created_at"]
    list_select_related = ["dataset", "created_by"]
    search_fields = ["dataset__name", "description", "error_message", "sha256"]
    date_hierarchy = "created_at"
    exclude = ["columns", "profile", "data"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DatasetVersion]:
        rows = super().get_queryset(request)
        if request.resolver_match.url_name.endswith("_changelist"):
            rows = rows.defer(*HEAVY)
        return rows.annotate(active_pk=F("dataset__active_version"))

    @display(description=_("State"), label=STATES, ordering="status")
    def state(self, version: DatasetVersion) -> tuple[str, str]:
        return (version.status, word(version.status))

    @display(description=_("Size"), ordering="size")
    def on_disk(self, version: DatasetVersion) -> str:
        return size(version.size)

    @display(description=_("Active"), boolean=True)
    def is_active(self, version: Any) -> bool:
        return version.pk == version.active_pk


@admin.register(Recipe)
class RecipeAdmin(ReadOnlyAdmin):
    """Steps saved under a name."""

    list_display = ["name", "project", "created_by", "created_at"]
    list_filter = ["created_at"]
    list_select_related = ["project", "created_by"]
    search_fields = ["name", "project__name"]
    date_hierarchy = "created_at"


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    """Files that arrived and wait for someone to import them."""

    list_display = ["filename", "project", "size", "created_by", "created_at"]
    list_filter = ["created_at"]
    list_select_related = ["project", "created_by"]
    search_fields = ["filename", "sha256", "project__name"]
    date_hierarchy = "created_at"


@admin.register(Visualization)
class VisualizationAdmin(ReadOnlyAdmin):
    """Charts that people kept; private ones of others only for superusers."""

    list_display = [
        "name", "dataset", "chart_type", "is_shared", "created_by", "created_at",
    ]  # fmt: skip
    list_filter = ["chart_type", "is_shared", "created_at"]
    list_select_related = ["dataset", "created_by"]
    search_fields = ["name", "dataset__name", "dataset__project__name"]
    date_hierarchy = "created_at"


@admin.register(Tag)
class TagAdmin(ReadOnlyAdmin):
    """Tags as they are used; the labels of a dataset change them."""

    list_display = ["name", "dataset"]
    list_filter = ["name"]
    list_select_related = ["dataset"]
    search_fields = ["name", "dataset__name"]


@admin.register(SiteLimits)
class SiteLimitsAdmin(ModelAdmin):
    """Limits of the whole site: one row, which projects' quotas may differ from."""

    list_display = [
        "__str__", "upload_mb", "project_mb", "project_datasets", "trash_days",
        "updated_at",
    ]  # fmt: skip
    list_filter = ["updated_at"]
    search_fields = ["upload_mb"]
    date_hierarchy = "updated_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not SiteLimits.objects.exists()


@admin.register(Quota)
class QuotaAdmin(ProjectScopedAdmin):
    """Limits of single projects; all others have those of the site."""

    change_action = Action.MANAGE
    list_display = [
        "project", "most", "used", "max_datasets", "datasets_now",
    ]  # fmt: skip
    list_filter = [
        ("max_bytes", admin.EmptyFieldListFilter),
        ("max_datasets", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["project"]
    search_fields = ["project__name", "project__key"]
    autocomplete_fields = ["project"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Quota | None = None
    ) -> list[str]:
        return ["project"] if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quota]:
        return super().get_queryset(request).with_use()

    @display(description=_("Used"), ordering="used")
    def used(self, quota: Any) -> str:
        return size(quota.used)

    @display(description=_("bytes on disk"), ordering="max_bytes")
    def most(self, quota: Any) -> str:
        return size(quota.max_bytes)

    @display(description=_("Datasets now"), ordering="datasets_count")
    def datasets_now(self, quota: Any) -> int:
        return quota.datasets_count

    def save_model(
        self, request: HttpRequest, obj: Quota, form: ModelForm, change: bool
    ) -> None:
        if not can(request.user, Action.MANAGE, obj.project):
            raise DomainError(
                gettext("Only an owner changes the limits of this project.")
            )
        kept = quotas.set_quota(
            obj.project,
            max_bytes=obj.max_bytes,
            max_datasets=obj.max_datasets,
            actor=request.user,
        )
        obj.pk = kept.pk

    def delete_model(self, request: HttpRequest, obj: Quota) -> None:
        quotas.remove_quota(obj, actor=request.user)
