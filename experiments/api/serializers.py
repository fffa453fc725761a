"""What experiments, sessions and algorithms look like to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from experiments.algorithms.catalogue import Algorithm, Task
from experiments.choices import Preprocessing, SessionStatus
from experiments.estimates import seconds_left
from experiments.learning.plans import SplitSettings
from experiments.models import Experiment, Preset, Result, TrainingSession
from experiments.searching.settings import SearchSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A column's name is what stands in the file, blanks included.
NAME = {"trim_whitespace": False, "max_length": 10_000}


@extend_schema_field(SplitSettings.model_json_schema())
class SplitField(serializers.DictField):
    """A split as `SplitSettings` declares it; checked with the whole draft."""


@extend_schema_field(SearchSettings.model_json_schema())
class SearchField(serializers.DictField):
    """A search as `SearchSettings` declares it; checked with the whole draft."""


class ExperimentSerializer(serializers.ModelSerializer):
    """An experiment with the state and figures of its latest session."""

    project = serializers.SlugRelatedField("key", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    split = SplitField()
    search = SearchField(allow_null=True)
    status = serializers.SerializerMethodField()
    metrics = serializers.DictField(
        source="headline", child=serializers.FloatField(), read_only=True
    )
    created_by = serializers.CharField(
        source="created_by.username", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = Experiment
        fields = [
            "id", "project", "name", "description", "dataset", "version", "task",
            "algorithm", "hyperparameters", "target_column", "feature_columns", "split",
            "search", "preprocessing", "status", "latest_session", "metrics",
            "created_by", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(
        serializers.ChoiceField(SessionStatus.choices, allow_null=True)
    )
    def get_status(self, experiment: Experiment) -> str | None:
        """Return the latest session's state, None before the first."""
        session = experiment.latest_session
        return session.status if session else None


#: Where the fields of a listed experiment that are called otherwise come from.
SOURCES = {
    "project": "project__key",
    "version": "version__number",
    "status": "latest_session__status",
    "metrics": "headline",
    "created_by": "created_by__username",
}


def listed_experiments(keys: Sequence[int]) -> list[dict[str, Any]]:
    """Return what `ExperimentSerializer` tells of each, without a model for any.

    Models and fields of a long page would take most of its time.
    """
    fields = ExperimentSerializer.Meta.fields
    names = [SOURCES.get(field, field) for field in fields]
    lines = Experiment.objects.filter(pk__in=keys).values_list(*names)
    told = {line[0]: dict(zip(fields, line, strict=True)) for line in lines}
    return [told[key] for key in keys if key in told]


class DraftSerializer(serializers.Serializer):
    """What a new experiment needs; what is left out has its default."""

    project = serializers.SlugField()
    name = serializers.CharField(max_length=255)
    description = serializers.CharField(
        max_length=2000, required=False, default="", allow_blank=True
    )
    dataset = serializers.IntegerField(min_value=1, max_value=2**62)
    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None
    )
    algorithm = serializers.CharField(max_length=60)
    hyperparameters = serializers.DictField(required=False, default=dict)
    target_column = serializers.CharField(**NAME)
    feature_columns = serializers.ListField(
        child=serializers.CharField(**NAME), allow_empty=False, max_length=10_000
    )
    split = SplitField(required=False, default=dict)
    search = SearchField(required=False, allow_null=True, default=None)
    preprocessing = serializers.ChoiceField(
        Preprocessing.choices, required=False, default=Preprocessing.LEAK_FREE
    )


class DescriptionSerializer(serializers.ModelSerializer):
    """What of an experiment may change: how it is called."""

    class Meta:
        model = Experiment
        fields = ["name", "description"]


class FeaturesSerializer(serializers.Serializer):
    """A choice of columns to be looked at before anything is made of it."""

    dataset = serializers.IntegerField(min_value=1, max_value=2**62)
    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None
    )
    algorithm = serializers.CharField(max_length=60)
    target_column = serializers.CharField(**NAME)
    feature_columns = serializers.ListField(
        child=serializers.CharField(**NAME), max_length=10_000
    )
    hyperparameters = serializers.DictField(required=False, default=dict)
    split = SplitField(required=False, default=dict)


