"""The staff's door to experiments, sessions and results; all change by services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from datamine.speech import spoken
from datamine.templatetags.display import fixed, percent, size
from datasets.declarations import allowed, properties
from experiments.algorithms.catalogue import algorithms, title_of
from experiments.models import (
    AlgorithmSetting,
    Decision,
    Evaluation,
    Experiment,
    Preset,
    Result,
    SavedComparison,
    TrainingSession,
)
from experiments.services import delete_experiment, describe_experiment
from experiments.sessions import cancel_session, start_session
from experiments.trusting import trust_model
from projects.admin import ReadOnlyAdmin, WholeAdmin, try_for_each
from projects.permissions import Action

if TYPE_CHECKING:
    from typing import Any

    from django.db.models import QuerySet
    from django.http import HttpRequest


class AlgorithmFilter(admin.SimpleListFilter):
    title = _("algorithm")
    parameter_name = "algorithm"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(entry.name, spoken(entry.title)) for entry in algorithms()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Experiment]
    ) -> QuerySet[Experiment]:
        return queryset.filter(algorithm=self.value()) if self.value() else queryset


@admin.register(Experiment)
class ExperimentAdmin(WholeAdmin):
    """Experiments; only what they are called can be changed, as on the pages."""

    list_display = [
        "name", "project", "dataset", "called", "status", "created_by", "created_at",
    ]  # fmt: skip
    list_select_related = ["project", "dataset", "latest_session", "created_by"]
    list_filter = ["task", AlgorithmFilter, "latest_session__status", "project"]
    search_fields = ["name", "description", "target_column", "dataset__name"]
    date_hierarchy = "created_at"
    readonly_fields = [
        "project", "dataset", "version", "task", "algorithm", "hyperparameters",
        "target_column", "feature_columns", "split", "preprocessing", "latest_session",
        "headline", "created_by", "created_at", "updated_at",
    ]  # fmt: skip
    fields = ["name", "description", *readonly_fields]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Experiment, form: Any, change: bool
    ) -> None:
        describe_experiment(
            obj, name=obj.name, description=obj.description, actor=request.user
        )

    def delete_model(self, request: HttpRequest, obj: Experiment) -> None:
        delete_experiment(obj, actor=request.user)

    @admin.display(description=_("algorithm"), ordering="algorithm")
    def called(self, experiment: Experiment) -> str:
        return spoken(experiment.algorithm_title)

    @admin.display(description=_("status"), ordering="latest_session__status")
    def status(self, experiment: Experiment) -> str:
        session = experiment.latest_session
        return session.get_status_display() if session else "–"


@admin.register(TrainingSession)
class TrainingSessionAdmin(ReadOnlyAdmin):
    """Sessions: made and ended by the program; staff may cancel and train again."""

    list_display = [
        "experiment", "number", "status", "share", "attempts", "seconds", "created_by",
        "created_at",
    ]  # fmt: skip
    list_select_related = ["experiment", "created_by"]
    list_filter = ["status", "experiment__project", "created_at"]
    search_fields = ["experiment__name", "error_message", "worker"]
    date_hierarchy = "created_at"
    actions = ["cancel_selected", "train_again"]
    fieldsets = [
        (None, {"fields": [
            "experiment", "number", "status", "doing", "share", "reason",
            "created_by", "created_at", "started_at", "completed_at", "seconds",
            "epochs_completed",
        ]}),
        (_("Log"), {"fields": ["lines"]}),
        (_("Work"), {"fields": [
            "attempts", "worker", "lease_expires_at", "cancel_requested",
            "memory", "base_version", "plan",
        ]}),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrainingSession]:
        rows = super().get_queryset(request)
        if request.resolver_match.url_name.endswith("_changelist"):
            rows = rows.defer("log", "history", "plan", "checkpoints")
        return rows

    @admin.display(description=_("phase"))
    def doing(self, session: TrainingSession) -> str:
        return spoken(session.phase)

    @admin.display(description=_("error message"))
    def reason(self, session: TrainingSession) -> str:
        return spoken(session.error_message)

    @admin.display(description=_("peak memory"))
    def memory(self, session: TrainingSession) -> str:
        return size(session.peak_memory)

    @admin.display(description=_("Log"))
    def lines(self, session: TrainingSession) -> str:
        return render_to_string("admin/experiments/log.html", {"log": session.log})

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("experiments.change_trainingsession")

    @admin.display(description=_("progress"), ordering="progress")
    def share(self, session: TrainingSession) -> str:
        return percent(session.progress, 0)

    @admin.display(description=_("seconds"), ordering="training_time_seconds")
    def seconds(self, session: TrainingSession) -> str:
        seconds = session.training_time_seconds
        return fixed(seconds, 1)

    @admin.action(description=_("Cancel"), permissions=["cancel"])
    def cancel_selected(
        self, request: HttpRequest, queryset: QuerySet[TrainingSession]
    ) -> None:
        try_for_each(
            request,
            queryset.select_related("experiment__project"),
            Action.EDIT,
            lambda session: cancel_session(session, actor=request.user),
        )

    @admin.action(description=_("Train again"), permissions=["cancel"])
    def train_again(
        self, request: HttpRequest, queryset: QuerySet[TrainingSession]
    ) -> None:
        try_for_each(
            request,
            queryset.select_related("experiment__project"),
            Action.EDIT,
            lambda session: start_session(session.experiment, actor=request.user),
        )


@admin.register(Result)
class ResultAdmin(ReadOnlyAdmin):
    """What completed sessions found; never changed."""

    list_display = [
        "session", "split", "on_disk", "is_trusted", "created_at",
    ]  # fmt: skip
    list_select_related = ["session__experiment"]
    list_filter = [
        "session__experiment__project",
        ("artifact_hmac", admin.EmptyFieldListFilter),
    ]
    search_fields = ["session__experiment__name", "split_digest", "artifact_sha256"]
    date_hierarchy = "created_at"
    actions = ["trust"]

    @admin.display(description=_("split digest"), ordering="split_digest")
    def split(self, result: Result) -> str:
        return f"{result.split_digest[:12]}…"

    @admin.display(description=_("artifact size"), ordering="artifact_size")
    def on_disk(self, result: Result) -> str:
        return size(result.artifact_size)

    @admin.display(description=_("model is opened here"), boolean=True)
    def is_trusted(self, result: Result) -> bool:
        return bool(result.artifact_hmac)

    def has_trust_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    @admin.action(
        description=_("Trust models of a bundle (opening one runs what is in it)"),
        permissions=["trust"],
    )
    def trust(self, request: HttpRequest, queryset: QuerySet[Result]) -> None:
        try_for_each(
            request,
            queryset.select_related("session__experiment__project"),
            Action.MANAGE,
            lambda result: trust_model(result, actor=request.user),
        )


@admin.register(SavedComparison)
class SavedComparisonAdmin(ReadOnlyAdmin):
    """Comparisons kept under a name; made and removed on the page."""

    list_display = ["name", "project", "created_by", "created_at"]
    list_select_related = ["project", "created_by"]
    list_filter = ["project"]
    search_fields = ["name"]
    date_hierarchy = "created_at"


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """From which probability on models answer a class; made on a result's page."""

    list_display = ["result", "label", "threshold", "created_by", "created_at"]
    list_select_related = ["result__session__experiment", "created_by"]
    list_filter = ["result__session__experiment__project"]
    search_fields = ["result__session__experiment__name"]
    date_hierarchy = "created_at"


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    """Models tried on other versions; started on a result's page."""

    list_display = ["result", "version", "status", "created_by", "created_at"]
    list_select_related = [
        "result__session__experiment", "version__dataset", "created_by",
    ]  # fmt: skip
    list_filter = ["status", "result__session__experiment__project"]
    search_fields = ["result__session__experiment__name", "version__dataset__name"]
    date_hierarchy = "created_at"


