"""Shapes of rows that are asked, and whether answers are kept."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


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


class ExplainQuerySerializer(serializers.Serializer):
    explain = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Say under `contributions` what each value of a row adds; 100 rows.",
    )


class StoreQuerySerializer(serializers.Serializer):
    store = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Keep each answered row as a record, named in its answer.",
    )


class PredictQuerySerializer(ExplainQuerySerializer, StoreQuerySerializer):
    """What may be asked for beside the predictions."""
