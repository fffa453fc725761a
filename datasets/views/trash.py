"""The trash of a project: what lies in it, put back or deleted for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from datasets import trash
from datasets.exceptions import DatasetError
from datasets.models import Dataset
from datasets.quotas import room_of
from projects.models import Project
from projects.permissions import Action, can, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 50


@require_safe
def in_trash(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.VIEW, key=key)
    rows = Dataset.everything.in_trash().with_state().filter(project=project)
    page = Paginator(rows.order_by("-trashed_at", "-pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    kept = trash.retention()
    context = {
        "project": project,
        "section": "datasets",
        "page": page,
        "rows": [(dataset, dataset.trashed_at + kept) for dataset in page],
        "room": room_of(project),
        "days": kept.days,
        "may_manage": can(request.user, Action.MANAGE, project),
    }
    return render(request, "datasets/trash.html", context)


@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = trashed_for(request, pk)
    try:
        found = trash.put_back(dataset, actor=request.user)
    except DatasetError as refusal:
        messages.error(request, str(refusal))
        return redirect("datasets:trash", dataset.project.key)
    messages.success(request, f"“{found.name}” is back.")
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
def purge(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = trashed_for(request, pk)
    project = dataset.project
    if request.method == "POST":
        try:
            trash.purge_dataset(dataset, actor=request.user)
            messages.success(request, f"“{dataset.name}” is gone for good.")
        except DatasetError as refusal:
            messages.error(request, str(refusal))
        return redirect("datasets:trash", project.key)
    count = dataset.versions_count
    lost = [
        f"The file “{dataset.filename}” as it was uploaded.",
        f"{count} {'version' if count == 1 else 'versions'} with all steps.",
        "There is no way back.",
    ]
    context = {
        "project": project,
        "section": "datasets",
        "dataset": dataset,
        "lost": lost,
        "users": trash.users_of(dataset),
    }
    return render(request, "datasets/purge.html", context)


def trashed_for(request: HttpRequest, pk: int) -> Dataset:
    rows = Dataset.everything.in_trash().with_state()
    return get_for(request.user, rows, Action.MANAGE, pk=pk)
