"""What a page of rows is asked for by: columns, order and filters by name."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasets.declarations import validate
from datasets.exceptions import BadQueryError
from datasets.outliers import OutlierError, OutlierRule, Outliers, find_outliers
from datasets.paging import Filter, Page, PageError, page, parse_filter
from datasets.stored import readable
from datasets.summaries import figures_of
from datasets.tables import NUMERIC, Column, Schema, UnknownColumnError

if TYPE_CHECKING:
    from django.http import QueryDict

    from datasets.models import DatasetVersion

PAGE_SIZE = 50
MAXIMUM_PAGE_SIZE = 200
MAXIMUM_PAGE = 10**9


@dataclass(frozen=True)
class RowsQuery:
    """One page of a version's rows."""

    columns: tuple[Column, ...]
    order_by: str | None
    descending: bool
    filters: tuple[Filter, ...]
    number: int
    size: int

    @classmethod
    def read(cls, query: QueryDict, schema: Schema) -> RowsQuery:
        """Read the query; raise `BadQueryError` naming the parameter that is wrong."""
        ordering = query.get("ordering", "")
        order, descending = read_ordering(ordering, schema)
        return cls(
            columns=read_columns(query.getlist("columns"), schema),
            order_by=order,
            descending=descending,
            filters=tuple(read_filter(f, schema) for f in query.getlist("filter")),
            number=read_number(query, "page", 1, MAXIMUM_PAGE),
            size=read_number(query, "page_size", PAGE_SIZE, MAXIMUM_PAGE_SIZE),
        )

    def fetch(self, version: DatasetVersion) -> Page:
        try:
            with readable(version) as path:
                return page(
                    path,
                    [column.id for column in self.columns],
                    order_by=self.order_by,
                    descending=self.descending,
                    filters=self.filters,
                    offset=(self.number - 1) * self.size,
                    limit=self.size,
                )
        except PageError as error:
            if self.order_by:
                raise BadQueryError(str(error), attr="ordering") from error
            raise BadQueryError(
                f"A page of {len(self.columns)} columns is too large. Name fewer in "
                "columns, or download the table.",
                attr="columns",
            ) from error

    def results(self, found: Page) -> list[dict[str, Any]]:
        """Return each row as an object by column name."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, map(to_json, row), strict=True)) for row in found.rows]


@dataclass(frozen=True)
class OutliersQuery:
    """The outliers of one column of a version, and which page of their rows."""

    figures: dict[str, Any]
    rule: OutlierRule
    page: RowsQuery

    @classmethod
    def read(cls, query: QueryDict, version: DatasetVersion) -> OutliersQuery:
        """Read the query; raise what names the parameter that is wrong."""
        schema = version.schema
        column = find(query.get("column", ""), schema, "column")
        if column.type not in NUMERIC:
            raise BadQueryError(
                f"“{column.name}” is of the type {column.type}: only numbers have "
                "outliers.",
                attr="column",
            )
        values = {n: query[n] for n in OutlierRule.model_fields if query.get(n)}
        return cls(
            figures=figures_of(version)[column.id],
            rule=validate(OutlierRule, values),
            page=RowsQuery.read(query, schema),
        )

    def fetch(self, version: DatasetVersion) -> Outliers:
        number, size = self.page.number, self.page.size
        ids = [column.id for column in self.page.columns]
        try:
            with readable(version) as path:
                return find_outliers(
                    path,
                    self.figures,
                    self.rule,
                    ids,
                    offset=(number - 1) * size,
                    limit=size,
                )
        except OutlierError as error:
            raise BadQueryError(str(error), attr="column") from error
        except PageError as error:
            raise BadQueryError(str(error), attr="columns") from error


def to_json(value: Any) -> Any:
    """Return a cell as JSON knows it: infinite numbers as text, times as ISO text."""
    if isinstance(value, float) and not math.isfinite(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value.isoformat() if hasattr(value, "isoformat") else value


def find(name: str, schema: Schema, attr: str) -> Column:
    try:
        return schema.column(name)
    except UnknownColumnError as error:
        raise BadQueryError(str(error), attr=attr) from error


def read_columns(given: list[str], schema: Schema) -> tuple[Column, ...]:
    """Read `columns=a&columns=b`, or `columns=a,b` where no name has a comma."""
    if not given:
        return schema.columns
    if len(given) == 1 and given[0] not in schema.names:
        given = given[0].split(",")
    return tuple(find(name, schema, "columns") for name in dict.fromkeys(given))


def read_ordering(ordering: str, schema: Schema) -> tuple[str | None, bool]:
    """Read a column's name, with `-` in front from the greatest down."""
    if not ordering:
        return None, False
    if ordering in schema.names or not ordering.startswith("-"):
        return find(ordering, schema, "ordering").id, False
    return find(ordering[1:], schema, "ordering").id, True


def read_filter(text: str, schema: Schema) -> Filter:
    """Read `column:operator:value`; a column's name may hold colons itself."""
    for column in schema:
        start = f"{column.name}:"
        if text.startswith(start):
            operator, _, value = text.removeprefix(start).partition(":")
            try:
                return parse_filter(column, operator, value)
            except PageError as error:
                raise BadQueryError(str(error), attr="filter") from error
    raise BadQueryError(
        "filter must be column:operator:value with a column of this table.", "filter"
    )


def read_number(query: QueryDict, name: str, default: int, highest: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    number = int(text) if text.isdecimal() and len(text) < 12 else 0
    if not 1 <= number <= highest:
        raise BadQueryError(f"{name} must be between 1 and {highest}.", attr=name)
    return number
