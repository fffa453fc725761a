"""Pages of files that are answered in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from datamine.htmx import render_page
from datasets.uploads import received_file
from projects.exceptions import DomainError
from projects.permissions import Action, can, get_for
from registry.exports import batch_response
from registry.models import BatchPrediction
from registry.services import cancel_batch, start_batch
from registry.views.context import context_of, model_for
from registry.views.predicting import keeps

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

BATCHES_PER_PAGE = 25


@require_safe
def batches(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.VIEW)
    rows = model.batches.select_related("created_by")
    page = Paginator(rows, BATCHES_PER_PAGE).get_page(request.GET.get("page"))
    context = context_of(
        model,
        page=page,
        is_under_way=any(not batch.is_over for batch in page),
        may_edit=can(request.user, Action.EDIT, model.project),
    )
    return render_page(
        request, "registry/batches.html", "registry/_batches.html", context
    )


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    model = model_for(request, pk, Action.EDIT)
    try:
        batch = start_batch(
            model,
            received_file(request),
            keeps_records=keeps(request, model),
            actor=request.user,
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("registry:batches", model.pk)
    messages.success(
        request, _("%(filename)s is being answered.") % {"filename": batch.filename}
    )
    return redirect(batch)


def batch_for(
    request: HttpRequest, pk: int, number: int, wanted: Action
) -> BatchPrediction:
    rows = BatchPrediction.objects.select_related("model__project")
    return get_for(request.user, rows, wanted, model=pk, pk=number)


@require_safe
def batch_csv(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    batch = batch_for(request, pk, number, Action.VIEW)
    try:
        return batch_response(batch)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(batch)


@require_POST
def batch_cancel(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    batch = batch_for(request, pk, number, Action.EDIT)
    try:
        cancel_batch(batch, actor=request.user)
    except DomainError as refusal:
        messages.info(request, str(refusal))
    return redirect(batch)
