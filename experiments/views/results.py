"""A result as data: charts, tables, metrics and the model, as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from datamine.speech import spoken_chart
from experiments.comparison.exports import csv_response
from experiments.exceptions import (
    DamagedModelError,
    NotReproducibleError,
    ReportError,
)
from experiments.models import Result
from experiments.reports.experiment import experiment_report
from experiments.reports.rendering import pdf_response
from experiments.reproducing import script_response
from experiments.results.charts import CHARTS
from experiments.results.downloads import artifact_response
from experiments.results.summaries import Summary
from experiments.results.tables import metrics_json_of, metrics_table, table_of
from experiments.results.trees import tree_of, writers_of
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest


def result_for(request: HttpRequest, pk: int, number: int) -> Result:
    """Return the result of a session the person may see, or raise 404."""
    return get_for(
        request.user,
        Result.objects.select_related("session__experiment__project"),
        Action.VIEW,
        session__experiment=pk,
        session__number=number,
    )


@require_safe
def chart(request: HttpRequest, pk: int, number: int, name: str) -> HttpResponse:
    result = result_for(request, pk, number)
    details = Summary(result, result.session.experiment).details
    if name not in CHARTS or not CHARTS[name].rows(details):
        raise Http404
    return JsonResponse(spoken_chart(CHARTS[name].spec(details)))


@require_safe
def data_csv(request: HttpRequest, pk: int, number: int, name: str) -> HttpResponse:
    result = result_for(request, pk, number)
    table = table_of(result, name)
    if table is None:
        raise Http404
    return csv_response(table, f"{name}_{pk}_{number}.csv")


@require_safe
def metrics_json(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    result = result_for(request, pk, number)
    response = JsonResponse(metrics_json_of(result), json_dumps_params={"indent": 2})
    filename = f"metrics_{pk}_{number}.json"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


@require_safe
def metrics_csv(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    result = result_for(request, pk, number)
    return csv_response(metrics_table(result), f"metrics_{pk}_{number}.csv")


@require_safe
def report_pdf(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = get_for(
        request.user,
        Result.objects.for_report(),
        Action.VIEW,
        session__experiment=pk,
        session__number=number,
    )
    try:
        return pdf_response(experiment_report(found), f"report_{pk}_{number}.pdf")
    except ReportError as refusal:
        messages.error(request, str(refusal))
        return redirect(found.session)


@require_safe
def reproduce(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    result = get_for(
        request.user,
        Result.objects.for_report(),
        Action.VIEW,
        session__experiment=pk,
        session__number=number,
    )
    try:
        return script_response(result, f"reproduce_{pk}_{number}.zip")
    except NotReproducibleError as refusal:
        messages.error(request, str(refusal))
        return redirect(result.session)


@require_safe
def tree(request: HttpRequest, pk: int, number: int, ending: str) -> HttpResponse:
    view = tree_of(result_for(request, pk, number))
    writer = writers_of(view).get(ending)
    if view is None or writer is None:
        raise Http404
    response = HttpResponse(
        writer.write(view), content_type=f"{writer.media_type}; charset=utf-8"
    )
    filename = f"tree_{pk}_{number}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


@require_safe
def download_model(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    result = result_for(request, pk, number)
    try:
        return artifact_response(result)
    except DamagedModelError as refusal:
        messages.error(request, str(refusal))
        return redirect(result.session)
