"""Tables nobody uploads: a generator makes them, as the form says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from datamine.parameters import form_for
from datasets.exceptions import NameTakenError, QuotaError
from datasets.forms import DatasetForm
from datasets.generators.catalogue import GENERATORS
from datasets.models import Dataset
from datasets.services import free_name
from datasets.synthetic import make_synthetic
from projects.models import Project
from projects.permissions import Action, get_for

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse

    from datasets.generators.catalogue import Generator


@require_http_methods(["GET", "HEAD", "POST"])
def synthetic(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.EDIT, key=key)
    entry = chosen(request)
    labels = labels_form(request, project, entry)
    posted = request.POST if request.method == "POST" else None
    form = form_for(entry.parameters_model(), posted, prefix="set")
    if posted and labels.is_valid() and form.is_valid():
        try:
            dataset = make_synthetic(
                project,
                generator=entry.name,
                parameters=form.parameters.model_dump(mode="json"),
                **labels.cleaned_data,
                actor=request.user,
            )
        except (NameTakenError, QuotaError) as refusal:
            labels.add_error(refusal.attr or None, str(refusal))
        else:
            return redirect(dataset)
    context = {
        "project": project,
        "section": "datasets",
        "generators": GENERATORS.values(),
        "chosen": entry,
        "labels": labels,
        "form": form,
    }
    return render(request, "datasets/synthetic.html", context)


def chosen(request: HttpRequest) -> Generator:
    """Return the generator the address names; the first where it names none."""
    name = request.GET.get("generator", next(iter(GENERATORS)))
    if name not in GENERATORS:
        raise Http404
    return GENERATORS[name]


def labels_form(
    request: HttpRequest, project: Project, entry: Generator
) -> forms.ModelForm:
    """Return the form of the new dataset's name, with a free one filled in."""
    instance = Dataset(project=project)
    if request.method == "POST":
        return DatasetForm(request.POST, instance=instance)
    initial = {"name": free_name(project, entry.title)}
    return DatasetForm(instance=instance, initial=initial)
