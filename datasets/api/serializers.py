"""What the API takes and gives about datasets, versions and steps."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from datasets.api.queries import to_json
from datasets.choices import ProcessingStatus
from datasets.declarations import validate
from datasets.lineage import needed
from datasets.models import Dataset, DatasetVersion, Recipe
from datasets.readers.dialect import Dialect
from datasets.recipes import StepSpec
from datasets.tags import checked
from projects.api.serializers import PersonSerializer

MAXIMUM_STEPS = 50
MAXIMUM_COLUMNS = 10_000
#: A cancelled import leaves a dataset as a failed one does: without data.
STATES = tuple(s.value for s in ProcessingStatus if s != ProcessingStatus.CANCELLED)


class DialectField(serializers.JSONField):
    """How a file is read; as a part of a form it is JSON text."""

    def to_internal_value(self, data: Any) -> Dialect:
        values = super().to_internal_value(data)
        if not isinstance(values, dict):
            raise serializers.ValidationError("dialect must be an object.")
        return validate(Dialect, values)


class TagsField(serializers.ListField):
    """The tags of a dataset, as words."""

    child = serializers.CharField(max_length=200)

    def to_representation(self, rows: Any) -> list[str]:
        return [tag.name for tag in rows.all()]

    def to_internal_value(self, data: Any) -> list[str]:
        return checked(super().to_internal_value(data))


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


class StepSerializer(serializers.Serializer):
    """One step: its name, the columns by name, its parameters."""

    step = serializers.CharField(max_length=100)
    columns = serializers.ListField(
        child=serializers.CharField(trim_whitespace=False, max_length=10_000),
        max_length=MAXIMUM_COLUMNS,
        default=list,
    )
    parameters = serializers.DictField(default=dict)


class StepsSerializer(serializers.Serializer):
    """Steps to be applied, one after the other, to a version."""

    steps = serializers.ListSerializer(
        child=StepSerializer(),
        required=False,
        allow_empty=False,
        max_length=MAXIMUM_STEPS,
    )
    recipe = serializers.IntegerField(
        required=False, min_value=1, help_text="The steps of a recipe instead."
    )
    names = serializers.DictField(
        child=serializers.CharField(trim_whitespace=False),
        default=dict,
        help_text="What a column of the recipe is called in this table.",
    )
    description = serializers.CharField(
        max_length=255, required=False, allow_blank=True, default=""
    )
    version = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="The parent; unless given: the active one.",
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if ("steps" in values) == ("recipe" in values):
            raise serializers.ValidationError(
                {"steps": "Send either steps or a recipe."}, "required"
            )
        return values

    def specs(self) -> list[StepSpec]:
        return [StepSpec(**dict(step)) for step in self.validated_data["steps"]]


class RecipeSerializer(serializers.ModelSerializer):
    """Steps under a name, and the columns a table needs for them."""

    project = serializers.SlugRelatedField(slug_field="key", read_only=True)
    columns = serializers.SerializerMethodField()
    created_by = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Recipe
        fields = [
            "id", "project", "name", "columns", "steps", "created_by", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_columns(self, recipe: Recipe) -> list[str]:
        return needed(recipe.specs)


class RecipeWriteSerializer(serializers.Serializer):
    """Steps to keep: those sent, or all that made a version since its import."""

    name = serializers.CharField(max_length=200)
    project = serializers.CharField(required=False, help_text="For steps: its key.")
    steps = serializers.ListSerializer(
        child=StepSerializer(), required=False, max_length=MAXIMUM_STEPS
    )
    dataset = serializers.IntegerField(required=False, min_value=1)
    version = serializers.IntegerField(
        required=False, min_value=1, help_text="Unless given: the active one."
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if ("dataset" in values) == ("project" in values and "steps" in values):
            raise serializers.ValidationError(
                {"steps": "Send either project and steps, or a dataset."}, "required"
            )
        return values

    def specs(self) -> list[StepSpec]:
        return [StepSpec(**dict(step)) for step in self.validated_data["steps"]]


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


class TrialSerializer(serializers.Serializer):
    """What steps would do, found on a sample of the rows."""

    sample_rows = serializers.IntegerField()
    total_rows = serializers.IntegerField()
    rows_before = serializers.IntegerField(source="changes.rows_before")
    rows_after = serializers.IntegerField(source="changes.rows_after")
    rows_changed = serializers.IntegerField(source="changes.rows_changed")
    cells_changed = serializers.IntegerField(source="changes.cells_changed")
    cells = serializers.DictField(source="changes.cells")
    columns = serializers.SerializerMethodField()
    added = serializers.ListField(child=serializers.CharField())
    removed = serializers.ListField(child=serializers.CharField())
    steps = serializers.SerializerMethodField(help_text="With what they learned.")

    def get_columns(self, trial: Any) -> list[dict[str, str]]:
        return [{"name": c.name, "type": c.type.value} for c in trial.schema]

    def get_steps(self, trial: Any) -> list[dict[str, Any]]:
        return [step.model_dump(mode="json") for step in trial.recipe.steps]


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


class StepEntrySerializer(serializers.Serializer):
    """A step of the catalogue with the JSON Schema of its parameters."""

    name = serializers.CharField()
    title = serializers.CharField()
    help = serializers.CharField()
    learns = serializers.CharField()
    accepts = serializers.SerializerMethodField()
    parameters = serializers.SerializerMethodField()
    defaults = serializers.SerializerMethodField()

    def get_accepts(self, entry: Any) -> list[str]:
        return sorted(entry.accepts)

    def get_parameters(self, entry: Any) -> dict[str, Any]:
        return entry.parameters_model().model_json_schema()

    def get_defaults(self, entry: Any) -> dict[str, Any]:
        fields = entry.parameters_model().model_fields
        return {
            name: field.get_default(call_default_factory=True)
            for name, field in fields.items()
            if not field.is_required()
        }
