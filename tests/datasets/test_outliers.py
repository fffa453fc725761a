"""Outliers: where the bounds lie, what is beyond them, and what a chart gets."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from datasets.charts.outliers import draw_outliers
from datasets.outliers import (
    MARKS,
    Bounds,
    OutlierError,
    OutlierRule,
    Outliers,
    bounds_of,
    find_outliers,
)
from datasets.profiling import profile
from datasets.tables import ROW, ColumnType
from tests.datasets.comparison import schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 1.7976931348623157e308
NASTY = "\"><img src=x onerror=alert(1)>\n' 🦉 " + "x" * 300


def figures_of(path: Path, values: list[Any], type: ColumnType) -> dict[str, Any]:
    schema = schema_of({NASTY: type})
    store(path, schema, {NASTY: values})
    figures: dict[str, Any] = profile(path, schema)["columns"][0]
    return figures


def look(
    path: Path,
    values: list[Any],
    type: ColumnType = ColumnType.NUMBER,
    **rule: Any,
) -> Outliers:
    figures = figures_of(path, values, type)
    return find_outliers(path, figures, OutlierRule(**rule), [ROW, "c0"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.parquet"


def test_column_is_nothing_but_an_id(path: Path) -> None:
    figures = figures_of(path, [1.0, 2.0], ColumnType.NUMBER) | {"id": "(SELECT 1)"}

    with pytest.raises(ValueError, match="These are not column ids"):
        find_outliers(path, figures, OutlierRule(), [ROW])


def test_quartiles_give_bounds_and_the_furthest_come_first(path: Path) -> None:
    values = [*range(1, 12), 40, -50, None]

    found = look(path, values, ColumnType.INTEGER)

    first, third = np.quantile([v for v in values if v is not None], [0.25, 0.75])
    reach = 1.5 * (third - first)
    assert found.bounds == Bounds(first - reach, third + reach)
    assert [found.below, found.above, found.count] == [1, 1, 2]
    assert found.rows == [(12, -50), (11, 40)]
    assert found.whiskers == (1, 11)
    assert found.marks == [(-50, 1), (40, 1)]


def test_deviations_give_bounds(path: Path) -> None:
    values = [1.0, 2.0, 3.0, 4.0, 30.0]

    found = look(path, values, method="zscore", threshold=1.5)

    reach = 1.5 * np.std(values, ddof=1)
    assert found.bounds.low == pytest.approx(8 - reach)
    assert found.bounds.high == pytest.approx(8 + reach)
    assert found.rows == [(4, 30.0)]


@pytest.mark.parametrize(
    ("bounds", "below", "above"),
    [
        ({"low": 2}, 2, 1),
        ({"high": 3}, 1, 2),
        ({"low": 2, "high": 3}, 2, 2),
        ({"low": 1, "high": 4}, 1, 1),
    ],
)
def test_own_range_holds_its_bounds_but_nothing_without_end(
    path: Path, bounds: dict[str, float], below: int, above: int
) -> None:
    values = [1.0, 2.0, 3.0, 4.0, math.inf, -math.inf, None]

    found = look(path, values, method="range", **bounds)

    assert [found.below, found.above] == [below, above]


def test_pages_of_rows_follow_each_other(path: Path) -> None:
    figures = figures_of(path, [float(v) for v in range(20)], ColumnType.NUMBER)
    rule = OutlierRule(method="range", high=9)

    parts = [
        find_outliers(path, figures, rule, ["c0"], offset=start, limit=4).rows
        for start in (0, 4, 8, 12)
    ]

    assert [row[0] for part in parts for row in part] == list(range(19, 9, -1))


def test_equal_values_have_no_outliers(path: Path) -> None:
    for method in ("iqr", "zscore"):
        found = look(path, [0.1] * 7, method=method)

        assert found.count == 0
        assert found.whiskers == (0.1, 0.1)
        assert found.rows == []


@pytest.mark.parametrize("method", ["iqr", "zscore"])
def test_column_without_numbers_is_refused(path: Path, method: str) -> None:
    figures = figures_of(path, [None, None], ColumnType.NUMBER)

    with pytest.raises(OutlierError, match="has no numbers to go by"):
        bounds_of(figures, OutlierRule(method=method))


@pytest.mark.parametrize("method", ["iqr", "zscore"])
def test_numbers_too_large_are_refused(path: Path, method: str) -> None:
    figures = figures_of(path, [LARGEST, -LARGEST] * 3, ColumnType.NUMBER)

    with pytest.raises(OutlierError, match="too large to be reckoned with"):
        bounds_of(figures, OutlierRule(method=method))


def test_range_works_where_differences_have_no_end(path: Path) -> None:
    found = look(path, [LARGEST, -LARGEST, 0.0], method="range", low=-1, high=1)

    assert found.count == 2
    assert found.marks == [(-LARGEST, 1), (LARGEST, 1)]


def test_range_without_numbers_finds_what_has_no_end(path: Path) -> None:
    found = look(path, [math.inf, None], method="range", low=0)

    assert [found.above, found.marks, found.whiskers] == [1, [], (None, None)]


def test_marks_stay_few_and_count_all(path: Path) -> None:
    values = np.random.default_rng(1).normal(size=20_000).tolist()

    found = look(path, values, factor=0)

    assert found.count == 10_000
    assert sum(count for _, count in found.marks) == 10_000
    assert len(found.marks) <= MARKS + 1


def test_drawing_is_json_and_says_what_it_shows(path: Path) -> None:
    figures = figures_of(path, [*range(1, 12), 40], ColumnType.INTEGER)
    found = find_outliers(path, figures, OutlierRule(), ["c0"])

    drawing = draw_outliers(figures, found)

    assert drawing.words.endswith(
        "are outliers: 1 above 17.5. The others lie between 1 and 11; the median of "
        "all is 6.5."
    )
    spec = json.loads(json.dumps(drawing.spec, allow_nan=False))
    assert "\n" not in spec["description"]
    assert len(spec["description"]) < 400


def test_same_rows_as_the_profile_counts(path: Path) -> None:
    values = np.random.default_rng(2).standard_t(2, size=5000).tolist()
    figures = figures_of(path, values, ColumnType.NUMBER)

    found = find_outliers(path, figures, OutlierRule(), ["c0"])

    assert found.count == figures["outliers"]
    assert pl.Series(values).is_between(*found.whiskers).sum() == 5000 - found.count
