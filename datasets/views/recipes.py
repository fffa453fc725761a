"""Recipes: chosen on the Prepare page, taken along as a file, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from datasets import services
from datasets.downloads import recipe_response
from datasets.lineage import needed
from datasets.models import Recipe
from datasets.steps_form import describe_steps
from datasets.views.context import version_for
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from datasets.models import DatasetVersion


@require_safe
def recipe(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the steps as a file of JSON, as the API takes them."""
    found = get_for(request.user, Recipe, Action.VIEW, pk=pk)
    return recipe_response(found.name, found.specs)


@require_safe
def of_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Send all steps from the import to a version, in the same shape."""
    version = version_for(request, pk, number, Action.VIEW)
    return recipe_response(str(version), services.history_of(version)[1])


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_for(request.user, Recipe, Action.EDIT, pk=pk)
    project = found.project
    services.delete_recipe(found, actor=request.user)
    messages.success(request, f"The recipe “{found.name}” is deleted.")
    return redirect("datasets:list", project.key)


def recipes_context(request: HttpRequest, version: DatasetVersion) -> dict[str, Any]:
    """Return the recipes of the project, and how the chosen one fits the version."""
    rows = version.project.recipes.select_related("created_by")
    recipe = None
    if wanted := request.GET.get("recipe"):
        recipe = rows.filter(pk=wanted).first() if is_id(wanted) else None
        if recipe is None:
            raise Http404("There is no such recipe.")
    columns = column_choices(request, version, recipe) if recipe else []
    return {
        "recipe": recipe,
        "recipes": [
            {"recipe": row, "steps": describe_steps(row.steps)} for row in rows
        ],
        "columns": columns,
        "names": {column["name"]: column["called"] for column in columns},
    }


def column_choices(
    request: HttpRequest, version: DatasetVersion, recipe: Recipe
) -> list[dict[str, Any]]:
    """Return the columns a recipe needs and this table lacks, and what stands in."""
    schema = version.schema
    known = {column.id: column.name for column in schema}
    lacking = [name for name in needed(recipe.specs) if name not in schema.names]
    return [
        {
            "name": name,
            "field": f"as-{place}",
            "chosen": (chosen := request.GET.get(f"as-{place}", "")),
            "called": known.get(chosen, name),
            "options": list(known.items()),
        }
        for place, name in enumerate(lacking)
    ]


def is_id(text: str) -> bool:
    return text.isdecimal() and len(text) <= 18
