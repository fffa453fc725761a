from __future__ import annotations

from datetime import date, datetime
from math import inf, nan
from typing import TYPE_CHECKING, Any

import pytest

from datasets.recipes import StepSpec, check_recipe
from datasets.steps.base import StepError
from datasets.tables import ColumnType
from tests.datasets.comparison import fit_on_both, schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = schema_of(
    {
        "age": ColumnType.INTEGER,
        "size": ColumnType.NUMBER,
        "city": ColumnType.CATEGORY,
        "smokes": ColumnType.BOOLEAN,
        "born": ColumnType.DATE,
        "seen": ColumnType.DATETIME,
    }
)
VALUES = {
    "age": [4, None, 1, 4, 1],
    "size": [0.5, nan, None, 2.5, 9.0],
    "city": ["b", "a", None, "a", "b"],
    "smokes": [True, None, False, True, None],
    "born": [date(2020, 1, 2), None, date(2019, 5, 6), None, date(2020, 1, 2)],
    "seen": [
        datetime(2020, 1, 2, 3),
        None,
        datetime(2019, 5, 6, 7, 8, 9, 10),
        None,
        None,
    ],
}


def fill(strategy: str, *columns: str, value: Any = None) -> StepSpec:
    parameters = {"strategy": strategy, "value": value}
    return StepSpec(step="fill_missing", columns=columns, parameters=parameters)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store(tmp_path / "table.parquet", SCHEMA, VALUES)


@pytest.mark.parametrize(
    ("strategy", "column", "filled"),
    [
        ("mean", "age", [4.0, 2.5, 1.0, 4.0, 1.0]),
        ("mean", "size", [0.5, 4.0, 4.0, 2.5, 9.0]),
        ("median", "age", [4.0, 2.5, 1.0, 4.0, 1.0]),
        ("median", "size", [0.5, 2.5, 2.5, 2.5, 9.0]),
        ("min", "age", [4, 1, 1, 4, 1]),
        ("max", "age", [4, 4, 1, 4, 1]),
        ("max", "size", [0.5, 9.0, 9.0, 2.5, 9.0]),
        ("mode", "age", [4, 1, 1, 4, 1]),
        ("mode", "size", [0.5, 0.5, 0.5, 2.5, 9.0]),
        ("mode", "city", ["b", "a", "a", "a", "b"]),
        ("mode", "smokes", [True, True, False, True, True]),
        (
            "mode",
            "born",
            [date(2020, 1, 2)] * 2 + [date(2019, 5, 6)] + [date(2020, 1, 2)] * 2,
        ),
    ],
)
def test_fill_missing_puts_the_statistic_into_gaps(
    path: Path, strategy: str, column: str, filled: list[Any]
) -> None:
    place = SCHEMA.names.index(column) + 1

    _, rows = fit_on_both(path, SCHEMA, [fill(strategy, column)])

    assert [row[place] for row in rows] == filled
    assert [type(row[place]) for row in rows] == [type(value) for value in filled]


def test_fill_missing_with_dates_keeps_iso_text_as_state(path: Path) -> None:
    specs = [fill("min", "born", "seen")]

    fitted, rows = fit_on_both(path, SCHEMA, specs)

    assert fitted.steps[0].state == {
        "born": "2019-05-06",
        "seen": "2019-05-06T07:08:09.000010",
    }
    assert rows[1][5:] == (date(2019, 5, 6), datetime(2019, 5, 6, 7, 8, 9, 10))


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("age", 7, 7),
        ("age", "7", 7),
        ("age", 7.0, 7),
        ("size", -0.5, -0.5),
        ("city", "unknown; DROP TABLE", "unknown; DROP TABLE"),
        ("city", 5, "5"),
        ("smokes", "no", False),
        ("smokes", False, False),
        ("born", "2000-02-29", date(2000, 2, 29)),
        ("seen", "2000-02-29", datetime(2000, 2, 29)),
    ],
)
def test_fill_missing_with_a_constant_of_the_column_s_type(
    path: Path, column: str, value: Any, expected: Any
) -> None:
    place = SCHEMA.names.index(column) + 1
    gaps = [i for i, v in enumerate(VALUES[column]) if v is None]

    _, rows = fit_on_both(path, SCHEMA, [fill("constant", column, value=value)])

    assert [rows[gap][place] for gap in gaps] == [expected] * len(gaps)
    assert type(rows[gaps[0]][place]) is type(expected)


