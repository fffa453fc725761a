"""Shapes of the registry in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from experiments.api.serializers import PresetSerializer
from registry.choices import RetrainingStatus
from registry.models import (
    Activation,
    ActivationRequest,
    ModelVersion,
    Record,
    RegisteredModel,
    Retraining,
)
from registry.paired import Verdict


class ModelVersionSerializer(serializers.ModelSerializer):
    """A version with the metrics its session found."""

    model = serializers.SlugRelatedField(slug_field="name", read_only=True)
    session = serializers.IntegerField(source="session_id", read_only=True)
    experiment = serializers.IntegerField(
        source="session.experiment_id", read_only=True
    )
    algorithm = serializers.CharField(
        source="session.experiment.algorithm", read_only=True
    )
    metrics = serializers.JSONField(source="session.result.metrics", read_only=True)
    training_time = serializers.FloatField(
        source="session.training_time_seconds", read_only=True
    )
    sha256 = serializers.CharField(
        source="session.result.artifact_sha256", read_only=True
    )
    size = serializers.IntegerField(
        source="session.result.artifact_size", read_only=True
    )
    is_active = serializers.BooleanField(read_only=True)

    class Meta:
        model = ModelVersion
        fields = [
            "model",
            "version",
            "is_active",
            "session",
            "experiment",
            "algorithm",
            "metrics",
            "training_time",
            "sha256",
            "size",
            "notes",
            "tags",
            "created_at",
        ]
        read_only_fields = fields


class NotesSerializer(serializers.ModelSerializer):
    """What people note of a version."""

    tags = serializers.ListField(child=serializers.CharField(max_length=100))

    class Meta:
        model = ModelVersion
        fields = ["notes", "tags"]


class CompareVersionsSerializer(serializers.Serializer):
    """Which two versions to compare."""

    a = serializers.CharField(max_length=20)
    b = serializers.CharField(max_length=20)


class ComparedLineSerializer(serializers.Serializer):
    setting = serializers.CharField()
    values = serializers.ListField(child=serializers.JSONField())


class ComparedMetricSerializer(serializers.Serializer):
    metric = serializers.CharField()
    values = serializers.ListField(child=serializers.FloatField(allow_null=True))
    best = serializers.FloatField(allow_null=True)


class ComparedSerializer(serializers.Serializer):
    """Two versions side by side: what differs, and every test metric."""

    versions = serializers.ListField(child=serializers.CharField())
    same_rows = serializers.BooleanField(help_text="Both were tested on these rows.")
    differences = ComparedLineSerializer(many=True)
    metrics = ComparedMetricSerializer(many=True)
    training_time = serializers.ListField(child=serializers.FloatField(allow_null=True))


class RegisteredModelSerializer(serializers.ModelSerializer):
    """A model and the version of it that serves."""

    project = serializers.SlugRelatedField(slug_field="key", read_only=True)
    active_version = serializers.CharField(
        source="active_version.version", read_only=True, allow_null=True, default=None
    )
    versions_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = RegisteredModel
        fields = [
            "id",
            "project",
            "name",
            "description",
            "active_version",
            "versions_count",
            "created_at",
            "updated_at",
        ]
        read_only_fields = [name for name in fields if name != "description"]


class RegisterSerializer(serializers.Serializer):
    """What registering a session's artefact needs."""

    name = serializers.SlugField(max_length=100)
    session = serializers.IntegerField(help_text="Id of a completed session.")
    description = serializers.CharField(
        max_length=2000, required=False, default="", allow_blank=True
    )
    notes = serializers.CharField(
        max_length=2000, required=False, default="", allow_blank=True
    )


class RegisteredSerializer(serializers.Serializer):
    """The answer to registering: the model's name and its new version."""

    name = serializers.CharField(source="model.name")
    version = serializers.CharField()
    session = serializers.IntegerField(source="session_id")


class SuggestionSerializer(serializers.Serializer):
    """What the promotion gate says of a version."""

    verdict = serializers.ChoiceField([verdict.value for verdict in Verdict])
    suggestion = serializers.CharField()
    needs_reason = serializers.BooleanField()
    rows = serializers.IntegerField(help_text="Rows that both versions answered.")


class ActivateSerializer(serializers.Serializer):
    """Which version comes into service, and why."""

    version = serializers.CharField(max_length=20)
    reason = serializers.CharField(
        max_length=500, required=False, default="", allow_blank=True
    )