@admin.register(Preset)
class PresetAdmin(ModelAdmin):
    """Presets of algorithms: staff change, add and remove them."""

    list_display = ["called", "learner", "name", "remark", "expected", "place"]
    list_filter = ["algorithm"]
    list_per_page = 50
    search_fields = ["title", "name", "algorithm"]

    @admin.display(description=_("title"), ordering="title")
    def called(self, preset: Preset) -> str:
        return spoken(preset.title)

    @admin.display(description=_("algorithm"), ordering="algorithm")
    def learner(self, preset: Preset) -> str:
        return spoken(title_of(preset.algorithm))


@admin.register(AlgorithmSetting)
class AlgorithmSettingAdmin(ModelAdmin):
    """Algorithms: whether they are offered, with what defaults, in what limits."""

    list_display = [
        "called", "algorithm", "is_enabled", "defaults", "limits", "max_rows",
        "updated_at",
    ]  # fmt: skip
    list_filter = ["is_enabled", "updated_at"]
    list_per_page = 50
    search_fields = ["algorithm"]
    date_hierarchy = "updated_at"
    fields = [
        "algorithm", "is_enabled", "defaults", "limits", "max_rows", "declared",
        "updated_at",
    ]  # fmt: skip
    readonly_fields = ["declared", "updated_at"]
    actions = ["offer", "switch_off"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: AlgorithmSetting | None = None
    ) -> list[str]:
        return ["algorithm", *self.readonly_fields] if obj else self.readonly_fields

    @admin.display(description=_("title"), ordering="algorithm")
    def called(self, setting: AlgorithmSetting) -> str:
        return spoken(str(setting))

    @admin.display(description=_("Hyperparameters as declared"))
    def declared(self, setting: AlgorithmSetting) -> str:
        known = (entry for entry in algorithms() if entry.name == setting.algorithm)
        entry = next(known, None)
        rows = properties(entry.parameters_model()) if entry else {}
        told = [
            {"name": name, "default": schema.get("default"), "may": allowed(schema)}
            for name, schema in rows.items()
        ]
        return render_to_string("admin/experiments/declared.html", {"rows": told})

    @admin.action(description=_("Offer"), permissions=["change"])
    def offer(self, request: HttpRequest, queryset: QuerySet[AlgorithmSetting]) -> None:
        self.switch(request, queryset, is_enabled=True)

    @admin.action(description=_("Switch off"), permissions=["change"])
    def switch_off(
        self, request: HttpRequest, queryset: QuerySet[AlgorithmSetting]
    ) -> None:
        self.switch(request, queryset, is_enabled=False)

    def switch(
        self,
        request: HttpRequest,
        queryset: QuerySet[AlgorithmSetting],
        *,
        is_enabled: bool,
    ) -> None:
        """Change the rows, and say in their history who did."""
        word = gettext_noop("Offered.") if is_enabled else gettext_noop("Switched off.")
        for setting in queryset:
            setting.is_enabled = is_enabled
            setting.save(update_fields=["is_enabled", "updated_at"])
            self.log_change(request, setting, word)
            messages.success(request, f"{setting}: {gettext(word).lower()}")
