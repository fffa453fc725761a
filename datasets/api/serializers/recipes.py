"""Steps under a name, as the API takes and gives them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from datasets.api.serializers.steps import MAXIMUM_STEPS, StepSerializer
from datasets.lineage import needed
from datasets.models import Recipe
from datasets.recipes import StepSpec
from projects.api.serializers import PersonSerializer


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