@pytest.mark.parametrize(
    ("spec", "sentence", "code"),
    [
        (fill("mean", "city"), "“city” is a category column and has no mean", "type"),
        (fill("median", "born"), "“born” is a date column and has no median", "type"),
        (fill("max", "smokes"), "boolean column and has no largest value", "type"),
        (fill("constant", "age", value=2.5), "“2.5” is not a whole number.", "type"),
        (fill("constant", "age", value="x"), "“x” is not a whole number.", "type"),
        (fill("constant", "age", value="1_0"), "“1_0” is not a whole number.", "type"),
        (fill("constant", "size", value="٣"), "“٣” is not a number.", "type"),
        (fill("constant", "age", value=2**63), "is not a whole number.", "type"),
        (fill("constant", "size", value=True), "“True” is not a number.", "type"),
        (fill("constant", "size", value="nan"), "“nan” is not a number.", "type"),
        (fill("constant", "smokes", value="maybe"), "is not yes or no.", "type"),
        (fill("constant", "born", value="1.2.2020"), "is not a date such as", "type"),
        (fill("constant", "size", value=inf), "“value”: ", "parameter"),
        (fill("constant", "size"), "needs the value to fill with", "parameter"),
        (
            fill("constant", "city", value=""),
            "needs the value to fill with",
            "parameter",
        ),
        (fill("mean", "size", value=3), "only a constant takes a value", "parameter"),
        (fill("average", "size"), "“strategy”: Input should be 'mean'", "parameter"),
    ],
)
def test_fill_missing_that_does_not_fit_is_refused(
    spec: StepSpec, sentence: str, code: str
) -> None:
    with pytest.raises(StepError, match=sentence) as caught:
        check_recipe([spec], SCHEMA)

    assert caught.value.code == code


@pytest.mark.parametrize("strategy", ["mean", "median", "mode", "min", "max"])
@pytest.mark.parametrize("size", [[None, nan], []], ids=["all missing", "no rows"])
def test_fill_missing_without_any_value_is_refused(
    tmp_path: Path, strategy: str, size: list[float | None]
) -> None:
    schema = schema_of({"size": ColumnType.NUMBER})
    path = store(tmp_path / "empty.parquet", schema, {"size": size})

    with pytest.raises(StepError, match="“size” has no values at all") as caught:
        fit_on_both(path, schema, [fill(strategy, "size")])

    assert (caught.value.column, caught.value.code) == ("size", "all_missing")


def test_fill_missing_constant_fills_a_column_without_values(tmp_path: Path) -> None:
    schema = schema_of({"size": ColumnType.NUMBER})
    path = store(tmp_path / "empty.parquet", schema, {"size": [None, nan]})

    _, rows = fit_on_both(path, schema, [fill("constant", "size", value=1)])

    assert rows == [(0, 1.0), (1, 1.0)]


def test_fill_missing_mean_of_infinite_values_is_refused(tmp_path: Path) -> None:
    schema = schema_of({"size": ColumnType.NUMBER})
    path = store(tmp_path / "infinite.parquet", schema, {"size": [1.0, inf, None]})

    with pytest.raises(StepError, match="“size” holds infinite values") as caught:
        fit_on_both(path, schema, [fill("mean", "size")])

    assert caught.value.code == "infinite"


def test_fill_missing_by_mean_makes_whole_numbers_numbers() -> None:
    filled = check_recipe([fill("mean", "age"), fill("min", "size")], SCHEMA)

    assert filled.column("age").type is ColumnType.NUMBER
    assert filled.column("born").type is ColumnType.DATE
    assert check_recipe([fill("min", "age")], SCHEMA) == SCHEMA
