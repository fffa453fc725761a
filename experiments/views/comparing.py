"""Experiments of a project side by side, as a page and as the same table in CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from experiments.comparison import MOST, Comparison
from experiments.exports import csv_response
from experiments.models import Experiment
from projects.models import Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def compare(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.VIEW, key=key)
    context = {
        "project": project,
        "section": "experiments",
        "comparison": comparison_of(request, project),
        "most": MOST,
        "query": request.GET.urlencode(),
    }
    return render(request, "experiments/compare.html", context)


@require_safe
def compare_csv(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.VIEW, key=key)
    comparison = comparison_of(request, project)
    return csv_response(comparison.table(), f"comparison_{project.key}.csv")


def comparison_of(request: HttpRequest, project: Project) -> Comparison:
    """Return the experiments of `?ids=1&ids=2` or `?ids=1,2`, in that order.

    One that is not of this project makes the whole page a 404.
    """
    wanted = dict.fromkeys(
        part for text in request.GET.getlist("ids") for part in text.split(",") if part
    )
    pks = [int(text) for text in wanted if text.isascii() and text.isdigit()][:MOST]
    found = (
        Experiment.objects.visible_to(request.user)
        .filter(project=project, pk__in=[pk for pk in pks if pk < 2**63])
        .select_related("dataset", "version")
        .defer("version__profile", "version__columns", "version__problems")
    )
    by_pk = {experiment.pk: experiment for experiment in found}
    if len(by_pk) != len(pks) or len(pks) != len(list(wanted)[:MOST]):
        raise Http404
    return Comparison([by_pk[pk] for pk in pks])
