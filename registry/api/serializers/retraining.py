"""Shapes of what a model is learned anew from."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from experiments.api.serializers import (
    ConfigSerializer,
    PresetSerializer,
    SessionDetailSerializer,
)
from experiments.models import TrainingSession
from registry.choices import RetrainingStatus
from registry.models import NAME_LENGTH, Retraining


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


class RowsChosenSerializer(serializers.Serializer):
    """Rows to learn from, where they are other than usual."""

    dataset = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=2**62
    )
    version = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=2**31
    )


class TrainSerializer(ConfigSerializer, RowsChosenSerializer):
    """How to learn a model: anew from its own rows, or one that is not there yet."""

    preset = serializers.CharField(required=False, default="", allow_blank=True)
    model_type = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        help_text="The family of a new model; without it the columns decide.",
    )


class StartSerializer(ConfigSerializer):
    """What a family learns from; any other field is one of its hyperparameters."""

    project = serializers.CharField(help_text="Its key.")
    dataset = serializers.IntegerField(min_value=1, max_value=2**62)
    version = serializers.IntegerField(
        required=False, default=None, allow_null=True, min_value=1, max_value=2**31
    )
    algorithm = serializers.CharField(
        required=False,
        default="",
        help_text="A family; without it the first whose columns the data have.",
    )
    model_name = serializers.SlugField(
        required=False,
        default="",
        max_length=NAME_LENGTH,
        help_text="What it is registered under; made of the family's name if not said.",
    )
    preset = serializers.CharField(required=False, default="")


class StartedSerializer(SessionDetailSerializer):
    """A session, and the model that a version is registered of when it ends."""

    model_name = serializers.SerializerMethodField()
    job_id = serializers.SerializerMethodField()

    class Meta(SessionDetailSerializer.Meta):
        fields = ["model_name", "job_id", *SessionDetailSerializer.Meta.fields]
        read_only_fields = fields

    def get_model_name(self, session: TrainingSession) -> str:
        return self.retraining(session).model.name

    def get_job_id(self, session: TrainingSession) -> str:
        return self.retraining(session).job_id

    @staticmethod
    def retraining(session: TrainingSession) -> Retraining:
        return Retraining.objects.select_related("model").get(session=session)


class RetrainSerializer(ConfigSerializer, RowsChosenSerializer):
    """What to learn a model anew from; any other field is a hyperparameter."""

    use_database = serializers.BooleanField(
        required=False, default=False, help_text="From the labelled records."
    )
    with_training_rows = serializers.BooleanField(
        required=False,
        default=True,
        help_text="The records together with the rows the model learned from.",
    )


class RetrainingSerializer(serializers.ModelSerializer):
    """A retraining: how far it is; once it is completed, which version came of it."""

    job_id = serializers.CharField(read_only=True)
    model_name = serializers.CharField(source="model.name", read_only=True)
    has_custom_config = serializers.BooleanField(read_only=True)
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
            "id", "job_id", "model_name", "has_custom_config", "status", "success",
            "message", "source", "warnings", "parameters", "session", "version",
            "metrics", "training_time", "created_at", "completed_at",
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