class FindingSerializer(serializers.Serializer):
    column = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class FindingsSerializer(serializers.Serializer):
    valid = serializers.BooleanField()
    problems = FindingSerializer(many=True)
    warnings = FindingSerializer(many=True)
    notes = FindingSerializer(many=True, help_text="What is seen to, and by what.")


class CompareSerializer(serializers.Serializer):
    experiments = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62),
        min_length=2,
        max_length=20,
    )
    against = serializers.CharField(
        required=False, default="", max_length=20, help_text="Id; the best unless said."
    )
    metric = serializers.CharField(required=False, default="", max_length=60)


class SessionSerializer(serializers.ModelSerializer):
    """A session as lists show it."""

    eta_seconds = serializers.SerializerMethodField()

    class Meta:
        model = TrainingSession
        fields = [
            "id", "experiment", "number", "status", "progress", "phase", "eta_seconds",
            "epochs_completed", "attempts", "cancel_requested", "created_at",
            "started_at", "completed_at", "training_time_seconds", "error_message",
        ]  # fmt: skip
        read_only_fields = fields

    def get_eta_seconds(self, session: TrainingSession) -> float | None:
        """Return the seconds left, None while that is anybody's guess."""
        left = seconds_left(session)
        return None if left is None else round(left, 1)


class SessionDetailSerializer(SessionSerializer):
    """A session with all that came out of it; null until it is completed."""

    metrics = serializers.SerializerMethodField()
    baseline = serializers.SerializerMethodField()
    intervals = serializers.SerializerMethodField()
    confusion_matrix = serializers.SerializerMethodField()
    classification_report = serializers.SerializerMethodField()
    curves = serializers.SerializerMethodField()
    residuals = serializers.SerializerMethodField()
    feature_importance = serializers.SerializerMethodField()
    partial_dependence = serializers.SerializerMethodField()
    learning_curve = serializers.SerializerMethodField()
    hyperparameters = serializers.SerializerMethodField()
    search = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()
    split_digest = serializers.SerializerMethodField()
    model_artifact = serializers.SerializerMethodField()
    plan = serializers.DictField(read_only=True)

    class Meta(SessionSerializer.Meta):
        fields = [
            *SessionSerializer.Meta.fields,
            "history", "metrics", "baseline", "intervals", "confusion_matrix",
            "classification_report", "curves", "residuals", "feature_importance",
            "partial_dependence", "learning_curve", "hyperparameters", "search",
            "warnings", "split_digest", "model_artifact", "plan",
        ]  # fmt: skip
        read_only_fields = fields

    @staticmethod
    def _result(session: TrainingSession) -> Result | None:
        return getattr(session, "result", None)

    def _detail(self, session: TrainingSession, name: str) -> Any:
        result = self._result(session)
        return result.details.get(name) if result else None

    def get_metrics(self, session: TrainingSession) -> dict[str, Any] | None:
        result = self._result(session)
        return result.metrics if result else None

    def get_baseline(self, session: TrainingSession) -> dict[str, Any] | None:
        result = self._result(session)
        return result.baseline if result else None

    def get_intervals(self, session: TrainingSession) -> dict[str, Any] | None:
        return self._detail(session, "intervals")

    def get_confusion_matrix(self, session: TrainingSession) -> dict[str, Any] | None:
        return self._detail(session, "confusion_matrix")

    def get_classification_report(
        self, session: TrainingSession
    ) -> dict[str, Any] | None:
        return self._detail(session, "classification_report")

    def get_curves(self, session: TrainingSession) -> dict[str, Any] | None:
        return self._detail(session, "curves")

    def get_residuals(self, session: TrainingSession) -> dict[str, Any] | None:
        return self._detail(session, "residuals")

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_search(self, session: TrainingSession) -> dict[str, Any] | None:
        """Return the trials hyperparameters were chosen from, null without a search."""
        return self._detail(session, "search")

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_hyperparameters(self, session: TrainingSession) -> dict[str, Any] | None:
        """Return what the model was learned with, as set or as chosen."""
        return self._detail(session, "hyperparameters")

    def get_feature_importance(
        self, session: TrainingSession
    ) -> list[dict[str, Any]] | None:
        return self._detail(session, "feature_importance")

    def get_partial_dependence(
        self, session: TrainingSession
    ) -> list[dict[str, Any]] | None:
        return self._detail(session, "partial_dependence")

    def get_learning_curve(
        self, session: TrainingSession
    ) -> list[dict[str, Any]] | None:
        return self._detail(session, "learning_curve")

    @extend_schema_field(FindingSerializer(many=True))
    def get_warnings(self, session: TrainingSession) -> list[dict[str, Any]]:
        result = self._result(session)
        return result.warnings if result else []

    def get_split_digest(self, session: TrainingSession) -> str | None:
        result = self._result(session)
        return result.split_digest if result else None

    def get_model_artifact(self, session: TrainingSession) -> str | None:
        """Return what the artefact is called when it is downloaded."""
        result = self._result(session)
        return result.filename if result else None


