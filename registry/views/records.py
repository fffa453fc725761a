"""Pages of the answers that were kept, and what turned out to be true of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from datasets.exceptions import DatasetError
from datasets.exports import csv_lines
from datasets.uploads import received_file
from projects.permissions import Action, can, get_for
from registry.drift import drift_of
from registry.exceptions import RegistryError
from registry.exports import record_rows
from registry.forms import OutcomeForm, OutcomesFileForm
from registry.models import Record
from registry.services import (
    LEAST_RECORDS,
    give_outcome,
    give_outcomes,
    target_of,
)
from registry.views.context import context_of, model_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

RECORDS_PER_PAGE = 25
REFUSALS_TOLD = 5


@require_safe
def records(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.VIEW)
    by_version = list(model.records.by_version())
    is_told = request.GET.get("told") == "1"
    rows = model.records.labelled() if is_told else model.records.waiting()
    context = context_of(
        model,
        by_version=by_version,
        labelled=sum(line["labelled"] for line in by_version),
        answered=sum(line["answered"] for line in by_version),
        least=LEAST_RECORDS,
        is_told=is_told,
        page=Paginator(rows, RECORDS_PER_PAGE).get_page(request.GET.get("page")),
        file_form=OutcomesFileForm(),
        may_edit=can(request.user, Action.EDIT, model.project),
        may_manage=can(request.user, Action.MANAGE, model.project),
    )
    if by_version:
        context["target"] = target_of(model)
    return render(request, "registry/records.html", context)


@require_safe
def drift(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.VIEW)
    context = context_of(
        model,
        report=drift_of(model),
        may_manage=can(request.user, Action.MANAGE, model.project),
    )
    return render(request, "registry/drift.html", context)


@require_safe
def records_csv(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.VIEW)
    response = StreamingHttpResponse(
        csv_lines(record_rows(model)), content_type="text/csv"
    )
    name = f"{model.name}-records.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def outcome(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    rows = Record.objects.select_related("model__project")
    record = get_for(request.user, rows, Action.EDIT, model=pk, pk=number)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what was true of the record."))
        return redirect(record)
    try:
        give_outcome(record, form.cleaned_data["actual"], actor=request.user)
    except RegistryError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("The outcome of record %(record)s is kept.") % {"record": record.pk},
        )
    return redirect(record)


@require_POST
def outcomes(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.EDIT)
    try:
        found = give_outcomes(model, received_file(request), actor=request.user)
    except (RegistryError, DatasetError) as refusal:
        messages.error(request, str(refusal))
        return redirect("registry:records", model.pk)
    messages.success(
        request,
        ngettext(
            "%(given)s outcome is kept.", "%(given)s outcomes are kept.", found.given
        )
        % {"given": found.given},
    )
    for refused in found.refused[:REFUSALS_TOLD]:
        messages.error(
            request,
            _("Line %(line)s: %(detail)s")
            % {"line": refused["line"], "detail": refused["detail"]},
        )
    if len(found.refused) > REFUSALS_TOLD:
        more = len(found.refused) - REFUSALS_TOLD
        messages.error(request, _("%(more)s more lines were refused.") % {"more": more})
    return redirect("registry:records", model.pk)
