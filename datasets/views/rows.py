"""The Data page: rows of any version, sorted and filtered; all of it in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from datamine.htmx import render_page
from datasets.exceptions import DamagedDataError
from datasets.exports import csv_lines
from datasets.paging import OPERATORS, Filter, Page, PageError, page, parse_filter
from datasets.stored import readable
from datasets.tables import ROW, Column, UnknownColumnError
from datasets.views.context import dataset_context, dataset_for, shown_version
from projects.permissions import Action

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

    from datasets.models import DatasetVersion
    from datasets.tables import Schema

PER_PAGE = 50
#: Rows of the download, the first ones.
DOWNLOADED = 1000
COLUMNS_AT_ONCE = 30
MAXIMUM_FILTERS = 10
CELL_LENGTH = 80
TITLE_LENGTH = 1000
#: A fraction written with more characters is rounded to six digits.
LONG = 10


@require_safe
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    dataset = dataset_for(request, pk, Action.VIEW)
    version = shown_version(request, dataset)
    context = dataset_context(request, dataset, "rows", version)
    if version is None:
        return render(request, "datasets/rows.html", context)
    view = RowsView(version, request.GET)
    context |= view.context() | {
        "versions": dataset.versions.filter(status="ready").values_list(
            "number", flat=True
        )
    }
    return render_page(request, "datasets/rows.html", "datasets/_rows.html", context)


@require_safe
def rows_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the first rows as they are filtered and sorted, in the columns shown."""
    dataset = dataset_for(request, pk, Action.VIEW)
    version = shown_version(request, dataset)
    if version is None:
        raise Http404("There are no rows yet.")
    view = RowsView(version, request.GET)
    view.number = 1
    found = view.read(limit=DOWNLOADED)
    if view.errors:
        raise Http404(view.errors[0])
    names = ["row", *(column.name for column in view.columns)]
    rows = ([row[0] + 1, *map(written, row[1:])] for row in found.rows)
    text = "".join(csv_lines([names, *rows]))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rows_{pk}.csv"'
    return response


