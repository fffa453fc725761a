from __future__ import annotations

from datetime import date, datetime
from math import inf, nan
from typing import TYPE_CHECKING, Any

import pytest

from datasets.recipes import StepSpec, check_recipe
from datasets.steps.base import StepError
from datasets.steps.casting import POSSIBLE
from datasets.tables import ColumnType
from tests.datasets.comparison import column_of, fit_on_both, schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2024, 3, 1)
VALUES: dict[ColumnType, list[Any]] = {
    ColumnType.INTEGER: [0, 1, -7, None],
    ColumnType.NUMBER: [1.0, 2.5, nan, inf],
    ColumnType.BOOLEAN: [True, False, None, True],
    ColumnType.CATEGORY: ["1", "x", None, " yes"],
    ColumnType.TEXT: ["2024-03-01", "2024-13-01", None, "1e999"],
    ColumnType.DATE: [DAY, None, DAY, DAY],
    ColumnType.DATETIME: [datetime(2024, 3, 1, 5, 6, 7, 8), None, None, None],
}


def cast(type: str, format: str = "ymd") -> StepSpec:
    parameters = {"type": type, "format": format}
    return StepSpec(step="cast", columns=("x",), parameters=parameters)


@pytest.mark.parametrize(
    ("old", "type", "values", "expected"),
    [
        ("integer", "number", [1, None], [1.0, None]),
        ("integer", "boolean", [0, 1, 2, None], [False, True, None, None]),
        ("integer", "category", [-7, None], ["-7", None]),
        ("number", "integer", [2.0, 2.5, inf, nan, 1e300, -0.0], [2, None, None, None,
         None, 0]),
        ("boolean", "integer", [True, False, None], [1, 0, None]),
        ("boolean", "text", [True, None], ["true", None]),
        ("date", "category", [DAY, None], ["2024-03-01", None]),
        ("date", "datetime", [DAY, None], [datetime(2024, 3, 1), None]),
        ("datetime", "date", [datetime(2024, 3, 1, 23, 59), None], [DAY, None]),
        ("category", "integer", [" 007", "+5", "1.0", "x", None, "9" * 19],
         [7, 5, None, None, None, None]),
        ("text", "number", ["1e3", "-.5", "5.", "inf", "nan", "1e999", "1_0", "٣"],
         [1000.0, -0.5, 5.0, None, None, None, None, None]),
        ("text", "boolean", ["Yes", " FALSE ", "0", "2"], [True, False, False, None]),
        ("text", "category", [" a ", None], [" a ", None]),
        ("text", "text", ["a", None], ["a", None]),
    ],
)  # fmt: skip
def test_cast_reads_values_as_another_type(
    tmp_path: Path, old: str, type: str, values: list[Any], expected: list[Any]
) -> None:
    schema = schema_of({"x": ColumnType(old)})
    path = store(tmp_path / "table.parquet", schema, {"x": values})

    found = column_of(path, schema, [cast(type)], "x")

    assert found == expected
    assert [v.__class__ for v in found] == [v.__class__ for v in expected]


@pytest.mark.parametrize(
    ("format", "text", "expected"),
    [
        ("ymd", "2024-03-01", datetime(2024, 3, 1)),
        ("ymd", " 2024/3/1 ", datetime(2024, 3, 1)),
        ("ymd", "2024-02-30", None),
        ("ymd", "01.03.2024", None),
        ("dmy", "01.03.2024", datetime(2024, 3, 1)),
        ("dmy", "1/3/2024 7:05", datetime(2024, 3, 1, 7, 5)),
        ("mdy", "03-01-2024T12:30:01", datetime(2024, 3, 1, 12, 30, 1)),
        ("mdy", "13/01/2024", None),
        ("ymd", "2024-03-01 12:30:01.25", datetime(2024, 3, 1, 12, 30, 1, 250000)),
        ("ymd", "2024-03-01 25:00", None),
        ("ymd", "20240-03-01", None),
    ],
)
def test_cast_reads_dates_in_the_order_it_is_told(
    tmp_path: Path, format: str, text: str, expected: datetime | None
) -> None:
    schema = schema_of({"x": ColumnType.TEXT})
    path = store(tmp_path / "table.parquet", schema, {"x": [text, None]})

    moments = column_of(path, schema, [cast("datetime", format)], "x")
    days = column_of(path, schema, [cast("date", format)], "x")

    assert moments == [expected, None]
    assert days == [expected and expected.date(), None]


@pytest.mark.parametrize("old", ColumnType)
@pytest.mark.parametrize("type", ColumnType)
def test_cast_that_is_possible_agrees_and_the_others_are_refused(
    tmp_path: Path, old: ColumnType, type: ColumnType
) -> None:
    schema = schema_of({"x": old})
    path = store(tmp_path / "table.parquet", schema, {"x": VALUES[old]})
    if type in POSSIBLE[old] | {old}:
        _, rows = fit_on_both(path, schema, [cast(type)])
        assert len(rows) == 4
        return

    with pytest.raises(StepError, match=f"which cannot become {type}; it") as caught:
        check_recipe([cast(type)], schema)

    assert (caught.value.column, caught.value.parameter) == ("x", "type")
