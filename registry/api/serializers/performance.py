"""Shapes of performance reports."""

from __future__ import annotations

from rest_framework import serializers

from registry.models import PerformanceReport


class PerformanceSerializer(serializers.ModelSerializer):
    """A measurement of a version: once completed, with figures and suggestions.

    `figures.batches` has for each batch size the median and the 95 % quantile of an
    answer, how many are answered a second, and the memory it takes.
    """

    model = serializers.CharField(source="version.model.name", read_only=True)
    version = serializers.CharField(source="version.version", read_only=True)
    suggestions = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = PerformanceReport
        fields = [
            "id", "model", "version", "status", "progress", "phase", "figures",
            "suggestions", "error_message", "created_at", "completed_at",
        ]  # fmt: skip
        read_only_fields = fields
