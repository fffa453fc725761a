"""Configure & Train: the page, and the dialog that it is on the page of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datamine.htmx import render_page, wants_fragment
from projects.exceptions import DomainError
from projects.models import Project
from projects.permissions import Action, get_for
from registry.configuration import (
    Configuration,
    ModelConfiguration,
    NewConfiguration,
)
from registry.services import LEAST_RECORDS
from registry.views.context import FORM_METHODS, context_of, model_for

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_http_methods(FORM_METHODS)
def retrain(request: HttpRequest, pk: int) -> HttpResponse:
    """Learn a model anew."""
    model = model_for(request, pk, Action.MANAGE)
    is_sent = request.method == "POST"
    try:
        chosen = ModelConfiguration(model, said_in(request), is_sent=is_sent)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return to_page(request, model.get_absolute_url())
    labelled = model.records.labelled().count()
    context = context_of(model, labelled=labelled, least=LEAST_RECORDS)
    return configured(request, chosen, context)


@require_http_methods(FORM_METHODS)
def train(request: HttpRequest, key: str) -> HttpResponse:
    """Make a model of a family by training it."""
    project = get_for(request.user, Project, Action.MANAGE, key=key)
    is_sent = request.method == "POST"
    try:
        chosen = NewConfiguration(project, said_in(request), is_sent=is_sent)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return to_page(request, reverse("registry:list", args=[key]))
    return configured(request, chosen, {"project": project, "section": "models"})


def said_in(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else request.GET


def configured(
    request: HttpRequest, chosen: Configuration, context: dict[str, Any]
) -> HttpResponse:
    """Start what was chosen, or show the choices with what they mean."""
    refusal = ""
    if chosen.is_right and "start" in request.POST:
        try:
            started = chosen.start(request.user)
        except DomainError as error:
            refusal = str(error)
        else:
            messages.success(
                request,
                _(
                    "%(job_id)s has started. It ends in a version, which serves once "
                    "somebody activates it."
                )
                % {"job_id": started.job_id},
            )
            return redirect(f"{started.model.get_absolute_url()}#trainings")
    context |= {"chosen": chosen, "refusal": refusal, **chosen.preview}
    return render_page(
        request, "registry/configure.html", "registry/_configure.html", context
    )


def to_page(request: HttpRequest, address: str) -> HttpResponse:
    """Go to another page, also where a dialog asked for its content."""
    if wants_fragment(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
