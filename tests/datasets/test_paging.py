from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from datasets.paging import (
    Filter,
    Page,
    PageError,
    page,
    parse_filter,
    placed_rows,
)
from datasets.tables import ROW, ColumnType
from tests.datasets.comparison import schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = schema_of(
    {
        "age": ColumnType.INTEGER,
        "size": ColumnType.NUMBER,
        "city": ColumnType.TEXT,
        "smokes": ColumnType.BOOLEAN,
        "born": ColumnType.DATE,
        "seen": ColumnType.DATETIME,
    }
)
VALUES = {
    "age": [3, None, 1, 3, 2],
    "size": [0.5, 1.5, None, -2.0, 1.5],
    "city": ["Rome", "'; DROP TABLE x; --", None, "rome", "100 %_"],
    "smokes": [True, False, None, True, False],
    "born": [date(2020, 1, d) for d in (1, 2, 3, 4)] + [None],
    "seen": [datetime(2020, 1, 1, hour) for hour in (1, 2, 3, 4)] + [None],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store(tmp_path / "table.parquet", SCHEMA, VALUES)


def order(found: Page) -> list[int]:
    return [row[0] for row in found.rows]


def test_page_keeps_the_order_of_the_file(path: Path) -> None:
    found = page(path, ["c2", ROW, "c0"], offset=1, limit=2)

    assert found == Page([("'; DROP TABLE x; --", 1, None), (None, 2, 1)], 5)


@pytest.mark.parametrize(
    ("column", "descending", "expected"),
    [
        ("c0", False, [2, 4, 0, 3, 1]),
        ("c0", True, [0, 3, 4, 2, 1]),
        ("c1", False, [3, 0, 1, 4, 2]),
        ("c1", True, [1, 4, 0, 3, 2]),
        ("c2", False, [1, 4, 0, 3, 2]),
        ("c5", True, [3, 2, 1, 0, 4]),
        (ROW, False, [0, 1, 2, 3, 4]),
        (ROW, True, [4, 3, 2, 1, 0]),
    ],
)
def test_page_sorts_with_missing_last_and_ties_by_row(
    path: Path, column: str, descending: bool, expected: list[int]
) -> None:
    whole = page(path, [ROW], order_by=column, descending=descending)
    parts = [
        page(path, [ROW], order_by=column, descending=descending, offset=o, limit=2)
        for o in (0, 2, 4, 6)
    ]

    assert order(whole) == expected
    assert [order(part) for part in parts] == [
        expected[:2], expected[2:4], expected[4:], []
    ]  # fmt: skip
    assert {part.total for part in parts} == {5}


@pytest.mark.parametrize(
    ("name", "operator", "value", "expected"),
    [
        ("age", "eq", "3", [0, 3]),
        ("age", "ne", 3, [1, 2, 4]),
        ("age", "lt", 2, [2]),
        ("size", "le", "0.5", [0, 3]),
        ("size", "gt", -2, [0, 1, 4]),
        ("size", "ge", 1.5, [1, 4]),
        ("city", "eq", "'; DROP TABLE x; --", [1]),
        ("city", "contains", "ROME", [0, 3]),
        ("city", "contains", "%_", [4]),
        ("city", "missing", None, [2]),
        ("city", "present", None, [0, 1, 3, 4]),
        ("smokes", "eq", "no", [1, 4]),
        ("born", "ge", "2020-01-03", [2, 3]),
        ("seen", "lt", "2020-01-01T03:00", [0, 1]),
    ],
)
def test_page_filters_by_typed_values(
    path: Path, name: str, operator: str, value: Any, expected: list[int]
) -> None:
    condition = parse_filter(SCHEMA.column(name), operator, value)

    found = page(path, [ROW], filters=[condition])

    assert (order(found), found.total) == (expected, len(expected))


def test_page_counts_all_rows_that_pass_every_filter(path: Path) -> None:
    filters = [Filter("c0", "present"), Filter("c1", "ge", 0.0)]

    found = page(path, [ROW], filters=filters, order_by="c1", limit=1, descending=True)

    assert (order(found), found.total) == ([4], 2)


@pytest.mark.parametrize(
    ("name", "operator", "value", "sentence"),
    [
        ("age", "like", "3", "There is no comparison “like”. Use one of: eq, ne,"),
        ("age", "eq", "x", "filter of “age” has a wrong value: “x” is not a whole"),
        ("age", "eq", None, "“None” is not a whole number."),
        ("age", "contains", "1", "“age” is of the type integer and cannot be compared"),
        ("city", "lt", "a", "cannot be compared by “is less than”."),
        ("born", "eq", "soon", "“soon” is not a date such as 2024-03-01."),
    ],
)
def test_parse_filter_of_what_does_not_fit_is_refused(
    name: str, operator: str, value: Any, sentence: str
) -> None:
    with pytest.raises(PageError, match=sentence):
        parse_filter(SCHEMA.column(name), operator, value)


@pytest.mark.parametrize(
    "call",
    [
        {"ids": []},
        {"ids": ["city"]},
        {"ids": ["c0"], "order_by": "c0; DROP TABLE x"},
        {"ids": ["c0"], "filters": [Filter("1=1 OR c0", "eq", 1)]},
    ],
)
def test_page_takes_nothing_but_ids(path: Path, call: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="column ids"):
        page(path, **call)


def test_rows_at_places_are_of_nothing_but_ids(path: Path) -> None:
    with pytest.raises(ValueError, match="These are not column ids"):
        placed_rows(path, ["(SELECT 1)"], [0])


def test_page_bounds_what_it_returns(path: Path) -> None:
    assert page(path, [ROW], limit=-1, offset=-5) == Page([], 5)


def test_page_too_large_to_sort_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.parquet"
    rows = pl.int_range(500_000, eager=True).alias(ROW).to_frame()
    rows.with_columns(c0=pl.col(ROW).hash()).write_parquet(path)

    with pytest.raises(PageError, match="too large to sort"):
        page(path, [ROW], order_by="c0", offset=499_000, memory_mb=8)


def test_page_can_be_asked_for_by_many_threads(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: page(path, [ROW], order_by="c1"), range(40)))

    assert {tuple(order(one)) for one in found} == {(3, 0, 1, 4, 2)}
