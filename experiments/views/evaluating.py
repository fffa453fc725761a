"""A result's model tried on other rows, its figures beside the original ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from datamine.htmx import render_page
from datasets.models import DatasetVersion
from datasets.uploads import received_file
from datasets.words import word
from experiments.evaluating import start_evaluation, start_file_evaluation
from experiments.metrics import headline_of, in_order, title_of
from experiments.models import Evaluation, Result
from projects.exceptions import DomainError
from projects.permissions import Action, can, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from datasets.models import Dataset

#: So many versions are offered, so many evaluations shown, and of each so many of the
#: rows that were not answered.
OFFERED, SHOWN, ROWS_SHOWN = 200, 20, 20
#: What is said of rows that count in no figure.
LEFT_OUT = {
    "learned_from": word("that the model learned from"),
    "without_target": word("without a target"),
    "unknown_class": word("of a class the model does not know"),
    "quarantined": word("that the model does not take"),
}


class VersionForm(forms.Form):
    """Which version the model is tried on: of its own dataset, then of the others."""

    version = forms.ModelChoiceField(
        DatasetVersion.objects.none(),
        help_text="The model takes rows as they were imported and prepares them.",
    )

    def __init__(self, said: Any, dataset: Dataset) -> None:
        super().__init__(said)
        ready = DatasetVersion.objects.ready_in(dataset.project)
        self.fields["version"].queryset = ready
        groups = {
            "The experiment’s dataset": ready.filter(dataset=dataset),
            "Other datasets": ready.exclude(dataset=dataset),
        }
        self.fields["version"].choices = [
            (title, [(v.pk, described(v)) for v in versions[:OFFERED]])
            for title, versions in groups.items()
        ]


class FileForm(forms.Form):
    """A file of rows the model is tried on; what was sent is judged by the service."""

    file = forms.FileField(
        help_text="CSV, JSON, ARFF, Parquet or Excel, with the columns the model was "
        "trained on and the target. Rows it learned from are not recognised in a file: "
        "leave them out. The file is kept until it is evaluated."
    )


def described(version: DatasetVersion) -> str:
    return f"{version.dataset}, version {version.number} ({version.rows_count:,} rows)"


@require_http_methods(["GET", "HEAD", "POST"])
def evaluate(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    result = get_for(
        request.user,
        Result.objects.select_related(
            "session__experiment__project", "session__base_version__dataset"
        ).defer("session__base_version__profile", "session__base_version__columns"),
        Action.EDIT if request.method == "POST" else Action.VIEW,
        session__experiment=pk,
        session__number=number,
    )
    is_file = "of_file" in request.POST
    said = None if is_file else request.POST or None
    form = VersionForm(said, result.session.base_version.dataset)
    if is_file or form.is_valid():
        try:
            if is_file:
                file = received_file(request)
                start_file_evaluation(result, file, actor=request.user)
            else:
                version = form.cleaned_data["version"]
                start_evaluation(result, version, actor=request.user)
            return redirect(reverse("experiments:evaluate", args=[pk, number]))
        except DomainError as refusal:
            messages.error(request, str(refusal))
    return render_page(
        request,
        "experiments/evaluate.html",
        "experiments/_evaluations.html",
        context_of(request, result) | {"form": form, "file_form": FileForm()},
    )


def context_of(request: HttpRequest, result: Result) -> dict[str, Any]:
    """Return what the page tells of a result and its evaluations."""
    found = list(
        result.evaluations.select_related("version__dataset").defer(
            "log", "version__profile", "version__columns"
        )[:SHOWN]
    )
    return {
        "project": result.project,
        "section": "experiments",
        "experiment": result.session.experiment,
        "session": result.session,
        "may_edit": can(request.user, Action.EDIT, result.project),
        "evaluations": [beside(result, one) for one in found],
        "waits": any(not one.is_over for one in found),
    }


def beside(result: Result, evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation with each figure beside the original one."""
    original = headline_of(result.metrics)
    details = evaluation.details
    intervals = details.get("intervals") or {}
    return {
        "row": evaluation,
        "details": details,
        "figures": [
            {
                "title": title_of(name),
                "value": value,
                "interval": intervals.get(name),
                "original": original.get(name),
            }
            for name, value in in_order(evaluation.metrics).items()
        ],
        "left_out": [
            f"{details[name]:,} {what}"
            for name, what in LEFT_OUT.items()
            if details.get(name)
        ],
        "refused": details.get("quarantined_rows", [])[:ROWS_SHOWN],
    }
