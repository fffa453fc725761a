from __future__ import annotations

from math import inf, nan
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from datasets.recipes import StepSpec, build, check_recipe
from datasets.steps.base import StepError
from datasets.tables import ColumnType
from tests.datasets.comparison import column_of, fit_on_both, schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = schema_of({"age": ColumnType.INTEGER, "size": ColumnType.NUMBER})
VALUES = {
    "age": [1, 2, 2, 3, 100, None],
    "size": [0.5, 1.0, nan, inf, 1.5, -50.0],
}


def outliers(*columns: str, **parameters: Any) -> StepSpec:
    return StepSpec(step="outliers", columns=columns, parameters=parameters)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store(tmp_path / "table.parquet", SCHEMA, VALUES)


@pytest.mark.parametrize(
    ("parameters", "ages"),
    [
        ({"action": "clip"}, [1.0, 2.0, 2.0, 3.0, 4.5, None]),
        ({"action": "clip", "factor": 0}, [2.0, 2.0, 2.0, 3.0, 3.0, None]),
        ({"action": "replace"}, [1.0, 2.0, 2.0, 3.0, 2.0, None]),
        ({"action": "replace", "statistic": "mean"}, [1.0, 2.0, 2.0, 3.0, 2.0, None]),
        ({"action": "drop"}, [1, 2, 2, 3, None]),
        ({"method": "range", "low": 2, "action": "clip"},
         [2.0, 2.0, 2.0, 3.0, 100.0, None]),
        ({"method": "range", "high": 2.5, "action": "replace"},
         [1.0, 2.0, 2.0, 2.0, 2.0, None]),
        ({"method": "range", "low": 2, "high": 3, "action": "drop"}, [2, 2, 3, None]),
        ({"method": "zscore", "threshold": 1.5, "action": "drop"}, [1, 2, 2, 3, None]),
        ({"method": "zscore", "action": "drop"}, [1, 2, 2, 3, 100, None]),
    ],
)  # fmt: skip
def test_outliers_are_treated(
    path: Path, parameters: dict[str, Any], ages: list[Any]
) -> None:
    found = column_of(path, SCHEMA, [outliers("age", **parameters)], "age")

    assert found == ages
    assert [type(value) for value in found] == [type(value) for value in ages]


def test_numbers_without_end_are_outliers_and_count_for_nothing(path: Path) -> None:
    fitted, rows = fit_on_both(path, SCHEMA, [outliers("size", action="replace")])

    bounds = fitted.steps[0].state["size"]
    low, high = np.quantile([0.5, 1.0, 1.5, -50.0], [0.25, 0.75])
    reach = 1.5 * (high - low)
    assert (bounds["low"], bounds["high"]) == pytest.approx((low - reach, high + reach))
    assert [row[2] for row in rows] == [0.5, 1.0, None, 1.0, 1.5, 1.0]


def test_no_bound_leaves_no_number_without_end(path: Path) -> None:
    spec = outliers("size", method="range", low=0)

    assert column_of(path, SCHEMA, [spec], "size") == [0.5, 1.0, None, None, 1.5, 0.0]


@pytest.mark.parametrize("method", ["iqr", "zscore"])
@pytest.mark.parametrize("values", [[0.1] * 7, [0.1 + 0.2] * 3, [5.0], [3e300] * 9])
def test_equal_values_are_no_outliers(
    tmp_path: Path, method: str, values: list[float]
) -> None:
    schema = schema_of({"x": ColumnType.NUMBER})
    path = store(tmp_path / "constant.parquet", schema, {"x": values})

    _, rows = fit_on_both(path, schema, [outliers("x", method=method, action="drop")])

    assert [row[1] for row in rows] == values


@pytest.mark.parametrize("action", ["replace", "clip", "drop"])
@pytest.mark.parametrize("method", ["iqr", "zscore"])
@pytest.mark.parametrize("values", [[None, nan], [], [inf, -inf]])
def test_outliers_without_any_number_are_refused(
    tmp_path: Path, method: str, action: str, values: list[Any]
) -> None:
    schema = schema_of({"x": ColumnType.NUMBER})
    path = store(tmp_path / "empty.parquet", schema, {"x": values})

    with pytest.raises(StepError, match="“x” has no numbers to go by") as caught:
        fit_on_both(path, schema, [outliers("x", method=method, action=action)])

    assert caught.value.code == "all_missing"


def test_replacing_what_is_all_outside_is_refused(path: Path) -> None:
    spec = outliers("age", method="range", low=1000, action="replace")

    with pytest.raises(StepError, match="choose a range of your own that holds some"):
        fit_on_both(path, SCHEMA, [spec])


def test_bounds_beyond_all_numbers_are_refused(tmp_path: Path) -> None:
    schema = schema_of({"x": ColumnType.NUMBER})
    values = {"x": [-1.7e308, -1.7e308, 1.7e308, 1.7e308]}
    path = store(tmp_path / "huge.parquet", schema, values)

    with pytest.raises(StepError, match="numbers too large to be reckoned with"):
        fit_on_both(path, schema, [outliers("x")])


@pytest.mark.parametrize(
    ("parameters", "learns", "affects_rows"),
    [
        ({}, True, False),
        ({"action": "drop"}, True, True),
        ({"method": "range", "low": 0}, False, False),
        ({"method": "range", "low": 0, "action": "drop"}, False, True),
        ({"method": "range", "low": 0, "action": "replace"}, True, False),
    ],
)
def test_outliers_tell_whether_they_learn_and_drop(
    parameters: dict[str, Any], learns: bool, affects_rows: bool
) -> None:
    step = build(outliers("age", **parameters))

    assert (step.learns, step.affects_rows) == (learns, affects_rows)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"method": "range"}, "a range needs its lowest or highest number"),
        ({"method": "range", "low": 2, "high": 1}, "is above its highest"),
        ({"method": "range", "low": nan}, "“low”: Input should be a finite number"),
        ({"factor": -1}, "“factor”: Input should be greater than or equal to 0"),
        ({"threshold": 0}, "“threshold”: Input should be greater than 0"),
    ],
)
def test_unfit_bounds_are_refused(parameters: dict[str, Any], sentence: str) -> None:
    with pytest.raises(StepError, match=sentence) as caught:
        check_recipe([outliers("age", **parameters)], SCHEMA)

    assert caught.value.code == "parameter"
