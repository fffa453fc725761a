from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasets.recipes import StepSpec
from datasets.tables import ColumnType
from tests.datasets.comparison import column_of, schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

POINT = {
    "$1,234.50": 1234.5,
    " € 5 ": 5.0,
    "12 %": 12.0,
    "(3.00)": -3.0,
    "($1,000)": -1000.0,
    "-$7": -7.0,
    "$-7": -7.0,
    "\u22121 kg": -1.0,
    "US$ 2": 2.0,
    "1'000 Fr.": 1000.0,
    "1\u202f000 000 EUR": 1e6,
    "+4": 4.0,
    "0.5": 0.5,
    "Rs. 50": 50.0,
    "5 kg": 5.0,
    "5 m": 5.0,
    # None of these is one number and no more.
    "1,23.5": None,
    "12-13": None,
    "(5": None,
    "1e5": None,
    "five": None,
    "$.50": None,
    "50k": None,
    "50k€": None,
    "2 Mio. €": None,
    "5M": None,
    "<5": None,
    "≥ 90": None,
    "3 m2": None,
    "": None,
}
COMMA = {"1.234,50 €": 1234.5, "-0,5%": -0.5, "1,5,5": None, "1.5": None}


@pytest.mark.parametrize(("decimal", "told"), [(".", POINT), (",", COMMA)])
def test_amounts_become_numbers_and_all_else_missing(
    tmp_path: Path, decimal: str, told: dict[str, float | None]
) -> None:
    schema = schema_of({"x": ColumnType.TEXT})
    path = store(tmp_path / "table.parquet", schema, {"x": [*told, None]})
    spec = StepSpec(
        step="read_amounts", columns=("x",), parameters={"decimal": decimal}
    )

    assert column_of(path, schema, [spec], "x") == [*told.values(), None]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("keep", ["Yes", "yes", "a b", None, None, "É"]),
        ("lower", ["yes", "yes", "a b", None, None, "é"]),
        ("upper", ["YES", "YES", "A B", None, None, "É"]),
    ],
)
def test_text_is_tidied(tmp_path: Path, case: str, expected: list[str | None]) -> None:
    schema = schema_of({"x": ColumnType.CATEGORY})
    values = ["Yes ", "\u00a0yes", "a \n b", " \t", None, "É"]
    path = store(tmp_path / "table.parquet", schema, {"x": values})
    spec = StepSpec(step="tidy_text", columns=("x",), parameters={"case": case})

    assert column_of(path, schema, [spec], "x") == expected
