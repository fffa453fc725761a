"""The list of datasets, the overview of one, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from datamine.htmx import render_page
from datasets import services, trash
from datasets.exceptions import DatasetError
from datasets.forms import LabelsForm
from datasets.models import Dataset, Tag
from datasets.questions import asked_of
from datasets.quotas import room_of
from datasets.summaries import (
    ORDERS as COLUMN_ORDERS,
)
from datasets.summaries import (
    column_rows,
    facts_of,
    pairs_of,
    patterns_of,
    warnings_of,
)
from datasets.tables import ColumnType
from datasets.views.context import (
    UNFINISHED,
    dataset_context,
    dataset_for,
    shown_version,
    version_for,
)
from datasets.words import word
from projects.models import Project
from projects.permissions import Action, can, get_for

if TYPE_CHECKING:
    from django.http import HttpRequest

    from datasets.models import DatasetVersion
    from datasets.querysets import DatasetQuerySet

FORM_METHODS = ["GET", "HEAD", "POST"]
PER_PAGE = 50
#: How the list can be ordered: in words, and by which fields.
ORDERS = {
    "newest": (word("newest first"), "-created_at"),
    "oldest": (word("oldest first"), "created_at"),
    "name": (word("name"), "name"),
    "rows": (word("most rows first"), "-active_version__rows_count"),
    "size": (word("most on disk first"), "-disk_use"),
}


@require_safe
def dataset_list(request: HttpRequest, key: str) -> HttpResponse:
    project = get_for(request.user, Project, Action.VIEW, key=key)
    search = request.GET.get("q", "").strip()[:200].replace("\0", "")
    tag = request.GET.get("tag", "")[:200].replace("\0", "")
    sort = request.GET.get("sort", "newest")
    rows = narrowed(Dataset.objects.filter(project=project), search, tag)
    _, field = ORDERS.get(sort, ORDERS["newest"])
    rows = rows.with_state().order_by(field, "-pk")
    context = {
        "project": project,
        "section": "datasets",
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "search": search,
        "tag": tag,
        "tags": Tag.objects.names_in(project),
        "sort": sort,
        "orders": [(name, words) for name, (words, _) in ORDERS.items()],
        "query": query_without(request, "page"),
        "may_edit": can(request.user, Action.EDIT, project),
        "room": room_of(project),
        "trashed": Dataset.everything.in_trash().filter(project=project).count(),
    }
    return render_page(request, "datasets/list.html", "datasets/_list.html", context)


def narrowed(rows: DatasetQuerySet, search: str, tag: str) -> DatasetQuerySet:
    """Return the datasets with a part of a name, and with a tag, where asked for."""
    if search:
        rows = rows.filter(name__icontains=search)
    return rows.filter(tags__name=tag) if tag else rows


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_for(request, pk, Action.VIEW)
    version = shown_version(request, dataset)
    context = dataset_context(request, dataset, "detail", version)
    if version is None:
        context["newest"] = dataset.versions.last()
        return render(request, "datasets/detail.html", context)
    asked = asked_of(version)
    is_open = context["may_edit"] and bool(version.questions)
    told = asked.notices if is_open else set()
    context |= overview_of(request, version) | {
        "asked": asked if is_open else None,
        "notices": [notice for notice in version.notices if notice not in told],
    }
    return render_page(
        request, "datasets/detail.html", "datasets/_columns.html", context
    )


def overview_of(request: HttpRequest, version: DatasetVersion) -> dict[str, Any]:
    """Return facts, warnings and one page of the columns that are asked for."""
    search = request.GET.get("q", "").strip()[:200]
    kind = request.GET.get("type", "")
    sort = request.GET.get("sort", "")
    columns = column_rows(version, search=search, kind=kind, sort=sort)
    page = Paginator(columns, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "facts": facts_of(version),
        "warnings": warnings_of(version),
        "pairs": pairs_of(version),
        "patterns": patterns_of(version),
        "page": page,
        "search": search,
        "kind": kind,
        "kinds": [kind.value for kind in ColumnType],
        "sort": sort,
        "orders": COLUMN_ORDERS.items(),
        "query": query_without(request, "page"),
    }


@require_safe
def progress(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Answer how far the making of a version is; the page asks until it has ended."""
    version = version_for(request, pk, number, Action.VIEW)
    if version.status not in UNFINISHED:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {
        "making": version,
        "dataset": version.dataset,
        "may_edit": can(request.user, Action.EDIT, version.project),
    }
    return render(request, "datasets/_making.html", context)


@require_POST
def cancel(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    version = version_for(request, pk, number, Action.EDIT)
    try:
        services.cancel_version(version, actor=request.user)
        messages.success(request, f"Version {number} is being cancelled.")
    except DatasetError as refusal:
        messages.error(request, str(refusal))
    return redirect(version.dataset)


@require_http_methods(FORM_METHODS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_for(request, pk, Action.EDIT)
    name = dataset.name
    form = LabelsForm(request.POST or None, instance=dataset)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_dataset(dataset, **form.cleaned_data, actor=request.user)
            messages.success(request, "The dataset's labels are saved.")
            return redirect(dataset)
        except DatasetError as refusal:
            form.add_error("name", str(refusal))
    dataset.name = name  # a form fills its row before it knows that it is right
    context = dataset_context(request, dataset, "", form=form)
    return render(request, "datasets/edit.html", context)


@require_http_methods(FORM_METHODS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_for(request, pk, Action.MANAGE)
    if request.method == "POST":
        try:
            trash.trash_dataset(dataset, actor=request.user)
        except DatasetError as refusal:
            messages.error(request, str(refusal))
            return redirect("datasets:delete", pk)
        messages.success(request, f"“{dataset.name}” is in the trash.")
        return redirect("datasets:list", dataset.project.key)
    count = dataset.versions_count
    noun = "version" if count == 1 else "versions"
    lost = [
        f"The file “{dataset.filename}” as it was uploaded.",
        f"{count} {noun} with all steps that made them.",
        f"It can be put back for {trash.retention().days} days; then it is gone.",
    ]
    users = trash.users_of(dataset)
    context = dataset_context(request, dataset, "", lost=lost, users=users)
    return render(request, "datasets/delete.html", context)


def query_without(request: HttpRequest, *names: str) -> str:
    """Return the query string without some of its parameters."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return query.urlencode()