class AskSerializer(serializers.Serializer):
    """Which version should come into service, and why."""

    version = serializers.CharField(max_length=20)
    reason = serializers.CharField(max_length=400)


class DeclineSerializer(serializers.Serializer):
    """What is said to whoever asked."""

    remark = serializers.CharField(
        max_length=400, required=False, default="", allow_blank=True
    )


class ActivationRequestSerializer(serializers.ModelSerializer):
    """A request to activate a version, with what the gate said when it was made."""

    version = serializers.CharField(source="version_name", read_only=True)
    suggestion = SuggestionSerializer(read_only=True)
    created_by = serializers.SlugRelatedField(
        slug_field="username", read_only=True, allow_null=True
    )
    decided_by = serializers.SlugRelatedField(
        slug_field="username", read_only=True, allow_null=True
    )

    class Meta:
        model = ActivationRequest
        fields = [
            "id", "version", "reason", "suggestion", "status", "remark", "created_by",
            "created_at", "decided_by", "decided_at",
        ]  # fmt: skip
        read_only_fields = fields


class RollbackSerializer(serializers.Serializer):
    """Why the version before comes back."""

    reason = serializers.CharField(
        max_length=500, required=False, default="", allow_blank=True
    )


class SwitchedSerializer(serializers.Serializer):
    """Which version serves now, and which did before."""

    name = serializers.CharField(source="model.name")
    active_version = serializers.CharField(source="version_name")
    previous_version = serializers.SerializerMethodField()

    def get_previous_version(self, activation: Activation) -> str | None:
        return activation.previous_name or None


class ActivationSerializer(serializers.ModelSerializer):
    """A line of the ledger."""

    version = serializers.CharField(source="version_name")
    previous_version = serializers.CharField(source="previous_name")
    actor = serializers.SlugRelatedField(
        slug_field="username", read_only=True, allow_null=True
    )

    class Meta:
        model = Activation
        fields = [
            "version",
            "previous_version",
            "kind",
            "reason",
            "actor",
            "created_at",
        ]
        read_only_fields = fields


class HistoryQuerySerializer(serializers.Serializer):
    at = serializers.DateTimeField(
        required=False, help_text="Only the entry in force at this moment."
    )


class RowsSerializer(serializers.Serializer):
    """Rows to predict, or a CSV file of them."""

    rows = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="One object a row: column name → value.",
    )
    file = serializers.FileField(required=False)

    def validate(self, values: dict) -> dict:
        if ("rows" in values) == ("file" in values):
            raise serializers.ValidationError("Send either rows or a file.")
        return values


def rows_or_file(data: Any) -> dict[str, Any]:
    """Return the `rows` or the `file` that were sent, or raise `ValidationError`.

    What plainly are rows passes as it is: a serializer would copy each of their values.
    """
    if type(data) is dict and "file" not in data and are_rows(data.get("rows")):
        return data
    form = RowsSerializer(data=data)
    form.is_valid(raise_exception=True)
    checked: dict[str, Any] = form.validated_data
    return checked


def are_rows(rows: Any) -> bool:
    """Whether this is a list of objects."""
    return type(rows) is list and {dict}.issuperset(map(type, rows))


class RecordSerializer(serializers.ModelSerializer):
    """A prediction that was kept, and what turned out to be true."""

    version = serializers.CharField(source="version_name", read_only=True)
    actual = serializers.JSONField(read_only=True)

    class Meta:
        model = Record
        fields = [
            "id", "version", "inputs", "prediction", "probabilities", "confidence",
            "actual", "is_right", "error", "created_at", "actual_at",
        ]  # fmt: skip
        read_only_fields = fields


class MovedSerializer(serializers.Serializer):
    """How far one input, or the prediction, has moved since training."""

    name = serializers.CharField()
    level = serializers.ChoiceField(["steady", "moved", "far"])
    psi = serializers.FloatField(help_text="Population stability index.")
    test = serializers.ChoiceField(["KS", "χ²"])
    statistic = serializers.FloatField()
    p_value = serializers.FloatField()
    missing = serializers.FloatField(help_text="Share of missing values, 0 to 1.")
    missing_before = serializers.FloatField()


class LiveSerializer(serializers.Serializer):
    """What a version promised on its test rows, and what reality says."""

    metric = serializers.CharField()
    promised = serializers.FloatField(allow_null=True)
    seen = serializers.FloatField(allow_null=True)
    judged = serializers.IntegerField(help_text="Outcomes that are known.")
    is_behind = serializers.BooleanField()


