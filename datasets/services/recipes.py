"""Steps kept under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from datasets.exceptions import NameTakenError, NoStepsError, StepRefusedError
from datasets.models import Recipe
from datasets.recipes import build
from datasets.steps.base import StepError
from projects.activities import record_activity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasets.recipes import StepSpec
    from projects.models import Project, User


def save_recipe(
    project: Project, *, name: str, specs: Sequence[StepSpec], actor: User
) -> Recipe:
    """Keep steps under a name, for other tables of the project.

    Raises `NoStepsError`, `StepRefusedError` for parameters that cannot be, and
    `NameTakenError`.
    """
    if not specs:
        raise NoStepsError("There are no steps to save. Add one first.")
    check_parameters(specs)
    steps = [spec.model_dump(mode="json") for spec in specs]
    try:
        with transaction.atomic():
            recipe = Recipe.objects.create(
                project=project, name=name, steps=steps, created_by=actor
            )
            record_activity(actor, recipe, "saved")
    except IntegrityError as clash:
        raise NameTakenError(
            f"This project has a recipe “{name}” already. Choose another name."
        ) from clash
    return recipe


def check_parameters(specs: Sequence[StepSpec]) -> None:
    """Raise `StepRefusedError` for a step that goes with no table at all."""
    for position, spec in enumerate(specs):
        try:
            build(spec)
        except StepError as error:
            error.position = position
            raise StepRefusedError(error) from error


def delete_recipe(recipe: Recipe, *, actor: User) -> None:
    """Forget the steps; versions that were made by them stay."""
    with transaction.atomic():
        record_activity(actor, recipe, "deleted")
        recipe.delete()
