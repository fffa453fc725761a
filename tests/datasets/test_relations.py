"""Which columns go together, and which are missing together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats.contingency import association

from datasets.charts.catalogue import CHARTS
from datasets.charts.source import ChartError, Source
from datasets.profiling import profile
from datasets.profiling.relations import COMPARED, PATTERNS, Relations
from datasets.tables import Column, ColumnType, Schema
from tests.datasets.comparison import schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

RANDOM = np.random.default_rng(1)
ROWS = 400
GROUPS = RANDOM.integers(0, 4, ROWS)
LINE = RANDOM.normal(size=ROWS)
COLUMNS: dict[str, tuple[ColumnType, list[Any]]] = {
    "line": (ColumnType.NUMBER, LINE.tolist()),
    "bent": (ColumnType.NUMBER, np.exp(LINE * 2).tolist()),
    "whole": (ColumnType.INTEGER, (LINE * 10).round().astype(int).tolist()),
    "size": (ColumnType.NUMBER, (GROUPS + RANDOM.normal(size=ROWS)).tolist()),
    "group": (ColumnType.CATEGORY, [None, *(f"g{g}" for g in GROUPS[1:])]),
    "even": (ColumnType.BOOLEAN, [g % 2 == 0 for g in GROUPS]),
    "alone": (ColumnType.NUMBER, [1.0] * ROWS),
}
SCHEMA = schema_of({name: type for name, (type, _) in COLUMNS.items()})
VALUES = {name: values for name, (_, values) in COLUMNS.items()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store(tmp_path / "table.parquet", SCHEMA, VALUES)


@pytest.fixture
def found(path: Path) -> dict[str, Any]:
    return profile(path, SCHEMA)


def pair(found: dict[str, Any], *names: str) -> dict[str, Any]:
    ids = {SCHEMA.column(name).id for name in names}
    pairs = found["relations"]["pairs"]
    return next(p for p in pairs if {p["a"], p["b"]} == ids)


@pytest.mark.parametrize(
    "names", [("line", "bent"), ("line", "whole"), ("bent", "size")]
)
def test_numbers_are_correlated_as_pandas_does(found, names) -> None:
    frame = pd.DataFrame({name: VALUES[name] for name in names})

    told = pair(found, *names)

    assert told["pearson"] == pytest.approx(frame.corr().iloc[0, 1], abs=1e-9)
    assert told["spearman"] == pytest.approx(
        frame.corr("spearman").iloc[0, 1], abs=1e-9
    )


def test_gaps_leave_out_only_their_rows() -> None:
    first, second = LINE.copy(), LINE + RANDOM.normal(size=ROWS)
    first[::5], second[::7] = np.nan, np.nan
    relations = Relations(ROWS)
    for number, values in enumerate((first, second)):
        column = Column(f"c{number}", "", ColumnType.NUMBER)
        series = pl.Series(values, nan_to_null=True)
        relations.add(column, series, {"unique": ROWS})

    told = relations.pairs()[0]["pearson"]

    expected = pd.Series(first).corr(pd.Series(second))
    assert told == pytest.approx(expected, abs=1e-9)


def test_categories_are_compared_by_cramers_v(found) -> None:
    counts = pd.crosstab(VALUES["group"][1:], VALUES["even"][1:])

    told = pair(found, "group", "even")

    assert told["strength"] == pytest.approx(association(counts, method="cramer"))


def test_numbers_and_categories_by_the_correlation_ratio(found) -> None:
    frame = pd.DataFrame({"group": VALUES["group"][1:], "size": VALUES["size"][1:]})
    means = frame.groupby("group")["size"].transform("mean")
    ratio = np.sqrt(means.var(ddof=0) / frame["size"].var(ddof=0))

    told = pair(found, "group", "size")

    assert told["measure"] == "correlation_ratio"
    assert told["strength"] == pytest.approx(ratio, abs=1e-9)


def test_constant_columns_go_with_none(found) -> None:
    ids = {id for p in found["relations"]["pairs"] for id in (p["a"], p["b"])}

    assert SCHEMA.column("alone").id not in ids


def test_twins_are_warned_of_once(found) -> None:
    twins = [
        (column["name"], warning["step"])
        for column in found["columns"]
        for warning in column["warnings"]
        if warning["code"] == "twin"
    ]

    assert twins == [("whole", "drop_columns")]


def test_many_columns_and_rows_stay_bounded() -> None:
    rows = 50_000
    relations = Relations(rows)
    values = pl.Series(RANDOM.normal(size=rows))
    for number in range(1000):
        column = Column(f"c{number}", "", ColumnType.NUMBER)
        relations.add(column, values, {"unique": rows})

    assert relations.every == 3
    assert len(relations.pairs()) == COMPARED * (COMPARED - 1) // 2


@pytest.mark.parametrize("value", [1e308, 1e-308])
def test_huge_and_tiny_numbers_are_compared(value: float) -> None:
    relations = Relations(6)
    for number in range(2):
        series = pl.Series([0.0, value, -value, value, 0.0, -value])
        column = Column(f"c{number}", "", ColumnType.NUMBER)
        relations.add(column, series, {"unique": 3})

    assert relations.pairs()[0]["pearson"] == pytest.approx(1)


def test_patterns_count_what_is_missing_together(tmp_path: Path) -> None:
    schema = schema_of(dict.fromkeys(("a", "b", "c"), ColumnType.INTEGER))
    gaps = {"a": [1, None, None, None], "b": [1, None, None, 4], "c": [1, 2, 3, 4]}
    path = store(tmp_path / "t.parquet", schema, gaps)

    found = profile(path, schema)["missing_patterns"]

    assert found == [
        {"columns": ["c0", "c1"], "rows": 2},
        {"columns": ["c0"], "rows": 1},
    ]


def test_patterns_of_a_wide_table_stay_few(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(100)]
    schema = schema_of(dict.fromkeys(names, ColumnType.INTEGER))
    gaps = {n: [None if i == p else 1 for i in range(100)] for p, n in enumerate(names)}
    path = store(tmp_path / "t.parquet", schema, gaps)

    found = profile(path, schema)["missing_patterns"]

    assert len(found) == PATTERNS
    assert {pattern["rows"] for pattern in found} == {1}


def source(path: Path, pairs: list[dict[str, Any]]) -> Source:
    return Source(path, SCHEMA, ROWS, {}, pairs)


def test_map_of_correlations_draws_what_the_profile_says(path: Path, found) -> None:
    pairs = found["relations"]["pairs"]

    numbers = CHARTS["correlation"].draw(source(path, pairs), {})
    mixed = CHARTS["correlation"].draw(source(path, pairs), {"measure": "strength"})

    assert len(numbers.rows) == 4 * 4
    assert len(mixed.rows) == 6 * 6
    assert ("line", "line", 1.0) in numbers.rows
    assert numbers.words.startswith("4 columns. Strongest: line with whole 1.00")


def test_map_without_pairs_is_refused(path: Path) -> None:
    with pytest.raises(ChartError, match="no two columns to compare"):
        CHARTS["correlation"].draw(source(path, []), {})


def test_schema_of_nothing_has_no_relations(tmp_path: Path) -> None:
    schema = Schema(SCHEMA.columns[:1])
    path = store(tmp_path / "t.parquet", schema, {"line": []})

    found = profile(path, schema)

    assert found["relations"]["pairs"] == []
    assert found["missing_patterns"] == []