class DriftSerializer(serializers.Serializer):
    """Whether what a model is asked, and what it answers, has moved since training."""

    version = serializers.CharField(allow_blank=True)
    records = serializers.IntegerField()
    why_not = serializers.CharField(help_text="Why nothing can be said.")
    live = LiveSerializer(allow_null=True)
    columns = MovedSerializer(many=True)
    prediction = MovedSerializer(allow_null=True)
    warnings = serializers.ListField(child=serializers.CharField())
    retrain = serializers.BooleanField()


class RecordsQuerySerializer(serializers.Serializer):
    labelled = serializers.BooleanField(
        required=False,
        default=None,
        allow_null=True,
        help_text="Only records whose outcome is known, or only those that wait.",
    )


class StoreQuerySerializer(serializers.Serializer):
    store = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Keep each answered row as a record, named in its answer.",
    )


class OutcomeSerializer(serializers.Serializer):
    """What was true: a class the model knows, or a number."""

    actual = serializers.JSONField()


class OutcomesFileSerializer(serializers.Serializer):
    """A CSV file with the columns `record` and `actual`."""

    file = serializers.FileField()


class RefusedLineSerializer(serializers.Serializer):
    line = serializers.IntegerField()
    detail = serializers.CharField()


class OutcomesSerializer(serializers.Serializer):
    """How many lines of the file were taken, and why the others were not."""

    given = serializers.IntegerField()
    refused = RefusedLineSerializer(many=True)


class OutlookSerializer(serializers.Serializer):
    """How long training may take, and what that rests on."""

    low_seconds = serializers.FloatField()
    high_seconds = serializers.FloatField()
    basis = serializers.CharField()
    is_long = serializers.BooleanField(help_text="More than 20 minutes.")


class DefaultParametersSerializer(serializers.Serializer):
    """What a model is learned with: defaults, presets, bounds, and as it is now."""

    model_name = serializers.CharField()
    model_type = serializers.CharField(help_text="The algorithm's name.")
    config = serializers.DictField(help_text="The defaults.")
    current = serializers.DictField(help_text="As in the version in service.")
    presets = PresetSerializer(many=True)
    bounds = serializers.DictField()
    estimate = OutlookSerializer(allow_null=True)


class TrainSerializer(serializers.Serializer):
    """How to learn a model anew from its own rows."""

    preset = serializers.CharField(required=False, default="", allow_blank=True)
    config = serializers.DictField(required=False, default=dict)


class RetrainSerializer(serializers.Serializer):
    """What to learn a model anew from; any other field is a hyperparameter."""

    use_database = serializers.BooleanField(
        required=False, default=False, help_text="From the labelled records."
    )
    with_training_rows = serializers.BooleanField(
        required=False,
        default=True,
        help_text="The records together with the rows the model learned from.",
    )
    dataset = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=2**62
    )
    version = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=2**31
    )


def parameters_of(data: Any) -> dict[str, Any]:
    """Return the hyperparameters that were sent beside what `RetrainSerializer` has."""
    own = RetrainSerializer().fields
    return {name: value for name, value in data.items() if name not in own}


class RetrainingSerializer(serializers.ModelSerializer):
    """A retraining: how far it is; once it is completed, which version came of it."""

    success = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField()
    version = serializers.CharField(
        source="version.version", read_only=True, default=None, allow_null=True
    )
    session = serializers.IntegerField(
        source="session_id", read_only=True, allow_null=True
    )
    parameters = serializers.DictField(source="draft.hyperparameters", read_only=True)
    metrics = serializers.SerializerMethodField()
    training_time = serializers.FloatField(
        source="session.training_time_seconds",
        read_only=True,
        default=None,
        allow_null=True,
    )

    class Meta:
        model = Retraining
        fields = [
            "id", "status", "success", "message", "source", "warnings", "parameters",
            "session", "version", "metrics", "training_time", "created_at",
            "completed_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_success(self, retraining: Retraining) -> bool | None:
        """Return whether it ended well, None while it is under way."""
        if not retraining.is_over:
            return None
        return retraining.status == RetrainingStatus.COMPLETED

    def get_message(self, retraining: Retraining) -> str:
        return retraining.sentence

    def get_metrics(self, retraining: Retraining) -> dict[str, Any] | None:
        """Return the test metrics of the version."""
        if retraining.version is None:
            return None
        metrics: dict[str, Any] = retraining.version.session.result.metrics["test"]
        return metrics
