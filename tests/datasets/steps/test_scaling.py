from __future__ import annotations

from math import inf, nan
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from datasets.recipes import StepSpec, check_recipe
from datasets.steps.base import StepError
from datasets.tables import ColumnType
from tests.datasets.comparison import fit_on_both, schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

    from sklearn.base import TransformerMixin

SCHEMA = schema_of({"age": ColumnType.INTEGER, "size": ColumnType.NUMBER})
METHODS = ["minmax", "zscore", "robust"]


def scale(method: str, *columns: str) -> StepSpec:
    parameters = {"method": method}
    return StepSpec(step="scale", columns=columns, parameters=parameters)


@pytest.mark.parametrize(
    ("method", "scaler"),
    [
        ("minmax", MinMaxScaler()),
        ("zscore", StandardScaler()),
        ("robust", RobustScaler()),
    ],
)
def test_scale_equals_scikit_learn(
    tmp_path: Path, method: str, scaler: TransformerMixin
) -> None:
    random = np.random.default_rng(7)
    age = random.integers(-50, 90, 101).tolist()
    size = [*random.normal(1e6, 0.5, 98).tolist(), None, nan, -3.0]
    path = store(tmp_path / "table.parquet", SCHEMA, {"age": age, "size": size})

    _, rows = fit_on_both(path, SCHEMA, [scale(method, "age", "size")])

    ours = np.array([row[1:] for row in rows], dtype=float)
    table = np.array([age, size], dtype=float).T
    np.testing.assert_allclose(ours, scaler.fit_transform(table), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_scale_of_a_constant_column_gives_zeros(tmp_path: Path, method: str) -> None:
    values = {"age": [3] * 7, "size": [0.1] * 6 + [None]}
    path = store(tmp_path / "table.parquet", SCHEMA, values)

    fitted, rows = fit_on_both(path, SCHEMA, [scale(method, "age", "size")])

    assert [row[1:] for row in rows] == [(0.0, 0.0)] * 6 + [(0.0, None)]
    assert fitted.steps[0].state == {
        "age": {"centre": 3.0, "spread": 1.0},
        "size": {"centre": 0.1, "spread": 1.0},
    }


@pytest.mark.parametrize("method", METHODS)
def test_scale_of_one_row_gives_zero(tmp_path: Path, method: str) -> None:
    path = store(tmp_path / "row.parquet", SCHEMA, {"age": [5], "size": [0.7]})

    _, rows = fit_on_both(path, SCHEMA, [scale(method, "age", "size")])

    assert rows == [(0, 0.0, 0.0)]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [[None, nan], []], ids=["all missing", "no rows"])
def test_scale_without_any_value_is_refused(
    tmp_path: Path, method: str, size: list[float | None]
) -> None:
    values = {"age": [1] * len(size), "size": size}
    path = store(tmp_path / "empty.parquet", SCHEMA, values)

    with pytest.raises(StepError, match="“size” has no values at all") as caught:
        fit_on_both(path, SCHEMA, [scale(method, "size")])

    assert (caught.value.column, caught.value.code) == ("size", "all_missing")


@pytest.mark.parametrize("size", [[1.0, inf], [-1.7e308, 1.7e308]])
def test_scale_of_what_has_no_finite_range_is_refused(
    tmp_path: Path, size: list[float]
) -> None:
    path = store(tmp_path / "table.parquet", SCHEMA, {"age": [1, 2], "size": size})

    with pytest.raises(StepError, match="infinite or too large values") as caught:
        fit_on_both(path, SCHEMA, [scale("minmax", "size")])

    assert caught.value.code == "infinite"


def test_scale_of_text_is_refused() -> None:
    schema = schema_of({"city": ColumnType.CATEGORY})

    with pytest.raises(StepError, match="works on integer or number columns") as caught:
        check_recipe([scale("zscore", "city")], schema)

    assert (caught.value.column, caught.value.code) == ("city", "type")


def test_scale_makes_whole_numbers_numbers() -> None:
    scaled = check_recipe([scale("zscore", "age")], SCHEMA)

    assert scaled.column("age").type is ColumnType.NUMBER
