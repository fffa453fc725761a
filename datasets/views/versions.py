"""The tree of versions: what made each, going back to one, taking one along."""

from __future__ import annotations

from dataclasses import dataclass
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

    from datasets.models import Dataset, DatasetVersion

PER_PAGE = 25
#: Lanes of the tree that are drawn; branches of more branches share the last.
LANES = 8


@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponseBase:
    dataset = dataset_for(request, pk, Action.VIEW)
    page = Paginator(tree_of(dataset), PER_PAGE).get_page(request.GET.get("page"))
    rows = version_rows(dataset, page)
    context = dataset_context(request, dataset, "versions", page=page, rows=rows)
    context["may_compare"] = sum(row["version"].is_ready for row in rows) > 1
    return render(request, "datasets/versions.html", context)


@dataclass(frozen=True)
class Place:
    """Where a version stands in the tree, which is drawn as lanes side by side.

    A version goes on in the lane of its parent, or begins a branch beside it; each
    lane further left goes on below.
    """

    pk: int
    lane: int
    begins: bool
    goes_on: bool


def tree_of(dataset: Dataset) -> list[Place]:
    """Return the places so that each version stands below its parent.

    The way to the active version goes on in one lane; elsewhere the newest child does.
    """
    parents = dict(dataset.versions.order_by("number").values_list("pk", "parent"))
    children: dict[int | None, list[int]] = {}
    for pk, parent in parents.items():
        children.setdefault(parent, []).append(pk)
    pk = dataset.active_version_id
    while pk is not None and (parent := parents[pk]) is not None:
        siblings = children[parent]
        siblings.append(siblings.pop(siblings.index(pk)))
        pk = parent
    ordered = []
    waiting = [(pk, 0, True) for pk in reversed(children.get(None, []))]
    while waiting:
        pk, lane, begins = waiting.pop()
        *branches, last = children.get(pk) or [None]
        ordered.append(Place(pk, lane, begins, goes_on=last is not None))
        if last is not None:
            waiting.append((last, lane, False))
        waiting += [(child, lane + 1, True) for child in reversed(branches)]
    return ordered


def version_rows(dataset: Dataset, page: Iterable[Place]) -> list[dict[str, Any]]:
    """Return the versions of a page with their place and their steps in words."""
    places = list(page)
    found = (
        dataset.versions.light()
        .select_related("created_by", "parent")
        .in_bulk([place.pk for place in places])
    )
    before, after = compared(dataset.active_version, found.values())
    return [
        {
            "version": (version := found[place.pk]),
            "place": place,
            "lane": min(place.lane, LANES),
            "lanes": range(min(place.lane, LANES)),
            "steps": describe_steps(version.steps),
            "is_active": version.pk == dataset.active_version_id,
            "is_before": version.pk == before,
            "is_after": version.pk == after,
        }
        for place in places
        if place.pk in found
    ]


def compared(
    active: DatasetVersion | None, page: Iterable[DatasetVersion]
) -> tuple[int | None, int | None]:
    """Return the versions to begin comparing with: the active one and its parent.

    An import has no parent: it is compared with the newest other one of the page.
    """
    if active is None:
        return None, None
    if active.parent_id:
        return active.parent_id, active.pk
    others = (v.pk for v in page if v.is_ready and v.pk != active.pk)
    return active.pk, max(others, default=None)


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
