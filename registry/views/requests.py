"""Pages on which somebody asks for an activation, and another one decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from projects.permissions import Action, get_for
from registry.exceptions import RegistryError
from registry.forms import DecisionForm, RequestForm
from registry.gate import suggestion_for
from registry.models import ActivationRequest, ModelVersion
from registry.services import approve_request, decline_request, request_activation
from registry.views.context import FORM_METHODS, context_of, model_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(FORM_METHODS)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.EDIT)
    name = request.POST.get("version") or request.GET.get("version")
    rows = ModelVersion.objects.with_results()
    version = get_for(request.user, rows, Action.EDIT, model=model, version=name)
    version.model = model
    form = RequestForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            request_activation(version, reason=reason, actor=request.user)
        except RegistryError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                _("The request waits: an owner puts %(name)s in service.")
                % {"name": name},
            )
        return redirect(model)
    context = context_of(
        model, version=version, form=form, suggestion=suggestion_for(version)
    )
    return render(request, "registry/ask.html", context)


@require_POST
def decide(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    rows = ActivationRequest.objects.with_people()
    asked = get_for(request.user, rows, Action.MANAGE, model=pk, pk=number)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Approve the request, or decline it."))
        return redirect(asked)
    try:
        if form.cleaned_data["decision"] == "approve":
            approve_request(asked, actor=request.user)
            messages.success(
                request,
                _("%(version_name)s is in service.")
                % {"version_name": asked.version_name},
            )
        else:
            remark = form.cleaned_data["remark"]
            decline_request(asked, remark=remark, actor=request.user)
            messages.success(request, _("The request is declined."))
    except RegistryError as refusal:
        messages.error(request, str(refusal))
    return redirect(asked)
