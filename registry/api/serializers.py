"""Shapes of the registry in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from registry.models import Activation, ModelVersion, RegisteredModel


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
            "created_at",
        ]
        read_only_fields = fields


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


class ActivateSerializer(serializers.Serializer):
    """Which version comes into service, and why."""

    version = serializers.CharField(max_length=20)
    reason = serializers.CharField(
        max_length=500, required=False, default="", allow_blank=True
    )


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
    actor = serializers.SlugRelatedField(slug_field="username", read_only=True)

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


class ReasonSerializer(serializers.Serializer):
    column = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class PredictedRowSerializer(serializers.Serializer):
    row = serializers.IntegerField(help_text="Place in what was sent, from 0.")
    prediction = serializers.JSONField()
    probabilities = serializers.DictField(
        child=serializers.FloatField(), required=False
    )


class QuarantinedRowSerializer(serializers.Serializer):
    row = serializers.IntegerField()
    reasons = ReasonSerializer(many=True)


class PredictionsSerializer(serializers.Serializer):
    """Each row is answered, or quarantined with its reasons."""

    predictions = PredictedRowSerializer(many=True)
    quarantined = QuarantinedRowSerializer(many=True)
    notices = serializers.ListField(child=serializers.CharField())


class AnswerSerializer(PredictionsSerializer):
    """What the version of a model in service answered."""

    model = serializers.CharField()
    version = serializers.CharField()


class ExperimentAnswerSerializer(PredictionsSerializer):
    """What the latest completed session of an experiment answered."""

    experiment = serializers.IntegerField()
    session = serializers.IntegerField()
