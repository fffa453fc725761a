"""The Prepare page: steps chosen in a form, tried on a sample, then applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from datamine.htmx import render_page, wants_fragment
from datasets import services
from datasets.exceptions import DatasetError, StepRefusedError
from datasets.lineage import called
from datasets.steps import catalogue
from datasets.steps_form import StepsForm
from datasets.summaries import bars_of
from datasets.trials import is_same
from datasets.views.context import (
    dataset_context,
    dataset_for,
    shown_version,
    version_for,
)
from datasets.views.recipes import recipes_context
from datasets.views.rows import short_cell
from datasets.words import word
from projects.permissions import Action

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from datasets.models import Dataset, DatasetVersion
    from datasets.recipes import StepSpec
    from datasets.trials import Shape, Trial

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(FORM_METHODS)
def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_for(request, pk, Action.EDIT)
    version, specs = start_of(request, dataset)
    context = dataset_context(request, dataset, "prepare", version)
    if version is None:
        return render(request, "datasets/prepare.html", context)
    context |= recipes_context(request, version)
    if recipe := context["recipe"]:
        specs = called(recipe.specs, context["names"])
    builder = StepsForm(version.schema, request.POST, request.GET, specs)
    context |= {"builder": builder, "entries": catalogue.steps().values()}
    if request.method == "POST" and not builder.is_editing and builder.is_valid():
        match request.POST.get("do"):
            case "apply":
                if apply(request, version, builder):
                    return gone_to(request, dataset.get_absolute_url())
            case "save":
                context |= saved(request, version, builder)
            case _:
                context |= tried(version, builder)
    return render_page(
        request, "datasets/prepare.html", "datasets/_builder.html", context
    )


def start_of(
    request: HttpRequest, dataset: Dataset
) -> tuple[DatasetVersion | None, list[StepSpec]]:
    """Return the version steps are for, and those to begin with.

    `?history=` begins with all steps of a version, on the import they started from.
    """
    number = request.GET.get("history", "")
    if not number:
        return shown_version(request, dataset), []
    if not number.isdecimal() or len(number) > 9:
        raise Http404("There is no such version.")
    version = version_for(request, dataset.pk, int(number), Action.VIEW)
    start, specs = services.history_of(version)
    return (start if start.is_ready else None), specs


def apply(request: HttpRequest, version: DatasetVersion, builder: StepsForm) -> bool:
    """Start making the new version; False where a step was refused."""
    try:
        child = services.apply_steps(
            version,
            specs=builder.specs,
            description=builder.description,
            actor=request.user,
        )
    except DatasetError as refusal:
        refuse(builder, refusal)
        return False
    messages.success(request, f"Version {child.number} is being made.")
    return True


def gone_to(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser on; htmx would put the next page into this one."""
    if wants_fragment(request):
        return HttpResponseClientRedirect(url)
    return redirect(url)


def tried(version: DatasetVersion, builder: StepsForm) -> dict[str, Any]:
    """Return what the steps would do, for the page."""
    try:
        trial = services.try_on_sample(version, builder.specs)
    except DatasetError as refusal:
        refuse(builder, refusal)
        return {}
    return {"trial": shown_trial(trial)}


def saved(
    request: HttpRequest, version: DatasetVersion, builder: StepsForm
) -> dict[str, Any]:
    """Keep the steps as a recipe and return what the page says about it."""
    name = request.POST.get("recipe-name", "").strip()[: services.NAME_LENGTH]
    if not name:
        builder.errors.append("Give the recipe a name.")
        return {}
    try:
        recipe = services.save_recipe(
            version.project, name=name, specs=builder.specs, actor=request.user
        )
    except DatasetError as refusal:
        if isinstance(refusal, StepRefusedError):
            refuse(builder, refusal)
        else:
            builder.errors.append(str(refusal))
        return {}
    return {"saved": recipe}


def refuse(builder: StepsForm, refusal: DatasetError) -> None:
    position = refusal.position if isinstance(refusal, StepRefusedError) else 0
    builder.refuse(position, str(refusal))


def shown_trial(trial: Trial) -> dict[str, Any]:
    """Return the trial with cells as pages show them."""
    changed = sorted(trial.changes.cells.items(), key=lambda item: -item[1])
    return {
        "sample_rows": trial.sample_rows,
        "is_sample": trial.sample_rows < trial.total_rows,
        "changes": trial.changes,
        "changed": [item for item in changed if item[1]][:20],
        "rows_removed": trial.changes.rows_before - trial.changes.rows_after,
        "added": trial.added,
        "removed": trial.removed,
        "columns": trial.columns,
        "shapes": [
            {"name": name, "before": drawn(before), "after": drawn(after)}
            for name, (before, after) in zip(trial.columns, trial.shapes, strict=True)
        ],
        "examples": [
            {
                "row": row + 1,
                "cells": [
                    {
                        "before": short_cell(a),
                        "after": short_cell(b),
                        "changed": not is_same(a, b),
                    }
                    for a, b in zip(before, after, strict=True)
                ],
            }
            for row, before, after in trial.examples
        ],
    }


def drawn(shape: Shape) -> dict[str, Any]:
    """Return a small histogram with its bars and what it says in words."""
    labels = (", " if len(shape.labels) > 2 else " to ").join(shape.labels)
    missing = f", {shape.missing:,} missing" if shape.missing else ""
    told = f"{labels or word('no values')}{missing}"
    return {"bars": bars_of({"histogram": {"counts": shape.counts}}), "told": told}
