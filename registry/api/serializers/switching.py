"""Shapes of what puts a version in service: the gate, requests, the ledger."""

from __future__ import annotations

from rest_framework import serializers

from registry.models import Activation, ActivationRequest
from registry.paired import Verdict


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
