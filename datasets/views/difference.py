"""The Compare page: what differs between two versions of a dataset."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from datasets import services
from datasets.exceptions import DatasetError
from datasets.trials import is_same
from datasets.views.context import dataset_context, dataset_for, version_for
from datasets.views.rows import short_cell
from datasets.words import word
from projects.permissions import Action

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from datasets.difference import Difference, Example
    from datasets.models import Dataset, DatasetVersion

#: Columns listed, and rows shown, of each kind.
LISTED, SHOWN_ROWS = 100, 20


@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare `?a=` with `?b=`; unless given, the active version with its parent."""
    dataset = dataset_for(request, pk, Action.VIEW)
    before, after = picked(request, dataset)
    column = request.GET.get("column")
    context = dataset_context(request, dataset, "versions") | {
        "before": before,
        "after": after,
        "column": column,
        "numbers": dataset.versions.filter(status="ready").values_list(
            "number", flat=True
        ),
    }
    if before and after:
        try:
            found = services.compare_versions(before, after, column=column)
            context |= shown_difference(found)
        except DatasetError as refusal:
            context["error"] = str(refusal)
    return render(request, "datasets/compare.html", context)


def picked(
    request: HttpRequest, dataset: Dataset
) -> tuple[DatasetVersion | None, DatasetVersion | None]:
    """Return the versions to compare; None while there is none with data."""
    after = asked(request, dataset, "b")
    if after is None and dataset.active_version_id:
        after = dataset.versions.filter(pk=dataset.active_version_id).first()
    before = asked(request, dataset, "a")
    return before or (after.parent or after if after else None), after


def asked(request: HttpRequest, dataset: Dataset, name: str) -> DatasetVersion | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise Http404("There is no such version.")
    return version_for(request, dataset.pk, int(text), Action.VIEW)


def shown_difference(found: Difference) -> dict[str, Any]:
    """Return the difference with cells as pages show them."""
    return {
        "found": found,
        "cells": [
            {"name": name, "count": count, "share": count / found.rows_compared}
            for name, count in list(found.cells.items())[:LISTED]
        ],
        "added": found.added[:LISTED],
        "removed": found.removed[:LISTED],
        "renamed": list(found.renamed.items())[:LISTED],
        "retyped": list(found.retyped.items())[:LISTED],
        "tables": [
            shown_rows(title, rows, found.renamed)
            for title, rows in (
                (word("Changed rows"), found.changed_rows),
                (word("Rows removed"), found.removed_rows),
                (word("Rows added"), found.added_rows),
            )
            if rows
        ],
    }


def shown_rows(
    title: str, rows: list[Example], renamed: dict[str, str]
) -> dict[str, Any]:
    """Return rows before and after as a table: new names of columns, cells."""
    rows = [
        replace(row, before={renamed.get(n, n): v for n, v in row.before.items()})
        for row in rows
    ]
    names = list(dict.fromkeys([*rows[0].before, *rows[0].after]))
    return {
        "title": title,
        "names": names,
        "rows": [
            (row.row, [change_of(row, name) for name in names])
            for row in rows[:SHOWN_ROWS]
        ],
    }


def change_of(row: Example, name: str) -> dict[str, Any]:
    """Return a cell before and after; without the one that does not exist."""
    before = short_cell(row.before[name]) if name in row.before else None
    after = short_cell(row.after[name]) if name in row.after else None
    if not (row.before and row.after):
        return {"after": before or after, "changed": False}
    changed = not (before and after and is_same(row.before[name], row.after[name]))
    return {"before": before, "after": after, "changed": changed}
