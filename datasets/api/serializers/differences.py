"""What the API tells of two versions."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from datasets.api.queries import to_json
from datasets.api.serializers.datasets import ColumnSerializer


class ExampleSerializer(serializers.Serializer):
    """A row by column name, before and after; empty where it was not there."""

    row = serializers.IntegerField()
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()

    def get_before(self, example: Any) -> dict[str, Any]:
        return {name: to_json(value) for name, value in example.before.items()}

    def get_after(self, example: Any) -> dict[str, Any]:
        return {name: to_json(value) for name, value in example.after.items()}


class DifferenceSerializer(serializers.Serializer):
    """What must happen to version `a` to become version `b`."""

    a = serializers.SerializerMethodField()
    b = serializers.SerializerMethodField()
    added = ColumnSerializer(many=True, help_text="Columns only `b` has.")
    removed = ColumnSerializer(many=True, help_text="Columns only `a` has.")
    renamed = serializers.DictField(help_text="New names by old ones.")
    retyped = serializers.DictField(help_text="Types before and after, by column.")
    rows_before = serializers.IntegerField()
    rows_after = serializers.IntegerField()
    rows_removed = serializers.IntegerField()
    rows_added = serializers.IntegerField()
    rows_kept = serializers.IntegerField()
    rows_compared = serializers.IntegerField(help_text="Of the rows kept.")
    is_complete = serializers.BooleanField(help_text="Whether all were compared.")
    rows_changed = serializers.IntegerField()
    cells_changed = serializers.IntegerField()
    cells = serializers.DictField(help_text="Changed cells by column.")
    changed_rows = ExampleSerializer(many=True)
    removed_rows = ExampleSerializer(many=True)
    added_rows = ExampleSerializer(many=True)

    def get_a(self, found: Any) -> int:
        return int(self.context["a"].number)

    def get_b(self, found: Any) -> int:
        return int(self.context["b"].number)
