"""How fast, large and steady a version is: measured, shown, taken along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from datamine.htmx import render_page
from experiments.exceptions import ReportError
from experiments.reports.rendering import pdf_response
from experiments.reports.texts import text_of
from projects.permissions import Action, can
from registry.exceptions import RegistryError
from registry.models import PerformanceReport
from registry.performance_report import file_name, latest_view, view_of
from registry.services import cancel_measuring, start_measuring
from registry.views.context import FORM_METHODS, context_of
from registry.views.versions import version_for

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_http_methods(FORM_METHODS)
def performance(request: HttpRequest, pk: int, version: str) -> HttpResponse:
    wanted = Action.EDIT if request.method == "POST" else Action.VIEW
    found = version_for(request, pk, version, wanted)
    if request.method == "POST":
        try:
            return redirect(start_measuring(found, actor=request.user))
        except RegistryError as refusal:
            messages.info(request, str(refusal))
            return redirect(page_of(pk, version))
    newest = PerformanceReport.objects.latest_of(found)
    done = PerformanceReport.objects.completed().filter(version=found).first()
    context = context_of(
        found.model,
        version=found,
        newest=newest,
        done=done,
        view=view_of(done, found) if done else None,
        may_edit=can(request.user, Action.EDIT, found.project),
    )
    return render_page(
        request, "registry/performance.html", "registry/_performance.html", context
    )


def page_of(pk: int, version: str) -> str:
    return reverse("registry:performance", args=[pk, version])


@require_POST
def performance_cancel(request: HttpRequest, pk: int, version: str) -> HttpResponse:
    found = version_for(request, pk, version, Action.EDIT)
    try:
        cancel_measuring(found, actor=request.user)
    except RegistryError as refusal:
        messages.info(request, str(refusal))
    return redirect(page_of(pk, version))


@require_safe
def performance_text(request: HttpRequest, pk: int, version: str) -> HttpResponse:
    found = version_for(request, pk, version, Action.VIEW)
    try:
        text = text_of(latest_view(found).document())
    except RegistryError as refusal:
        messages.error(request, str(refusal))
        return redirect(page_of(pk, version))
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    name = file_name(found, "txt")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def performance_pdf(request: HttpRequest, pk: int, version: str) -> HttpResponse:
    found = version_for(request, pk, version, Action.VIEW)
    try:
        document = latest_view(found).document()
        return pdf_response(document, file_name(found, "pdf"))
    except (RegistryError, ReportError) as refusal:
        messages.error(request, str(refusal))
        return redirect(page_of(pk, version))
