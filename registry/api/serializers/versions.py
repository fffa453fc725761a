"""Shapes of models and their versions."""

from __future__ import annotations

from rest_framework import serializers

from registry.models import ModelVersion, RegisteredModel


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


class PackageQuerySerializer(serializers.Serializer):
    onnx = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Put the version in as ONNX, too; 409 where there is none.",
    )


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
    requests_count = serializers.IntegerField(
        read_only=True, help_text="Activations somebody asked for, not decided yet."
    )

    class Meta:
        model = RegisteredModel
        fields = [
            "id",
            "project",
            "name",
            "description",
            "active_version",
            "versions_count",
            "requests_count",
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
