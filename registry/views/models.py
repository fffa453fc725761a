"""Pages of models: what is registered, what serves, and how that changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from datamine.htmx import render_page, wants_fragment
from experiments.models import TrainingSession
from projects.models import Project
from projects.permissions import Action, can, get_for
from registry import serving
from registry.exceptions import ReasonNeededError, RegistryError
from registry.figures import (
    VersionChart,
    VersionComparison,
    VersionTable,
    said_beside,
)
from registry.forms import MomentForm, ReasonForm, RegisterForm
from registry.gate import suggestion_for
from registry.models import ModelVersion
from registry.services import (
    delete_model,
    delete_version,
    promote_version,
    register_version,
    roll_back,
    version_before,
)
from registry.views.context import (
    FORM_METHODS,
    context_of,
    done_or_told,
    model_for,
)
from registry.views.retraining import learned_anew, trainings_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from registry.models import RegisteredModel

VERSIONS_PER_PAGE = 25
NONE_SERVES = gettext_lazy(
    "No version is in service: activate one of those below, then people and programs "
    "can predict with it."
)
NONE_YET = gettext_lazy("There is no version yet: one comes when a training ends well.")
LEDGER_LINES = 20


@require_safe
def model_list(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.VIEW, key=key)
    models = project.models.with_active().with_counts()
    context = {
        "project": project,
        "section": "models",
        "may_manage": can(request.user, Action.MANAGE, project),
        "page": Paginator(models, VERSIONS_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "registry/list.html", context)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.VIEW)
    serving.warm(model)
    versions = ModelVersion.objects.for_list().filter(model=model)
    page = Paginator(versions, VERSIONS_PER_PAGE).get_page(request.GET.get("page"))
    chart = VersionChart.of(model)
    context = context_of(
        model,
        page=page,
        no_service=NONE_SERVES if page.paginator.count else NONE_YET,
        table=VersionTable(list(page)),
        chart=chart,
        spec=json.dumps(chart.spec()) if chart.is_worth_drawing else "",
        before=version_before(model),
        **ledger_of(request, model),
        requests=model.requests.open().with_people(),
        **trainings_of(model),
        may_edit=can(request.user, Action.EDIT, model.project),
        may_manage=can(request.user, Action.MANAGE, model.project),
    )
    context["may_train"] = bool(page.paginator.count or context["trainings"])
    if learned := learned_anew(model, context["trainings"]):
        context["learned"] = learned
        context["learned_words"] = said_beside(learned, model.active_version)
    response = render_page(
        request, "registry/detail.html", "registry/_trainings.html", context
    )
    if wants_fragment(request) and not context["is_training"]:
        response["HX-Refresh"] = "true"  # the last one has ended: its version is there
    return response


def ledger_of(request: HttpRequest, model: RegisteredModel) -> dict[str, object]:
    """Return the newest lines of the ledger, and the one the address asks for."""
    form = MomentForm(request.GET if "at" in request.GET else None)
    ledger = model.activations.select_related("actor")
    found: dict[str, object] = {"ledger": ledger[:LEDGER_LINES], "moment_form": form}
    if form.is_valid():
        found["moment"] = form.cleaned_data["at"]
        found["served"] = ledger.serving_at(form.cleaned_data["at"]).first()
    return found


@require_http_methods(FORM_METHODS)
def register(request: HttpRequest) -> HttpResponse:
    asked = request.POST.get("session") or request.GET.get("session") or ""
    session = get_for(
        request.user,
        TrainingSession.objects.select_related("experiment__project"),
        Action.EDIT,
        pk=int(asked) if asked.isdecimal() else 0,
    )
    form = RegisterForm(request.POST if "name" in request.POST else None)
    if form.is_valid():
        try:
            version = register_version(session, **form.cleaned_data, actor=request.user)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("%(version)s is registered.") % {"version": version}
            )
            return redirect(version.model)
    context = {
        "project": session.project,
        "section": "models",
        "session": session,
        "form": form,
    }
    return render(request, "registry/register.html", context)


@require_http_methods(FORM_METHODS)
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.MANAGE)
    name = request.POST.get("version") or request.GET.get("version")
    version = get_for(
        request.user,
        ModelVersion.objects.with_results(),
        Action.MANAGE,
        model=model,
        version=name,
    )
    if model.project.needs_second_owner:
        address = reverse("registry:ask", args=[model.pk])
        return redirect(f"{address}?version={version.version}")
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            promote_version(version, reason=reason, actor=request.user)
        except ReasonNeededError as refusal:
            form.add_error("reason", str(refusal))
        except RegistryError as refusal:
            messages.error(request, str(refusal))
            return redirect(model)
        else:
            messages.success(
                request, _("%(version)s is in service.") % {"version": version.version}
            )
            return redirect(model)
    both = [version, *([model.active_version] if model.active_version else [])]
    context = context_of(
        model,
        version=version,
        form=form,
        suggestion=suggestion_for(version),
        same_rows=VersionComparison(both).same_rows,
    )
    return render(request, "registry/activate.html", context)


@require_http_methods(FORM_METHODS)
def rollback(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.MANAGE)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        return done_or_told(
            request,
            model,
            _("Rolled back: the version before is in service again."),
            lambda: roll_back(
                model, reason=form.cleaned_data["reason"], actor=request.user
            ),
        )
    context = context_of(model, form=form, version=version_before(model))
    return render(request, "registry/rollback.html", context)


@require_http_methods(FORM_METHODS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.MANAGE)
    if request.method == "POST":
        delete_model(model, actor=request.user)
        messages.success(
            request, _("The model “%(model)s” is deleted.") % {"model": model}
        )
        return redirect("registry:list", model.project.key)
    context = context_of(model, versions_count=model.versions.count())
    return render(request, "registry/delete.html", context)


@require_http_methods(FORM_METHODS)
def delete_one_version(request: HttpRequest, pk: int, version: str) -> HttpResponse:
    model = model_for(request, pk, Action.MANAGE)
    found = get_for(
        request.user,
        ModelVersion.objects.with_results(),
        Action.MANAGE,
        model=model,
        version=version,
    )
    if request.method == "POST":
        return done_or_told(
            request,
            model,
            _("%(version)s is deleted.") % {"version": found.version},
            lambda: delete_version(found, actor=request.user),
        )
    return render(request, "registry/delete.html", context_of(model, version=found))
