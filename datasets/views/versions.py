"""The tree of versions: what made each, going back to one, taking one along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from datasets import services
from datasets.downloads import download_response
from datasets.exceptions import DatasetError
from datasets.steps_form import describe_steps
from datasets.views.context import dataset_context, dataset_for, version_for
from projects.permissions import Action

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponseBase

    from datasets.models import Dataset

PER_PAGE = 25


@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponseBase:
    dataset = dataset_for(request, pk, Action.VIEW)
    page = Paginator(tree_of(dataset), PER_PAGE).get_page(request.GET.get("page"))
    context = dataset_context(
        request, dataset, "versions", page=page, rows=version_rows(dataset, page)
    )
    return render(request, "datasets/versions.html", context)


def tree_of(dataset: Dataset) -> list[tuple[int, int]]:
    """Return (version, depth) so that each stands below its parent."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in dataset.versions.order_by("-number").values_list("pk", "parent"):
        children.setdefault(parent, []).append(pk)
    ordered = []
    waiting = [(pk, 0) for pk in children.get(None, [])]
    while waiting:
        pk, depth = waiting.pop()
        ordered.append((pk, depth))
        waiting += [(child, depth + 1) for child in children.get(pk, [])]
    return ordered


def version_rows(
    dataset: Dataset, page: Iterable[tuple[int, int]]
) -> list[dict[str, Any]]:
    """Return the versions of a page with their depth and steps in words."""
    places = list(page)
    found = (
        dataset.versions.light()
        .select_related("created_by", "parent")
        .in_bulk([pk for pk, _ in places])
    )
    return [
        {
            "version": found[pk],
            "depth": min(depth, 6),
            "steps": describe_steps(found[pk].steps),
            "is_active": pk == dataset.active_version_id,
        }
        for pk, depth in places
        if pk in found
    ]


@require_POST
def restore(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    version = version_for(request, pk, number, Action.EDIT)
    try:
        services.restore_version(version, actor=request.user)
        messages.success(request, f"Version {number} is the active one again.")
    except DatasetError as refusal:
        messages.error(request, str(refusal))
    return redirect("datasets:versions", pk)


@require_safe
def download(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """Send a version in a format under a name made of the dataset's."""
    version = version_for(request, pk, number, Action.VIEW)
    try:
        return download_response(
            version,
            request.GET.get("format", "csv"),
            is_for_programs=request.GET.get("for") == "programs",
        )
    except DatasetError as refusal:
        messages.error(request, str(refusal))
        return redirect("datasets:versions", pk)