class RowsView:
    """One page of rows as the address describes it.

    `sort` is a column id, with `-` for descending; `c`, `o` and `v` repeat for each
    filter: column id, comparison, value; `from` is the first column shown.
    """

    def __init__(self, version: DatasetVersion, query: QueryDict) -> None:
        self.version, self.query = version, query
        self.schema: Schema = version.schema
        self.by_id = {column.id: column for column in self.schema}
        self.errors: list[str] = []
        self.filters = self.read_filters()
        sort = query.get("sort", "")
        self.descending = sort.startswith("-")
        self.order = sort.lstrip("-") if sort.lstrip("-") in self.by_id else None
        self.number = bounded(query.get("page", ""), 1, 10**9)
        self.first = bounded(query.get("from", ""), 1, max(len(self.schema), 1))

    def read_filters(self) -> list[tuple[Filter, str]]:
        """Return the conditions that make sense, with the value as it was written."""
        names = ("c", "o", "v")
        triples = zip(*(self.query.getlist(name) for name in names), strict=False)
        found = []
        for id, operator, value in list(triples)[:MAXIMUM_FILTERS]:
            if not id:
                continue
            try:
                column = self.column(id)
                found.append((parse_filter(column, operator, value), value))
            except (PageError, UnknownColumnError) as refusal:
                self.errors.append(str(refusal))
        return found

    def column(self, id: str) -> Column:
        if id not in self.by_id:
            raise UnknownColumnError(id[:30])
        return self.by_id[id]

    @property
    def columns(self) -> list[Column]:
        return list(self.schema)[self.first - 1 : self.first - 1 + COLUMNS_AT_ONCE]

    def fetch(self) -> Page:
        """Return the rows of the page, of the last one if it lies beyond."""
        found = self.read()
        last = max(-(-found.total // PER_PAGE), 1)
        if self.number > last:
            self.number = last
            found = self.read()
        return found

    def read(self, limit: int = PER_PAGE) -> Page:
        try:
            with readable(self.version) as path:
                return page(
                    path,
                    [ROW, *(column.id for column in self.columns)],
                    order_by=self.order,
                    descending=self.descending,
                    filters=[condition for condition, _ in self.filters],
                    offset=(self.number - 1) * limit,
                    limit=limit,
                )
        except (PageError, DamagedDataError) as refusal:
            self.errors.append(str(refusal))
        return Page([], 0)

    def context(self) -> dict[str, Any]:
        found = self.fetch()
        page_obj = Paginator(range(found.total), PER_PAGE).page(self.number)
        last = self.first - 1 + len(self.columns)
        return {
            "errors": self.errors,
            "header": [self.heading(column) for column in self.columns],
            "rows": [(r[0], [cell_of(v) for v in r[1:]]) for r in found.rows],
            "page_obj": page_obj,
            "query": self.address(page=None),
            "downloaded": min(found.total, DOWNLOADED),
            "filters": [self.chip(place) for place in range(len(self.filters))],
            "kept": [
                (name, value)
                for name in ("version", "sort", "from")
                if (value := self.query.get(name))
            ],
            "operators": OPERATORS,
            "choices": list(self.schema)[:500],
            "first_column": self.first,
            "last_column": last,
            "columns_total": len(self.schema),
            "before": self.before(),
            "after": self.address(**{"from": last + 1})
            if last < len(self.schema)
            else "",
        }

    def before(self) -> str:
        if self.first == 1:
            return ""
        return self.address(**{"from": max(self.first - COLUMNS_AT_ONCE, 1)})

    def heading(self, column: Column) -> dict[str, Any]:
        is_sorted = column.id == self.order
        descend = is_sorted and not self.descending
        direction = "descending" if self.descending else "ascending"
        return {
            "column": column,
            "sorted": direction if is_sorted else "",
            "query": self.address(
                sort=f"-{column.id}" if descend else column.id, page=None
            ),
            "number": column.type in ("integer", "number"),
        }

    def chip(self, place: int) -> dict[str, Any]:
        condition, written = self.filters[place]
        return {
            "column": self.by_id[condition.column],
            "operator": condition.operator,
            "title": OPERATORS[condition.operator].title,
            "value": written if OPERATORS[condition.operator].needs_value else "",
            "without": self.address(without=place, page=None),
        }

    def address(self, *, without: int | None = None, **changes: object) -> str:
        """Return the query string of this page with some changes; None leaves out."""
        single = {
            name: self.query.get(name) for name in ("version", "sort", "from", "page")
        }
        pairs = [(k, v) for k, v in (single | changes).items() if v]
        for place, (condition, written) in enumerate(self.filters):
            if place != without:
                pairs += [
                    ("c", condition.column),
                    ("o", condition.operator),
                    ("v", written),
                ]
        return urlencode(pairs)


def bounded(text: str, low: int, high: int) -> int:
    """Return the number that was written, brought within its bounds."""
    number = int(text) if text.isdecimal() and len(text) < 12 else low
    return min(max(number, low), high)


def written(value: Any) -> Any:
    """Return a value as files have it: true and false in small letters."""
    return str(value).lower() if isinstance(value, bool) else value


def cell_of(value: Any) -> dict[str, Any]:
    """Return a value as a cell shows it: shortened, or marked as missing."""
    if value is None:
        return {"missing": True}
    if isinstance(value, bool):
        return {"text": "true" if value else "false"}
    if isinstance(value, int | float):
        return {"number": True, **number_cell(value)}
    text = str(value)
    short = text if len(text) <= CELL_LENGTH else text[: CELL_LENGTH - 1] + "…"
    return {"text": short, "title": text[:TITLE_LENGTH] if short != text else ""}


def short_cell(value: Any) -> dict[str, Any]:
    """Return a cell whose fractions are told to six digits."""
    return cell_of(float(f"{value:.6g}") if isinstance(value, float) else value)


def number_cell(value: float) -> dict[str, str]:
    """Return a number as it is; a long fraction shortened, with all of it as title."""
    exact = repr(value)
    if isinstance(value, int) or len(exact) <= LONG:
        return {"text": exact}
    return {"text": f"{value:.6g}", "title": exact}
