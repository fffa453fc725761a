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
    parameters = form_for(
        algorithm(experiment.algorithm).parameters_model(),
        said,
        prefix="p",
        initial=experiment.hyperparameters,
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
        experiment=experiment,
        labelled=model.records.labelled().count(),
        least=LEAST_RECORDS,
        refusal=refusal,
        **preview(model, experiment, form, parameters),
    )
    return render_page(
        request, "registry/retrain.html", "registry/_retrain_preview.html", context
    )


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
        else experiment.hyperparameters
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
