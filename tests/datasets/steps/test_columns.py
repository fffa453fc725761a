from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from datasets.recipes import StepSpec, build, check_recipe
from datasets.steps.base import StepError
from datasets.tables import ColumnType
from tests.datasets.comparison import fit_on_both, schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = schema_of(
    {"a": ColumnType.INTEGER, "b": ColumnType.TEXT, "c": ColumnType.NUMBER}
)
VALUES = {"a": [1, None], "b": ["x", None], "c": [0.5, 2.0]}


def rename(**names: str) -> StepSpec:
    return StepSpec(step="rename", parameters={"names": names})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store(tmp_path / "table.parquet", SCHEMA, VALUES)


@pytest.mark.parametrize(
    ("spec", "names", "rows"),
    [
        (StepSpec(step="select_columns", columns=("c", "a")), ("c", "a"),
         [(0, 0.5, 1), (1, 2.0, None)]),
        (StepSpec(step="drop_columns", columns=("c", "a")), ("b",),
         [(0, "x"), (1, None)]),
        (rename(a="c", c="a"), ("c", "b", "a"),
         [(0, 1, "x", 0.5), (1, None, None, 2.0)]),
    ],
    ids=["select", "drop", "rename"],
)  # fmt: skip
def test_columns_that_are_left(
    path: Path, spec: StepSpec, names: tuple[str, ...], rows: list[Any]
) -> None:
    _, found = fit_on_both(path, SCHEMA, [spec])

    assert found == rows
    assert check_recipe([spec], SCHEMA).names == names


def test_rename_goes_back_to_the_old_name() -> None:
    step = build(rename(a="c", c="a"))

    assert [step.origins(name) for name in "abc"] == [{"c"}, {"b"}, {"a"}]


@pytest.mark.parametrize(
    ("spec", "sentence", "code"),
    [
        (StepSpec(step="drop_columns", columns=("a", "b", "c")),
         "would leave no column", "columns"),
        (StepSpec(step="drop_columns", columns=("d",)), "needs the column “d”",
         "missing_column"),
        (rename(a="b"), "Two columns would be called “b”", "columns"),
        (rename(a=""), "“names”: String should have at least 1", "parameter"),
        (rename(), "“Rename columns” needs at least one column", "columns"),
        (StepSpec(step="rename", columns=("b",), parameters={"names": {"a": "d"}}),
         "has no new name for “b”", "parameter"),
        (StepSpec(step="rename", parameters={"names": "a"}), "“names”: Input should be",
         "parameter"),
    ],
)  # fmt: skip
def test_columns_that_cannot_be_are_refused(
    spec: StepSpec, sentence: str, code: str
) -> None:
    with pytest.raises(StepError, match=sentence) as caught:
        check_recipe([spec], SCHEMA)

    assert caught.value.code == code
