"""The Outliers page: bounds, a box plot, and the rows beyond; all in the address."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from datamine.htmx import render_page
from datamine.parameters import form_for
from datamine.speech import spoken_chart
from datasets.charts.outliers import draw_outliers
from datasets.exceptions import DamagedDataError
from datasets.exports import csv_lines
from datasets.outliers import OutlierError, OutlierRule, Outliers, find_outliers
from datasets.paging import PageError
from datasets.steps import catalogue
from datasets.stored import readable
from datasets.summaries import figures_of
from datasets.tables import NUMERIC, ROW
from datasets.views.context import dataset_context, dataset_for, shown_version
from datasets.views.rows import bounded, cell_of
from datasets.words import word
from projects.permissions import Action

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

    from datasets.models import DatasetVersion

PER_PAGE = 50
#: Rows of the download, those furthest out.
DOWNLOADED = 1000
#: Columns of the table, and columns to choose from.
SHOWN_COLUMNS, CHOICES = 10, 500
#: What can be done about outliers: the action of the step, and in words.
ACTIONS = {
    "clip": word("Clip to the bounds"),
    "replace": word("Replace by the median"),
    "drop": word("Remove the rows"),
}


@require_safe
def outliers(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_for(request, pk, Action.VIEW)
    version = shown_version(request, dataset)
    context = dataset_context(request, dataset, "outliers", version)
    if version is None:
        return render(request, "datasets/outliers.html", context)
    context |= OutliersView(version, request.GET).context()
    return render_page(
        request, "datasets/outliers.html", "datasets/_outliers.html", context
    )


@require_safe
def outliers_csv(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_for(request, pk, Action.VIEW)
    version = shown_version(request, dataset)
    view = OutliersView(version, request.GET) if version else None
    found = view.fetch(limit=DOWNLOADED) if view else None
    if view is None or found is None:
        raise Http404("There are no outliers to tell.")
    rows = ([row[0] + 1, *row[1:]] for row in found.rows)
    text = "".join(csv_lines([["row", *view.names], *rows]))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="outliers_{pk}.csv"'
    return response


class OutliersView:
    """The outliers of one column as the address describes them.

    `column` is an id, without it the column with most outliers; the other values are
    those of an `OutlierRule`.
    """

    def __init__(self, version: DatasetVersion, query: QueryDict) -> None:
        self.version, self.query = version, query
        figures = figures_of(version)
        self.columns = [c for c in figures.values() if c["type"] in NUMERIC]
        self.figures = self.column(query.get("column", ""))
        self.errors: list[str] = []
        asked = query if OutlierRule.model_fields.keys() & query.keys() else None
        self.form = form_for(OutlierRule, asked)
        self.rule = self.read_rule()
        self.number = bounded(query.get("page", ""), 1, 10**9)

    def column(self, id: str) -> dict[str, Any] | None:
        named = next((c for c in self.columns if c["id"] == id), None)
        most = max(self.columns, key=lambda c: c["outliers"] or 0, default=None)
        return named or most

    def read_rule(self) -> OutlierRule | None:
        if not self.form.is_bound:
            return OutlierRule()
        parameters = self.form.parameters if self.form.is_valid() else None
        return parameters if isinstance(parameters, OutlierRule) else None

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The columns of the table, the one looked at first."""
        assert self.figures
        others = (c for c in self.version.columns if c["id"] != self.figures["id"])
        return [self.figures, *others][:SHOWN_COLUMNS]

    @property
    def names(self) -> list[str]:
        return [column["name"] for column in self.shown]

    def fetch(self, offset: int = 0, limit: int = PER_PAGE) -> Outliers | None:
        """Return the outliers; None, with the reason in `errors`, if they are none."""
        if self.figures is None or self.rule is None:
            return None
        ids = [ROW, *(column["id"] for column in self.shown)]
        try:
            with readable(self.version) as path:
                return find_outliers(
                    path, self.figures, self.rule, ids, offset=offset, limit=limit
                )
        except (OutlierError, PageError, DamagedDataError) as refusal:
            self.errors.append(str(refusal))
        return None

    def context(self) -> dict[str, Any]:
        found = self.fetch((self.number - 1) * PER_PAGE)
        if found and found.count and not found.rows:  # beyond the last page
            self.number = -(-found.count // PER_PAGE)
            found = self.fetch((self.number - 1) * PER_PAGE)
        context = {
            "form": self.form,
            "columns": self.columns[:CHOICES],
            "figures": self.figures,
            "errors": self.errors,
            "found": found,
        }
        return context | (self.shown_outliers(found) if found else {})

    def shown_outliers(self, found: Outliers) -> dict[str, Any]:
        assert self.figures
        drawing = draw_outliers(self.figures, found)
        present = self.version.rows_count - self.figures["missing"]
        return {
            "drawing": drawing,
            "spec": json.dumps(spoken_chart(drawing.spec)),
            "share": found.count / present if present else None,
            "header": self.shown,
            "rows": [(r[0] + 1, [cell_of(v) for v in r[1:]]) for r in found.rows],
            "page_obj": Paginator(range(found.count), PER_PAGE).page(self.number),
            "query": urlencode(self.address()),
            "steps": self.steps() if found.count else [],
        }

    def address(self) -> dict[str, Any]:
        """Return the values that lead back here; those without a meaning left out."""
        assert self.figures
        assert self.rule
        version = self.query.get("version")
        kept = {"version": version} if version else {}
        values = self.rule.model_dump(exclude_defaults=True)
        return kept | {"column": self.figures["id"], "method": "iqr"} | values

    def steps(self) -> list[tuple[str, str]]:
        """Return what can be done, and the query of the Prepare page that does it."""
        if catalogue.step("outliers") is None:
            return []
        common = self.address() | {"step": "outliers"}
        return [
            (words, urlencode(common | {"action": action}))
            for action, words in ACTIONS.items()
        ]
