"""Experiments of a project side by side: page, chart, the same tables as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from datamine.speech import spoken_chart
from experiments.comparison.contests import Contest
from experiments.comparison.exports import csv_response
from experiments.comparison.groups import SEEDS, Grouping
from experiments.comparison.overlay import Overlay
from experiments.comparison.side_by_side import MOST, Comparison
from experiments.exceptions import ReportError
from experiments.metrics import METRICS
from experiments.models import Experiment, SavedComparison
from experiments.reports.comparison import comparison_report
from experiments.reports.rendering import pdf_response
from experiments.services import forget_comparison, save_comparison
from projects.exceptions import DomainError
from projects.models import Project
from projects.permissions import Action, can, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from experiments.reports.documents import Document

#: What an address may say besides the experiments themselves.
OPTIONS = ("sort", "all", "against", "metric", "group", "label")


@require_safe
def compare(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.VIEW, key=key)
    view = Compared(request, project, request.GET)
    saved = SavedComparison.objects.filter(project=project).select_related("created_by")
    context = {
        "project": project,
        "section": "experiments",
        "most": MOST,
        "saved": saved,
        "may_edit": can(request.user, Action.EDIT, project),
        **view.context(),
    }
    return render(request, "experiments/compare.html", context)


@require_safe
def compare_csv(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.VIEW, key=key)
    view = Compared(request, project, request.GET)
    return csv_response(view.table(), f"comparison_{project.key}.csv")


@require_safe
def compare_pdf(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.VIEW, key=key)
    view = Compared(request, project, request.GET)
    address = f"{reverse('experiments:compare', args=[key])}?{view.query}"
    if not view.comparison.experiments:
        return redirect(address)
    try:
        return pdf_response(view.report(), f"comparison_{project.key}.pdf")
    except ReportError as refusal:
        messages.error(request, str(refusal))
        return redirect(address)


@require_safe
def compare_roc(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.VIEW, key=key)
    return JsonResponse(
        spoken_chart(Compared(request, project, request.GET).overlay.spec())
    )


@require_POST
def compare_save(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.EDIT, key=key)
    view = Compared(request, project, request.POST)
    try:
        saved = save_comparison(
            project,
            name=request.POST.get("name", ""),
            query=view.query,
            actor=request.user,
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Saved as “{saved.name}”.")
    return redirect(f"{reverse('experiments:compare', args=[key])}?{view.query}")


@require_POST
def compare_forget(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    saved = get_for(request.user, SavedComparison, Action.EDIT, pk=pk, project__key=key)
    forget_comparison(saved, actor=request.user)
    messages.success(request, f"“{saved.name}” was removed from the saved comparisons.")
    return redirect("experiments:compare", key=key)


class Compared:
    """A comparison as an address or a form describes it."""

    def __init__(self, request: HttpRequest, project: Project, said: QueryDict) -> None:
        self.options = {name: said[name] for name in OPTIONS if said.get(name)}
        experiments = chosen_experiments(request, project, said)
        self.comparison = Comparison(experiments, self.options.get("sort", ""))
        self.contest = Contest(
            self.comparison,
            against=self.options.get("against", ""),
            metric=self.options.get("metric", ""),
        )
        self.grouping = Grouping(self.comparison, self.options.get("group", ""))
        self.overlay = Overlay(self.comparison, self.options.get("label", ""))

    @property
    def lines(self) -> list[Any]:
        """The settings that are shown: those that differ, or all."""
        shown = self.comparison
        return shown.settings if self.options.get("all") else shown.differences

    @property
    def query(self) -> str:
        return self.address(self.comparison.experiments)

    def address(self, experiments: list[Experiment]) -> str:
        """Return the query string that shows these experiments in the same way."""
        ids = [("ids", str(experiment.pk)) for experiment in experiments]
        return urlencode([*ids, *self.options.items()])

    @property
    def heads(self) -> list[dict[str, Any]]:
        """Each experiment with the address that leaves it out."""
        shown = self.comparison.experiments
        return [
            {
                "experiment": experiment,
                "without": self.address([e for e in shown if e != experiment]),
            }
            for experiment in shown
        ]

    def table(self) -> list[list[Any]]:
        """Return all that the page shows as rows of cells."""
        return [
            *self.comparison.table(self.lines),
            *self.contest.table(),
            *self.grouping.table(),
        ]

    def report(self) -> Document:
        return comparison_report(
            self.comparison, self.lines, self.contest, self.grouping, self.overlay
        )

    def context(self) -> dict[str, Any]:
        return {
            "comparison": self.comparison,
            "lines": self.lines,
            "heads": self.heads,
            "contest": self.contest,
            "grouping": self.grouping,
            "overlay": self.overlay,
            "options": self.options,
            "query": self.query,
            "orders": [
                (line.name, METRICS[line.name].title)
                for line in self.comparison.metrics
                if line.name in METRICS
            ],
            "seeds": SEEDS,
        }


def chosen_experiments(
    request: HttpRequest, project: Project, said: QueryDict
) -> list[Experiment]:
    """Return the experiments of `?ids=1&ids=2` or `?ids=1,2`, in that order.

    One that is not of this project makes the whole page a 404.
    """
    wanted = dict.fromkeys(
        part for text in said.getlist("ids") for part in text.split(",") if part
    )
    pks = [int(text) for text in wanted if text.isascii() and text.isdigit()][:MOST]
    found = (
        Experiment.objects.visible_to(request.user)
        .filter(project=project, pk__in=[pk for pk in pks if pk < 2**63])
        .select_related("project", "dataset", "version")
        .defer("version__profile", "version__columns", "version__problems")
    )
    by_pk = {experiment.pk: experiment for experiment in found}
    if len(by_pk) != len(pks) or len(pks) != len(list(wanted)[:MOST]):
        raise Http404
    return [by_pk[pk] for pk in pks]
