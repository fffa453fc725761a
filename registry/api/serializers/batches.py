"""Shapes of files that are answered in the background."""

from __future__ import annotations

from rest_framework import serializers

from registry.models import BatchPrediction


class BatchFileSerializer(serializers.Serializer):
    """A CSV file of rows, the columns as the model's signature names them."""

    file = serializers.FileField()


class BatchSerializer(serializers.ModelSerializer):
    """A file on its way: once completed, every row is answered or quarantined."""

    version = serializers.CharField(source="version_name", read_only=True)

    class Meta:
        model = BatchPrediction
        fields = [
            "id", "filename", "version", "status", "progress", "phase", "keeps_records",
            "answered", "quarantined", "error_message", "created_at", "completed_at",
        ]  # fmt: skip
        read_only_fields = fields
