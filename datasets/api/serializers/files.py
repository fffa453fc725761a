"""How the API takes files, and says how they would be read."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from datasets.declarations import validate
from datasets.readers.dialect import Dialect


class DialectField(serializers.JSONField):
    """How a file is read; as a part of a form it is JSON text."""

    def to_internal_value(self, data: Any) -> Dialect:
        values = super().to_internal_value(data)
        if not isinstance(values, dict):
            raise serializers.ValidationError("dialect must be an object.")
        return validate(Dialect, values)


class UploadSerializer(serializers.Serializer):
    """A file to be imported; what `dialect` leaves out is guessed."""

    project = serializers.SlugField(help_text="Key of the project.")
    file = serializers.FileField(
        allow_empty_file=True, help_text="At most as many bytes as the site takes."
    )
    name = serializers.CharField(
        max_length=200, required=False, help_text="Unless given: the file's name."
    )
    description = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, default=""
    )
    dialect = DialectField(required=False)


class SniffRequestSerializer(serializers.Serializer):
    file = serializers.FileField(allow_empty_file=True)
    dialect = DialectField(required=False)


class ImportAgainSerializer(serializers.Serializer):
    dialect = DialectField(help_text="How the file is to be read from now on.")


class SniffSerializer(serializers.Serializer):
    """What the reader would assume, with the first 20 rows as text.

    `parts` are the tables in a file that holds several: lists of JSON, each with the
    value of `dialect.part` that chooses it.
    """

    format = serializers.CharField()
    dialect = serializers.JSONField()
    reasons = serializers.ListField(child=serializers.CharField())
    parts = serializers.ListField(child=serializers.DictField())
    columns = serializers.ListField(child=serializers.DictField())
    rows = serializers.ListField(child=serializers.ListField())
    warnings = serializers.ListField(child=serializers.CharField())
