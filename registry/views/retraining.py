"""Pages that learn a model anew, from the choice of rows to the new version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from datamine.htmx import render_page
from datamine.parameters import form_for
from experiments.algorithms.catalogue import algorithm
from experiments.drafts import check_draft
from experiments.estimates import estimate_seconds, seconds_left
from experiments.exceptions import InvalidDraftError
from experiments.learning.plans import SplitSettings
from experiments.models import Preset
from experiments.outlooks import outlook_for, preset_within
from projects.exceptions import DomainError
from projects.permissions import Action, can, get_for
from registry.choices import RetrainingSource
from registry.forms import RetrainForm
from registry.models import Retraining
from registry.services import (
    LEAST_RECORDS,
    cancel_retraining,
    pattern_of,
    retrain_from_records,
    retrain_from_version,
    retrained_draft,
)
from registry.views.context import FORM_METHODS, context_of, model_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from datamine.parameters import ParametersForm
    from experiments.algorithms import catalogue
    from experiments.families.family import Family
    from experiments.models import Experiment
    from registry.models import RegisteredModel


@require_http_methods(FORM_METHODS)
def retrain(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.MANAGE)
    try:
        experiment = pattern_of(model).experiment
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(model)
    said = request.POST or None
    initial = {"rows": experiment.version}
    if request.GET.get("source") in RetrainingSource.values:
        initial["source"] = request.GET["source"]
    form = RetrainForm(model, said, initial=initial)
    entry = algorithm(experiment.algorithm)
    presets = Preset.objects.of(entry)
    preset = preset_asked_for(request, experiment, presets)
    parameters = form_for(
        entry.parameters_model(),
        said,
        prefix="p",
        initial={**experiment.hyperparameters, **(preset.values if preset else {})},
    )
    is_right = form.is_valid() and parameters.is_valid()
    refusal = ""
    if is_right and "start" in request.POST:
        try:
            return redirect(start(request, model, form, parameters.parameters))
        except DomainError as error:
            refusal = str(error)
    context = context_of(
        model,
        form=form,
        parameters=parameters,
        sections=sections_of(parameters, entry.family),
        presets=presets,
        preset=preset,
        minutes=request.GET.get("minutes", ""),
        experiment=experiment,
        labelled=model.records.labelled().count(),
        least=LEAST_RECORDS,
        refusal=refusal,
        **preview(model, experiment, form, parameters),
    )
    return render_page(
        request, "registry/retrain.html", "registry/_retrain_preview.html", context
    )


def preset_asked_for(
    request: HttpRequest, experiment: Experiment, presets: list[catalogue.Preset]
) -> catalogue.Preset | None:
    """Return the preset that was named, or the longest that fits into some minutes."""
    named = (p for p in presets if p.name == request.GET.get("preset"))
    try:
        minutes = float(request.GET.get("minutes") or 0)
    except ValueError:
        minutes = 0
    if minutes > 0:
        return preset_within(
            algorithm(experiment.algorithm),
            minutes,
            rows=experiment.version.rows_count,
            split=SplitSettings(**experiment.split),
        )
    return next(named, None)


def sections_of(
    parameters: ParametersForm, family: Family | None
) -> list[dict[str, Any]]:
    """Return the fields under their headings, what a family does not name last."""
    named = dict(family.sections) if family else {}
    apart = {name for names in named.values() for name in names}
    rest = tuple(field.name for field in parameters if field.name not in apart)
    return [
        {"title": title, "fields": [parameters[name] for name in names]}
        for title, names in {**named, "Hyperparameters": rest}.items()
    ]


def start(
    request: HttpRequest, model: RegisteredModel, form: RetrainForm, parameters: Any
) -> Retraining:
    """Begin what the forms describe."""
    values = parameters.model_dump(mode="json")
    if form.cleaned_data["source"] == RetrainingSource.RECORDS:
        return retrain_from_records(
            model,
            parameters=values,
            with_training_rows=form.cleaned_data["with_training_rows"],
            actor=request.user,
        )
    return retrain_from_version(
        model, form.cleaned_data["rows"], parameters=values, actor=request.user
    )


def preview(
    model: RegisteredModel, experiment: Experiment, form: RetrainForm, parameters: Any
) -> dict[str, Any]:
    """Return what would be trained: changes, problems, and how long it takes."""
    if form.is_bound and not (form.is_valid() and parameters.is_valid()):
        return {"is_wrong": True}
    values = (
        parameters.parameters.model_dump(mode="json")
        if parameters.is_bound
        else parameters.initial
    )
    chosen = form.cleaned_data.get("rows") if form.is_bound else None
    rows = chosen or experiment.version
    changed = [
        {"label": field.label, "now": before, "then": values.get(field.name)}
        for field in parameters
        if (before := experiment.hyperparameters.get(field.name))
        != values.get(field.name)
    ]
    found: dict[str, Any] = {"rows": rows, "changed": changed}
    try:
        plan, problems = check_draft(retrained_draft(model, rows, values))
    except InvalidDraftError as error:
        return {**found, "problems": error.problems}
    return {
        **found,
        "warnings": problems.warnings,
        "outlook": outlook_for(
            algorithm(plan.algorithm),
            plan.hyperparameters,
            rows=rows.rows_count,
            split=plan.split,
        ),
        "estimate": estimate_seconds(
            plan.algorithm,
            rows=rows.rows_count,
            features=len(plan.features),
            split=plan.split,
        ),
    }


def retraining_for(
    request: HttpRequest, pk: int, number: int, wanted: Action
) -> Retraining:
    rows = Retraining.objects.with_results()
    return get_for(request.user, rows, wanted, model=pk, pk=number)


@require_safe
def retraining(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = retraining_for(request, pk, number, Action.VIEW)
    model = model_for(request, pk, Action.VIEW)
    context = context_of(
        model,
        retraining=found,
        remaining=remaining(found),
        may_manage=can(request.user, Action.MANAGE, model.project),
    )
    return render_page(
        request, "registry/retraining.html", "registry/_retraining.html", context
    )


def remaining(found: Retraining) -> float | None:
    """Return the seconds its session still takes, if that can be told."""
    session = found.session
    if session is None or session.is_over or session.started_at is None:
        return None
    elapsed = (timezone.now() - session.started_at).total_seconds()
    return seconds_left(session.progress, elapsed)


@require_POST
def cancel(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = retraining_for(request, pk, number, Action.MANAGE)
    try:
        cancel_retraining(found, actor=request.user)
    except DomainError as refusal:
        messages.info(request, str(refusal))
    return redirect(found)
