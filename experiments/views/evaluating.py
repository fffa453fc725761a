"""A result's model tried on other versions, its figures beside the original ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from datamine.htmx import render_page
from datasets.models import DatasetVersion
from experiments.evaluating import start_evaluation
from experiments.metrics import METRICS, headline_of
from experiments.models import Evaluation, Result
from projects.exceptions import DomainError
from projects.permissions import Action, can, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from projects.models import Project

#: So many versions are offered, and so many evaluations shown.
OFFERED, SHOWN = 200, 20


class VersionForm(forms.Form):
    """Which version of the project's datasets the model is tried on."""

    version = forms.ModelChoiceField(
        DatasetVersion.objects.none(),
        help_text="The model takes rows as they were imported and prepares them.",
    )

    def __init__(self, said: Any, project: Project) -> None:
        super().__init__(said)
        ready = DatasetVersion.objects.ready_in(project)
        self.fields["version"].queryset = ready
        self.fields["version"].choices = [
            (v.pk, f"{v.dataset}, version {v.number} ({v.rows_count:,} rows)")
            for v in ready[:OFFERED]
        ]


@require_http_methods(["GET", "HEAD", "POST"])
def evaluate(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    result = get_for(
        request.user,
        Result.objects.select_related("session__experiment__project"),
        Action.EDIT if request.method == "POST" else Action.VIEW,
        session__experiment=pk,
        session__number=number,
    )
    form = VersionForm(request.POST or None, result.project)
    if request.method == "POST" and form.is_valid():
        try:
            start_evaluation(result, form.cleaned_data["version"], actor=request.user)
            return redirect(reverse("experiments:evaluate", args=[pk, number]))
        except DomainError as refusal:
            messages.error(request, str(refusal))
    found = list(
        result.evaluations.select_related("version__dataset").defer(
            "log", "version__profile", "version__columns"
        )[:SHOWN]
    )
    context = {
        "project": result.project,
        "section": "experiments",
        "experiment": result.session.experiment,
        "session": result.session,
        "form": form,
        "may_edit": can(request.user, Action.EDIT, result.project),
        "evaluations": [beside(result, one) for one in found],
        "waits": any(not one.is_over for one in found),
    }
    return render_page(
        request,
        "experiments/evaluate.html",
        "experiments/_evaluations.html",
        context,
    )


def beside(result: Result, evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation with each figure beside the original one."""
    original = headline_of(result.metrics)
    intervals = evaluation.details.get("intervals") or {}
    return {
        "row": evaluation,
        "details": evaluation.details,
        "figures": [
            {
                "title": metric.title,
                "value": evaluation.metrics[name],
                "interval": intervals.get(name),
                "original": original.get(name),
            }
            for name, metric in METRICS.items()
            if name in evaluation.metrics
        ],
    }
