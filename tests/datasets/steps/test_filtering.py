from __future__ import annotations

import time
from datetime import date
from math import nan
from typing import TYPE_CHECKING, Any

import pytest

from datasets.recipes import StepSpec, build, check_recipe
from datasets.steps.base import StepError
from datasets.tables import ColumnType
from tests.datasets.comparison import fit_on_both, schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = schema_of(
    {
        "size": ColumnType.NUMBER,
        "city": ColumnType.CATEGORY,
        "born": ColumnType.DATE,
        "smokes": ColumnType.BOOLEAN,
        "empty": ColumnType.TEXT,
    }
)
DAY, OTHER = date(2020, 1, 2), date(2021, 1, 2)
VALUES = {
    "size": [1.5, nan, 1.5, 1.5, None, 7.0],
    "city": ["a.b", None, "a.b", "ab", None, "é"],
    "born": [DAY, None, DAY, OTHER, None, OTHER],
    "smokes": [True, None, True, False, None, True],
    "empty": [None] * 6,
}


def keep(column: str, operator: str, value: Any = None) -> StepSpec:
    parameters = {"column": column, "operator": operator, "value": value}
    return StepSpec(step="filter_rows", parameters=parameters)


def left(path: Path, spec: StepSpec) -> list[int]:
    """Return the numbers of the rows that stay."""
    _, rows = fit_on_both(path, SCHEMA, [spec])
    return [row[0] for row in rows]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store(tmp_path / "table.parquet", SCHEMA, VALUES)


def test_text_to_find_is_no_pattern(tmp_path: Path) -> None:
    columns = {"city": ColumnType.TEXT}
    values = ["a" * 100_000 + "!", "so (a+)+$ it is", "%_", None]
    path = store(tmp_path / "long.parquet", schema_of(columns), {"city": values})
    found = {}

    began = time.monotonic()
    for wanted in ("(a+)+$", "^(a|a)*$", ".*", "[", "%_", "\\"):
        _, rows = fit_on_both(
            path, schema_of(columns), [keep("city", "contains", wanted)]
        )
        found[wanted] = [row[0] for row in rows]
    seconds = time.monotonic() - began

    assert {wanted: rows for wanted, rows in found.items() if rows} == {
        "(a+)+$": [1],
        "%_": [2],
    }
    assert seconds < 20


@pytest.mark.parametrize(
    ("spec", "rows"),
    [
        (keep("size", "==", 1.5), [0, 2, 3]),
        (keep("size", "!=", "1.5"), [1, 4, 5]),
        (keep("size", "<", 7), [0, 2, 3]),
        (keep("size", "<=", 7), [0, 2, 3, 5]),
        (keep("size", ">", 1.5), [5]),
        (keep("size", ">=", 1.5), [0, 2, 3, 5]),
        (keep("size", "missing"), [1, 4]),
        (keep("city", "present"), [0, 2, 3, 5]),
        (keep("city", "contains", "a.b"), [0, 2]),
        (keep("city", "==", "'; DROP TABLE"), []),
        (keep("born", ">", "2020-12-31"), [3, 5]),
        (keep("smokes", "==", "no"), [3]),
        (keep("empty", "!=", "x"), [0, 1, 2, 3, 4, 5]),
    ],
    ids=lambda value: (
        "-".join(map(str, value.parameters.values()))
        if isinstance(value, StepSpec)
        else ""
    ),
)
def test_filter_rows_keeps_what_compares(
    path: Path, spec: StepSpec, rows: list[int]
) -> None:
    assert left(path, spec) == rows


@pytest.mark.parametrize(
    ("how", "columns", "rows"),
    [
        ("any", ("size", "city"), [0, 2, 3, 5]),
        ("any", (), []),
        ("all", (), [0, 2, 3, 5]),
        ("all", ("empty",), []),
    ],
)
def test_drop_missing_removes_rows_with_gaps(
    path: Path, how: str, columns: tuple[str, ...], rows: list[int]
) -> None:
    spec = StepSpec(step="drop_missing", columns=columns, parameters={"how": how})

    assert left(path, spec) == rows


@pytest.mark.parametrize(
    ("columns", "rows"),
    [((), [0, 1, 3, 5]), (("size",), [0, 1, 5]), (("empty",), [0])],
)
def test_drop_duplicates_keeps_the_first_of_equal_rows(
    path: Path, columns: tuple[str, ...], rows: list[int]
) -> None:
    spec = StepSpec(step="drop_duplicates", columns=columns)

    assert left(path, spec) == rows


@pytest.mark.parametrize("name", ["drop_missing", "drop_duplicates", "filter_rows"])
def test_rows_may_go_and_columns_stay(name: str) -> None:
    step = build(StepSpec(step=name, columns=("size",)))

    assert step.affects_rows
    assert not step.learns
    assert step.outcome(SCHEMA) == SCHEMA


@pytest.mark.parametrize(
    ("spec", "sentence", "code"),
    [
        (keep("size", "==", "x"), "“size” cannot be compared with this value", "type"),
        (keep("size", "contains", "1"), "and only text contains something.", "type"),
        (keep("city", "<", "b"), "none of its values is larger", "type"),
        (keep("size", "=="), "a comparison needs a value", "parameter"),
        (keep("size", "missing", 1), "is asked without a value", "parameter"),
        (keep("size", "=~", 1), "“operator”: Input should be '=='", "parameter"),
        (keep("", "present"), "needs at least one column", "columns"),
        (keep("height", "present"), "needs the column “height”", "missing_column"),
        (
            keep("size", "present").model_copy(update={"columns": ("size", "city")}),
            "looks at one column",
            "columns",
        ),
    ],
)
def test_filter_rows_that_cannot_compare_is_refused(
    spec: StepSpec, sentence: str, code: str
) -> None:
    with pytest.raises(StepError, match=sentence) as caught:
        check_recipe([spec], SCHEMA)

    assert caught.value.code == code
