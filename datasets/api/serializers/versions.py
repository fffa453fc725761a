"""What the API tells of versions."""

from __future__ import annotations

from rest_framework import serializers

from datasets.api.serializers.datasets import ColumnSerializer
from datasets.models import DatasetVersion
from projects.api.serializers import PersonSerializer


class VersionSerializer(serializers.ModelSerializer):
    """A version and how its making stands."""

    dataset = serializers.IntegerField(source="dataset_id", read_only=True)
    parent = serializers.IntegerField(
        source="parent.number", read_only=True, allow_null=True, default=None
    )
    processing_status = serializers.CharField(source="status", read_only=True)
    processing_error = serializers.CharField(source="error_message", read_only=True)
    is_active = serializers.SerializerMethodField()
    created_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = DatasetVersion
        fields = [
            "dataset",
            "number",
            "parent",
            "is_active",
            "description",
            "steps",
            "dialect",
            "processing_status",
            "processing_error",
            "progress",
            "phase",
            "notices",
            "rows_count",
            "columns_count",
            "rows_changed",
            "cells_changed",
            "memory_usage",
            "size",
            "sha256",
            "created_by",
            "created_at",
            "completed_at",
        ]
        read_only_fields = fields

    def get_is_active(self, version: DatasetVersion) -> bool:
        return version.pk == version.dataset.active_version_id


class VersionDetailSerializer(VersionSerializer):
    """The same with the columns, and the bad records of an import."""

    columns = ColumnSerializer(many=True, read_only=True)

    class Meta(VersionSerializer.Meta):
        fields = [*VersionSerializer.Meta.fields, "problems", "questions", "columns"]
        read_only_fields = fields


class RestoreSerializer(serializers.Serializer):
    version = serializers.IntegerField(min_value=1, help_text="Number of the version.")
