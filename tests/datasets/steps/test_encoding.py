from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from datasets.engines import engine
from datasets.recipes import StepSpec, build, check_recipe, replay
from datasets.steps.base import StepError
from datasets.tables import ColumnType
from tests.datasets.comparison import (
    BOTH,
    after_on_polars,
    column_of,
    fit_on_both,
    schema_of,
    store,
)

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = schema_of(
    {
        "city": ColumnType.CATEGORY,
        "size": ColumnType.NUMBER,
        "smokes": ColumnType.BOOLEAN,
        "rooms": ColumnType.INTEGER,
    }
)
VALUES = {
    "city": ["b", "É", None, "a", "b"],
    "size": [1.0, 2.0, 3.0, 4.0, None],
    "smokes": [True, None, False, True, True],
    "rooms": [10, 9, None, 10, -1],
}


def encode(method: str, *columns: str, limit: int = 100) -> StepSpec:
    parameters = {"method": method, "limit": limit}
    return StepSpec(step="encode", columns=columns, parameters=parameters)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store(tmp_path / "table.parquet", SCHEMA, VALUES)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("city", [1, 2, None, 0, 1]),
        ("smokes", [1, None, 0, 1, 1]),
        ("rooms", [2, 1, None, 2, 0]),
    ],
)
def test_label_is_the_place_in_order(
    path: Path, column: str, expected: list[Any]
) -> None:
    assert column_of(path, SCHEMA, [encode("label", column)], column) == expected


def test_onehot_puts_columns_where_the_old_one_stood(path: Path) -> None:
    specs = [encode("onehot", "smokes", "city")]

    after = after_on_polars(path, SCHEMA, specs)
    _, rows = fit_on_both(path, SCHEMA, specs)

    assert after.schema.names == (
        *("city=a", "city=b", "city=É"), "size", "smokes=false", "smokes=true", "rooms",
    )  # fmt: skip
    assert len({column.id for column in after.schema}) == 7
    assert [row[1:4] for row in rows] == [
        (0, 1, 0), (0, 0, 1), (0, 0, 0), (1, 0, 0), (0, 1, 0),
    ]  # fmt: skip
    assert [row[5:7] for row in rows] == [(0, 1), (0, 0), (1, 0), (0, 1), (0, 1)]


@pytest.mark.parametrize("name", BOTH)
def test_values_not_seen_before_are_none_of_the_known(path: Path, name: str) -> None:
    specs = [encode("onehot", "city"), encode("label", "smokes")]
    fitted, _ = fit_on_both(path, SCHEMA, specs)
    chosen = engine(name)
    new = {"c0": ["z", None], "c1": [1.0, 1.0], "c2": [True, None], "c3": [1, 1]}

    rows = chosen.rows(replay(fitted, chosen.table(new, SCHEMA), chosen).frame)

    assert rows == [(0, 0, 0, 0, 1.0, 1, 1), (1, 0, 0, 0, 1.0, None, 1)]


def test_later_steps_may_work_on_columns_that_data_make(path: Path) -> None:
    specs = [
        encode("onehot", "city"),
        StepSpec(step="drop_columns", columns=("city=a",)),
    ]

    check_recipe(specs, SCHEMA)

    names = after_on_polars(path, SCHEMA, specs).schema.names
    assert names == ("city=b", "city=É", "size", "smokes", "rooms")


def test_onehot_knows_what_its_columns_are_made_of() -> None:
    step = build(encode("onehot", "city", "city=a"))

    assert step.origins("city=a=b") == {"city", "city=a"}
    assert step.origins("size") == {"size"}
    assert build(encode("label", "city")).origins("city=a") == {"city=a"}


@pytest.mark.parametrize("method", ["label", "onehot"])
def test_more_values_than_the_limit_are_refused(path: Path, method: str) -> None:
    with pytest.raises(StepError, match="more than 2 different values") as caught:
        fit_on_both(path, SCHEMA, [encode(method, "city", limit=2)])

    assert (caught.value.column, caught.value.code) == ("city", "too_many_values")


@pytest.mark.parametrize("method", ["label", "onehot"])
@pytest.mark.parametrize("values", [[None, None], []])
def test_a_column_without_values_is_refused(
    tmp_path: Path, method: str, values: list[Any]
) -> None:
    schema = schema_of({"city": ColumnType.CATEGORY})
    path = store(tmp_path / "empty.parquet", schema, {"city": values})

    with pytest.raises(StepError, match="“city” has no values at all"):
        fit_on_both(path, schema, [encode(method, "city")])


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    schema = schema_of({"a": ColumnType.CATEGORY, "a=x": ColumnType.NUMBER})
    path = store(tmp_path / "table.parquet", schema, {"a": ["x"], "a=x": [1.0]})

    with pytest.raises(StepError, match="There is a column “a=x” already"):
        fit_on_both(path, schema, [encode("onehot", "a")])
