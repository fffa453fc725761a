"""Shapes of answers that were kept, of what came true, and of drift."""

from __future__ import annotations

from rest_framework import serializers

from registry.models import Record


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


class RecordsQuerySerializer(serializers.Serializer):
    labelled = serializers.BooleanField(
        required=False,
        default=None,
        allow_null=True,
        help_text="Only records whose outcome is known, or only those that wait.",
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
