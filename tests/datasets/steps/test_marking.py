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


def mark(column: str, *markers: str) -> StepSpec:
    parameters = {"markers": list(markers)}
    return StepSpec(step="mark_missing", columns=(column,), parameters=parameters)


@pytest.mark.parametrize(
    ("type", "values", "markers", "after", "expected"),
    [
        ("category", ["?", " 1 ", "+2", None], ["?"], "integer", [None, 1, 2, None]),
        ("text", ["!!", "1.5", "-2e3", ".5"], ["!!"], "number",
         [None, 1.5, -2000.0, 0.5]),
        ("category", ["?", "a", " ? ", "??"], ["?"], "category",
         [None, "a", None, "??"]),
        ("text", ["?", "007", "1"], ["?"], "text", [None, "007", "1"]),
        ("text", ["?", "12345678901234567890"], ["?"], "text",
         [None, "12345678901234567890"]),
        ("text", ["?", "inf", "1"], ["?"], "text", [None, "inf", "1"]),
        ("category", ["?", "?", None], ["?"], "category", [None] * 3),
        ("category", [], ["?"], "category", []),
        ("integer", [-999, 1, None], ["-999", "?"], "integer", [None, 1, None]),
        ("number", [-9.5, 1.0, None], ["-9.5"], "number", [None, 1.0, None]),
        ("number", [1.0, 2.0], ["?"], "number", [1.0, 2.0]),
    ],
)  # fmt: skip
def test_mark_missing_makes_gaps_and_numbers(
    tmp_path: Path,
    type: str,
    values: list[Any],
    markers: list[str],
    after: str,
    expected: list[Any],
) -> None:
    schema = schema_of({"x": ColumnType(type)})
    path = store(tmp_path / "table.parquet", schema, {"x": values})
    spec = mark("x", *markers)

    assert column_of(path, schema, [spec], "x") == expected
    assert after_on_polars(path, schema, [spec]).schema.column("x").type == after


@pytest.mark.parametrize("name", BOTH)
def test_new_text_that_is_no_number_is_missing(tmp_path: Path, name: str) -> None:
    schema = schema_of({"x": ColumnType.TEXT})
    path = store(tmp_path / "table.parquet", schema, {"x": ["?", "1"]})
    fitted, _ = fit_on_both(path, schema, [mark("x", "?")])
    chosen = engine(name)
    new = chosen.table({"c0": ["7", "much", "?"]}, schema)

    assert chosen.rows(replay(fitted, new, chosen).frame) == [
        (0, 7), (1, None), (2, None),
    ]  # fmt: skip


def test_later_steps_may_count_on_numbers(tmp_path: Path) -> None:
    schema = schema_of({"x": ColumnType.CATEGORY})
    path = store(tmp_path / "table.parquet", schema, {"x": ["?", "1", "4"]})
    specs = [mark("x", "?"), StepSpec(step="fill_missing", columns=("x",))]

    check_recipe(specs, schema)

    assert column_of(path, schema, specs, "x") == [2.5, 1.0, 4.0]


def test_types_are_no_learning() -> None:
    assert not build(mark("x", "?")).learns


@pytest.mark.parametrize("markers", [[], [""], ["x" * 101]])
def test_unfit_markers_are_refused(markers: list[str]) -> None:
    schema = schema_of({"x": ColumnType.TEXT})

    with pytest.raises(StepError, match="“markers”: ") as caught:
        check_recipe([mark("x", *markers)], schema)

    assert caught.value.code == "parameter"
