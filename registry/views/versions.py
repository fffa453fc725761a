"""Pages of one version, and of versions beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from experiments.exceptions import DamagedModelError
from experiments.results.labels import settings_of
from experiments.results.searches import FoundSearch
from experiments.results.summaries import Summary
from projects.permissions import Action, can, get_for
from registry.exceptions import NotAvailableError, RegistryError
from registry.figures import VersionComparison, metric_rows
from registry.forms import NotesForm
from registry.models import ModelVersion
from registry.onnx import onnx_response
from registry.packages import package_response
from registry.services import describe_version
from registry.views.context import FORM_METHODS, context_of, model_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

#: More columns than this cannot be read beside each other.
MOST_COMPARED = 6
#: More columns than this would push a version's figures out of sight.
MOST_LISTED = 12


def version_for(
    request: HttpRequest, pk: int, name: str, wanted: Action
) -> ModelVersion:
    rows = ModelVersion.objects.with_results().select_related(
        "model__project", "model__active_version", "session__base_version__dataset"
    )
    return get_for(request.user, rows, wanted, model=pk, version=name)


@require_http_methods(FORM_METHODS)
def version(request: HttpRequest, pk: int, version: str) -> HttpResponse:
    wanted = Action.EDIT if request.method == "POST" else Action.VIEW
    found = version_for(request, pk, version, wanted)
    initial = {"notes": found.notes, "tags": ", ".join(found.tags)}
    form = NotesForm(request.POST or None, initial=initial)
    if form.is_valid():
        notes, tags = form.cleaned_data["notes"], form.cleaned_data["tags"].split(",")
        try:
            describe_version(found, notes=notes, tags=tags, actor=request.user)
        except RegistryError as refusal:
            form.add_error("tags", str(refusal))
        else:
            messages.success(
                request,
                _("Notes and tags of %(version)s are kept.")
                % {"version": found.version},
            )
            return redirect(found)
    summary = Summary(found.session.result, found.session.experiment)
    context = context_of(
        found.model,
        version=found,
        form=form,
        summary=summary,
        charts=summary.family_words,
        metrics=metric_rows(found.session.result.metrics),
        **made_of(found),
        may_edit=can(request.user, Action.EDIT, found.project),
        may_manage=can(request.user, Action.MANAGE, found.project),
    )
    return render(request, "registry/version.html", context)


def made_of(version: ModelVersion) -> dict[str, object]:
    """Return what was chosen for a version, and the first columns of its rows."""
    result = version.session.result
    columns = result.signature.get("columns", [])
    search = result.details.get("search")
    chosen = FoundSearch(search).chosen if search else None
    return {
        "settings": settings_of(version.session.experiment, chosen),
        "columns": columns[:MOST_LISTED],
        "columns_more": max(0, len(columns) - MOST_LISTED),
    }


@require_safe
def download(request: HttpRequest, pk: int, version: str) -> HttpResponse:
    found = version_for(request, pk, version, Action.VIEW)
    try:
        return package_response(found, with_onnx="onnx" in request.GET)
    except (DamagedModelError, NotAvailableError) as refusal:
        messages.error(request, str(refusal))
        return redirect(found)


@require_safe
def onnx(request: HttpRequest, pk: int, version: str) -> HttpResponse:
    found = version_for(request, pk, version, Action.VIEW)
    try:
        return onnx_response(found)
    except (DamagedModelError, NotAvailableError) as refusal:
        messages.error(request, str(refusal))
        return redirect(found)


@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.VIEW)
    named = request.GET.getlist("v")[:MOST_COMPARED]
    rows = ModelVersion.objects.compared().filter(model=model, version__in=named)
    comparison = VersionComparison(list(rows.order_by("created_at", "pk")))
    shows_all = "all" in request.GET
    context = context_of(
        model,
        comparison=comparison,
        lines=comparison.lines if shows_all else comparison.differences,
        shows_all=shows_all,
        query=urlencode([("v", one.version) for one in comparison.versions]),
        most=MOST_COMPARED,
    )
    return render(request, "registry/compare.html", context)