class LogSerializer(serializers.ModelSerializer):
    class Meta:
        model = TrainingSession
        fields = ["id", "status", "log"]
        read_only_fields = fields


class ConfigSerializer(serializers.Serializer):
    """What is learned from; any other field that is sent is a hyperparameter.

    Hyperparameters stand beside the fields or together in `config`.
    """

    config = serializers.JSONField(
        required=False, default=None, help_text="Hyperparameters by name."
    )

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """Those that were sent, unchecked; one may itself be called `config`."""
        sent = {n: v for n, v in self.initial_data.items() if n not in self.fields}
        config = self.validated_data["config"]
        if isinstance(config, dict):
            return {**sent, **config}
        return sent if config is None else {**sent, "config": config}


class PresetSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    values = serializers.DictField()
    expected = serializers.CharField(help_text="How long it takes; may be empty.")
    remark = serializers.CharField(help_text="What it is for; may be empty.")


class AlgorithmSerializer(serializers.Serializer):
    """An entry of the catalogue and what it asks of the data."""

    name = serializers.CharField()
    title = serializers.CharField()
    task = serializers.ChoiceField([task.value for task in Task])
    summary = serializers.CharField()
    categories = serializers.ChoiceField(["native", "onehot"])
    missing = serializers.ChoiceField(["native", "refused"])
    notes = serializers.ListField(child=serializers.CharField())


class ParametersSerializer(serializers.Serializer):
    """The hyperparameters of an algorithm, as they are declared."""

    name = serializers.CharField()
    schema = serializers.SerializerMethodField()
    defaults = serializers.SerializerMethodField()
    bounds = serializers.SerializerMethodField()
    presets = serializers.SerializerMethodField()

    @extend_schema_field(PresetSerializer(many=True))
    def get_presets(self, entry: Algorithm) -> list[dict[str, Any]]:
        """Return the presets that staff keep, else those of the catalogue."""
        found = Preset.objects.of(entry)
        return list(PresetSerializer(found, many=True).data)

    def get_schema(self, entry: Algorithm) -> dict[str, Any]:
        """Return their JSON Schema."""
        return entry.parameters_model().model_json_schema()

    def get_defaults(self, entry: Algorithm) -> dict[str, Any]:
        return entry.defaults

    def get_bounds(self, entry: Algorithm) -> dict[str, Any]:
        """Return the least and greatest value, or the choices, by parameter."""
        properties = entry.parameters_model().model_json_schema()["properties"]
        return {name: bounds_of(schema) for name, schema in properties.items()}


def bounds_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what a parameter may be, out of its JSON Schema."""
    found: dict[str, Any] = {}
    for part in schema.get("anyOf", [schema]):
        if part.get("type") == "null":
            found["null"] = True
        for key, name in (("minimum", "min"), ("maximum", "max"), ("enum", "choices")):
            if key in part:
                found[name] = part[key]
        if part.get("type") == "boolean":
            found["choices"] = [True, False]
    return found
