"""Pages of a model that is learned anew: how far it is, and the end of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from datamine.htmx import render_page
from experiments.estimates import seconds_left
from projects.exceptions import DomainError
from projects.permissions import Action, can, get_for
from registry.models import ModelVersion, Retraining
from registry.services import cancel_retraining
from registry.views.context import context_of, model_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from registry.models import RegisteredModel

#: So many are listed on the page of their model.
LISTED = 10


def trainings_of(model: RegisteredModel) -> dict[str, Any]:
    """Return the newest trainings of a model, for the table on its page."""
    found = list(model.retrainings.for_list()[:LISTED])
    for training in found:
        training.model = model
    return {
        "trainings": [(training, time_to_go(training)) for training in found],
        "is_training": any(not training.is_over for training in found),
    }


def learned_anew(
    model: RegisteredModel, trainings: list[tuple[Retraining, float | None]]
) -> ModelVersion | None:
    """Return what the newest training came to, as long as it has never served."""
    version = trainings[0][0].version if trainings else None
    if version is None or model.activations.filter(version=version).exists():
        return None
    return ModelVersion.objects.with_results().get(pk=version.pk)


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
        remaining=time_to_go(found),
        may_manage=can(request.user, Action.MANAGE, model.project),
    )
    return render_page(
        request, "registry/retraining.html", "registry/_retraining.html", context
    )


def time_to_go(found: Retraining) -> float | None:
    """Return the seconds its session still takes, if that can be told."""
    return seconds_left(found.session) if found.session else None


@require_POST
def cancel(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = retraining_for(request, pk, number, Action.MANAGE)
    try:
        cancel_retraining(found, actor=request.user)
    except DomainError as refusal:
        messages.info(request, str(refusal))
    return redirect(found)
