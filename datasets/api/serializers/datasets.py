"""What the API tells of datasets."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from datasets.choices import ProcessingStatus
from datasets.models import Dataset
from datasets.tags import checked
from projects.api.serializers import PersonSerializer

#: A cancelled import leaves a dataset as a failed one does: without data.
STATES = tuple(s.value for s in ProcessingStatus if s != ProcessingStatus.CANCELLED)


class TagsField(serializers.ListField):
    """The tags of a dataset, as words."""

    child = serializers.CharField(max_length=200)

    def to_representation(self, rows: Any) -> list[str]:
        return [tag.name for tag in rows.all()]

    def to_internal_value(self, data: Any) -> list[str]:
        return checked(super().to_internal_value(data))


class ColumnSerializer(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()
    missing = serializers.IntegerField(default=0)
    unique = serializers.IntegerField(default=0)


class DatasetSerializer(serializers.ModelSerializer):
    """A dataset and the shape of its active version."""

    project = serializers.SlugRelatedField(slug_field="key", read_only=True)
    processing_status = serializers.SerializerMethodField(
        help_text="Of the active version, else of the newest."
    )
    processing_error = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField(help_text="Of the newest version.")
    active_version = serializers.IntegerField(
        source="active_version.number", read_only=True, allow_null=True, default=None
    )
    rows_count = serializers.IntegerField(
        source="active_version.rows_count",
        read_only=True,
        allow_null=True,
        default=None,
    )
    columns_count = serializers.IntegerField(
        source="active_version.columns_count",
        read_only=True,
        allow_null=True,
        default=None,
    )
    memory_usage = serializers.IntegerField(
        source="active_version.memory_usage",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="Bytes of the table when it is not compressed.",
    )
    versions_count = serializers.IntegerField(read_only=True)
    disk_use = serializers.IntegerField(
        read_only=True, help_text="Bytes of the file and of all versions."
    )
    tags = TagsField(max_length=100, required=False)
    created_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Dataset
        fields = [
            "id",
            "project",
            "name",
            "description",
            "tags",
            "filename",
            "file_format",
            "file_size",
            "sha256",
            "processing_status",
            "processing_error",
            "progress",
            "active_version",
            "rows_count",
            "columns_count",
            "memory_usage",
            "versions_count",
            "disk_use",
            "created_by",
            "created_at",
            "updated_at",
            "trashed_at",
        ]
        read_only_fields = [
            "filename",
            "file_format",
            "file_size",
            "sha256",
            "trashed_at",
        ]

    def get_processing_status(self, dataset: Dataset) -> str:
        if dataset.active_version_id:
            return ProcessingStatus.READY.value
        newest = dataset.newest_status
        return newest if newest in STATES else ProcessingStatus.FAILED.value

    def get_processing_error(self, dataset: Dataset) -> str:
        if dataset.active_version_id:
            return ""
        if dataset.newest_status == ProcessingStatus.CANCELLED:
            return "The import was cancelled."
        return dataset.newest_error or ""

    def get_progress(self, dataset: Dataset) -> float:
        return dataset.newest_progress or 0.0

    def validate_name(self, name: str) -> str:
        others = Dataset.objects.filter(project=self.instance.project, name=name)
        if others.exclude(pk=self.instance.pk).exists():
            raise serializers.ValidationError(
                f"This project has a dataset “{name}” already.", "name_taken"
            )
        return name


class DatasetDetailSerializer(DatasetSerializer):
    """The same with the columns of the active version."""

    columns = serializers.SerializerMethodField()

    class Meta(DatasetSerializer.Meta):
        fields = [*DatasetSerializer.Meta.fields, "columns"]

    def get_columns(self, dataset: Dataset) -> list[dict[str, Any]]:
        version = dataset.active_version
        columns = version.columns if version else []
        return ColumnSerializer(columns, many=True).data
