"""The profile by queries, on DuckDB or on Spark, beside the one of whole columns."""

from __future__ import annotations

from datetime import date, datetime
from math import inf, nan
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from benchmarks.made_tables import mixed
from datasets.engines import engine
from datasets.monitor import Cancelled, SilentMonitor
from datasets.profiling import profile, queries, relations
from datasets.tables import ROW, ColumnType
from tests.datasets.comparison import SECOND, assert_close, schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

    from datasets.tables import Schema

DAY, NOON = date(1969, 12, 30), datetime(1969, 12, 31, 12, 0, 0, 1)
TYPES = {
    "whole": ColumnType.INTEGER,
    "size": ColumnType.NUMBER,
    "one": ColumnType.NUMBER,
    "city": ColumnType.CATEGORY,
    "note": ColumnType.TEXT,
    "flag": ColumnType.BOOLEAN,
    "day": ColumnType.DATE,
    "time": ColumnType.DATETIME,
    "nothing": ColumnType.NUMBER,
}
ROWS: list[tuple[Any, ...]] = [
    (1, 0.5, 7.0, "a", "É 🙂", True, DAY, NOON, None),
    (1, nan, 7.0, "b", "é 🙂", False, date(1970, 1, 2), None, None),
    (2, inf, 7.0, "a", "$1.50", None, DAY, datetime(2024, 2, 29), None),
    (None, -2.5, None, None, None, True, None, NOON, None),
    (2**53 + 1, 1e9, 7.0, "b", "x" * 300, False, date(2024, 3, 1), NOON, None),
    (-5, 0.0, 7.0, "?", " ", True, DAY, None, None),
    (1, 0.5, 7.0, "a", "É 🙂", True, DAY, NOON, None),
]
SCHEMA = schema_of(TYPES)


def values(rows: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(TYPES)}


def assert_equal(path: Path, schema: Schema) -> dict[str, Any]:
    """Compare both profiles, whatever the order of their keys; return the second."""
    expected = profile(path, schema)
    found = engine(SECOND).profile(path, schema)
    assert_close(in_order(found), in_order(expected))
    return found


def in_order(found: Any) -> Any:
    if isinstance(found, list):
        return [in_order(one) for one in found]
    if isinstance(found, dict):
        return {key: in_order(found[key]) for key in sorted(found)}
    return found


def test_profile_of_every_type_is_the_same(tmp_path: Path) -> None:
    path = store(tmp_path / "table.parquet", SCHEMA, values(ROWS))

    found = assert_equal(path, SCHEMA)

    assert found["duplicates"] == 1
    assert found["missing_patterns"][0]["rows"] == 3


@pytest.mark.parametrize("count", [0, 1, 2])
def test_profile_of_few_rows_is_the_same(tmp_path: Path, count: int) -> None:
    path = store(tmp_path / "table.parquet", SCHEMA, values(ROWS[:count]))

    assert_equal(path, SCHEMA)


def test_profile_of_many_rows_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    schema = mixed(path, 50_000)

    found = assert_equal(path, schema)

    assert found["relations"]["every"] == 3
    assert len(found["relations"]["pairs"]) > 50


def test_rows_are_compared_by_their_place_where_some_were_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relations, "SAMPLE_ROWS", 100)
    monkeypatch.setattr(queries, "BLOCK", 64)
    path = tmp_path / "table.parquet"
    schema = mixed(path, 1_000)
    whole = pl.read_parquet(path)
    whole.filter(pl.col(ROW) % 7 != 3).write_parquet(path)

    found = assert_equal(path, schema)

    assert found["relations"]["every"] == 9


def test_profile_by_queries_can_be_stopped(tmp_path: Path) -> None:
    class Stopping(SilentMonitor):
        def check(self) -> None:
            raise Cancelled

    path = store(tmp_path / "table.parquet", SCHEMA, values(ROWS))

    with pytest.raises(Cancelled):
        engine(SECOND).profile(path, SCHEMA, Stopping())
