"""Steps, as the API takes and lists them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from datasets.recipes import StepSpec

MAXIMUM_STEPS = 50
MAXIMUM_COLUMNS = 10_000


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
