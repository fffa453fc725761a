from __future__ import annotations

import json
import statistics
from collections import Counter
from datetime import date, datetime
from math import inf, nan
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.made_tables import mixed
from datasets.monitor import Cancelled, SilentMonitor
from datasets.profiling import profile
from datasets.profiling import table as profiling_table
from datasets.tables import ROW, ColumnType
from tests.datasets.comparison import schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

EXACT = 1e-9
FIGURES = {
    "id", "name", "type", "missing", "unique", "minimum", "maximum", "mean",
    "deviation", "quantiles", "top", "histogram", "zeros", "negatives", "infinite",
    "outliers", "lengths", "warnings",
}  # fmt: skip

Profile = dict[str, Any]


def profile_of(
    folder: Path, values: list[Any], type: ColumnType, **others: list[Any]
) -> Profile:
    """Return the profile of a table with a column “x” and perhaps others."""
    schema = schema_of({"x": type, **dict.fromkeys(others, ColumnType.TEXT)})
    path = store(folder / "table.parquet", schema, {"x": values, **others})
    return profile(path, schema)


def column_of(folder: Path, values: list[Any], type: ColumnType) -> Profile:
    found: Profile = profile_of(folder, values, type)["columns"][0]
    return found


def codes(warnings: list[Profile]) -> list[str]:
    return [warning["code"] for warning in warnings]


def test_profile_of_numbers_is_exact(tmp_path: Path) -> None:
    values = [2.0, None, -1.0, 2.0, nan, 0.0, 7.0, inf]

    found = column_of(tmp_path, values, ColumnType.NUMBER)

    histogram = found.pop("histogram")
    assert found == {
        "id": "c0",
        "name": "x",
        "type": "number",
        "missing": 2,
        "unique": 5,
        "minimum": -1.0,
        "maximum": 7.0,
        "mean": 2.0,
        "deviation": pytest.approx(statistics.stdev([2, -1, 2, 0, 7])),
        "quantiles": {"0.25": 0.0, "0.5": 2.0, "0.75": 2.0},
        "top": [
            {"value": 2.0, "count": 2},
            {"value": -1.0, "count": 1},
            {"value": 0.0, "count": 1},
            {"value": 7.0, "count": 1},
        ],
        "zeros": 1,
        "negatives": 1,
        "infinite": 1,
        "outliers": 1,
        "lengths": None,
        "warnings": found["warnings"],
    }
    assert (histogram["edges"][0], histogram["edges"][-1]) == (-1.0, 7.0)
    assert sum(histogram["counts"]) == 5
    assert len(histogram["edges"]) == len(histogram["counts"]) + 1


def test_profile_of_whole_numbers_has_a_bin_for_each(tmp_path: Path) -> None:
    found = column_of(tmp_path, [3, 1, 1, None, 4], ColumnType.INTEGER)

    assert found["histogram"] == {"edges": [1, 2, 3, 4, 5], "counts": [2, 0, 1, 1]}
    assert (found["minimum"], found["maximum"]) == (1, 4)
    assert found["top"][0] == {"value": 1, "count": 2}


def test_profile_of_the_largest_whole_numbers_keeps_digits(tmp_path: Path) -> None:
    ends = [-(2**63), 2**63 - 1]

    found = column_of(tmp_path, ends, ColumnType.INTEGER)

    assert [found["minimum"], found["maximum"]] == ends
    assert sum(found["histogram"]["counts"]) == 2
    assert found["histogram"]["edges"][0] == ends[0]


def test_profile_of_the_largest_numbers_has_no_infinity(tmp_path: Path) -> None:
    found = column_of(tmp_path, [-1.7e308, 1.7e308, 1.7e308], ColumnType.NUMBER)

    assert found["deviation"] is None
    assert found["quantiles"]["0.25"] == pytest.approx(0.0)
    assert found["histogram"]["counts"][0] == 1
    assert found["histogram"]["counts"][-1] == 2


def test_profile_of_dates_is_iso_text(tmp_path: Path) -> None:
    values = [date(2020, 1, 3), None, date(2020, 1, 1), date(2020, 1, 3)]

    found = column_of(tmp_path, values, ColumnType.DATE)

    assert (found["minimum"], found["maximum"]) == ("2020-01-01", "2020-01-03")
    assert found["quantiles"]["0.5"] == "2020-01-03"
    assert found["top"][0] == {"value": "2020-01-03", "count": 2}
    assert found["histogram"] == {
        "edges": ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"],
        "counts": [1, 0, 2],
    }
    assert (found["mean"], found["zeros"], found["unique"]) == (None, None, 2)


def test_profile_of_times_is_iso_text(tmp_path: Path) -> None:
    values = [datetime(1960, 1, 1, 12, 30), None, datetime(2020, 5, 6, 7, 8, 9, 10)]

    found = column_of(tmp_path, values, ColumnType.DATETIME)

    assert found["minimum"] == "1960-01-01T12:30:00"
    assert found["maximum"] == "2020-05-06T07:08:09.000010"
    assert sum(found["histogram"]["counts"]) == 2


def test_profile_of_text_tells_lengths_and_ties_by_value(tmp_path: Path) -> None:
    values = ["bb", "é", "bb", None, "", "a" * 300]

    found = column_of(tmp_path, values, ColumnType.TEXT)

    assert found["lengths"] == {"minimum": 0, "maximum": 300, "mean": 61.0}
    assert found["top"] == [
        {"value": "bb", "count": 2},
        {"value": "", "count": 1},
        {"value": "a" * 199 + "…", "count": 1},
        {"value": "é", "count": 1},
    ]
    assert (found["unique"], found["missing"]) == (4, 1)


def test_profile_top_takes_ten_of_many_ties(tmp_path: Path) -> None:
    values = [f"v{i:03}" for i in range(200)] + ["v150", "v007"]

    words = column_of(tmp_path, values, ColumnType.CATEGORY)["top"]
    numbers = column_of(tmp_path, [int(v[1:]) for v in values], ColumnType.INTEGER)

    assert [item["value"] for item in words] == [
        "v007", "v150", *(f"v{i:03}" for i in (0, 1, 2, 3, 4, 5, 6, 8))
    ]  # fmt: skip
    assert [item["value"] for item in numbers["top"]] == [
        7,
        150,
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        8,
    ]


def test_profile_of_booleans_counts_both(tmp_path: Path) -> None:
    found = column_of(tmp_path, [True, None, False, True], ColumnType.BOOLEAN)

    assert found["top"] == [{"value": True, "count": 2}, {"value": False, "count": 1}]
    assert (found["unique"], found["lengths"]) == (2, None)


def test_profile_reads_categories_kept_as_codes(tmp_path: Path) -> None:
    schema = schema_of({"x": ColumnType.CATEGORY})
    path = tmp_path / "codes.parquet"
    frame = pl.DataFrame({ROW: [0, 1, 2, 3], "c0": ["b", "a", "b", None]})
    frame.with_columns(pl.col("c0").cast(pl.Categorical)).write_parquet(path)

    found = profile(path, schema)

    assert found["columns"][0]["top"] == [
        {"value": "b", "count": 2},
        {"value": "a", "count": 1},
    ]
    assert found["duplicates"] == 1


@pytest.mark.parametrize("kind", ColumnType)
@pytest.mark.parametrize("values", [[], [None], [None, None]])
def test_profile_of_nothing_has_the_same_keys(
    tmp_path: Path, kind: ColumnType, values: list[None]
) -> None:
    found = column_of(tmp_path, values, kind)

    assert set(found) >= FIGURES
    assert (found["missing"], found["unique"], found["top"]) == (len(values), 0, [])
    assert (found["minimum"], found["histogram"]) == (None, None)
    assert found["quantiles"] == {"0.25": None, "0.5": None, "0.75": None}


@pytest.mark.parametrize(
    ("rows", "duplicates"),
    [
        ([], 0),
        ([(1.0, "a")], 0),
        ([(1.0, "a"), (1.0, "b"), (2.0, "a")], 0),
        ([(1.0, "a"), (2.0, "b"), (1.0, "a"), (1.0, "a")], 2),
        ([(None, None), (None, "a"), (None, None), (nan, None)], 2),
        ([(0.0, "a"), (-0.0, "a")], 1),
    ],
)
def test_profile_counts_rows_equal_to_an_earlier_one(
    tmp_path: Path, rows: list[tuple[Any, Any]], duplicates: int
) -> None:
    x, y = [row[0] for row in rows], [row[1] for row in rows]

    found = profile_of(tmp_path, x, ColumnType.NUMBER, y=y)

    assert found["duplicates"] == duplicates
    assert ("duplicates" in codes(found["warnings"])) == bool(duplicates)


def test_profile_compares_rows_whose_hashes_collide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datasets.profiling.repeats._FACTOR", np.uint64(0))
    x, y = [1.0, 2.0, 1.0, 3.0], ["a", "a", "a", "b"]

    found = profile_of(tmp_path, x, ColumnType.NUMBER, y=y)

    assert found["duplicates"] == 1


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    values=st.lists(
        st.none() | st.integers(-5, 5) | st.floats(-1e9, 1e9), min_size=1, max_size=60
    )
)
def test_profile_of_numbers_equals_counting_by_hand(
    tmp_path: Path, values: list[float | None]
) -> None:
    present = [float(v) + 0.0 for v in values if v is not None]
    counts = Counter(present)
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:10]

    found = column_of(tmp_path, values, ColumnType.NUMBER)

    assert found["unique"] == len(counts)
    assert [(i["value"], i["count"]) for i in found["top"]] == top
    assert found["zeros"] == counts[0.0]
    assert found["negatives"] == sum(v < 0 for v in present)
    if present:
        shares = np.quantile(present, [0.25, 0.5, 0.75]).tolist()
        assert list(found["quantiles"].values()) == pytest.approx(shares, rel=EXACT)
        assert sum(found["histogram"]["counts"]) == len(present)


def test_profile_equals_what_duckdb_computes(tmp_path: Path) -> None:
    path = tmp_path / "mixed.parquet"
    schema = mixed(path, 5_000)
    database = duckdb.connect()

    found = profile(path, schema)

    numeric = [c for c in found["columns"] if c["type"] in {"integer", "number"}]
    assert len(numeric) == 12
    for column in found["columns"]:
        query = "SELECT count(DISTINCT {0}), count(*) - count({0}) FROM read_parquet(?)"
        query = query.format(column["id"])
        expected = database.execute(query, [str(path)]).fetchone()
        assert (column["unique"], column["missing"]) == expected
    for column in numeric:
        query = (
            "SELECT avg({0}), stddev_samp({0}), min({0}), max({0}), "
            "quantile_cont({0}, 0.25), median({0}), quantile_cont({0}, 0.75) "
            "FROM read_parquet(?)"
        ).format(column["id"])
        ours = [column[key] for key in ("mean", "deviation", "minimum", "maximum")]
        ours += column["quantiles"].values()
        expected = database.execute(query, [str(path)]).fetchone()
        assert ours == pytest.approx(list(expected), rel=EXACT)


def test_profile_is_json_in_the_order_of_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "mixed.parquet"
    schema = mixed(path, 300, columns=45)

    found = profile(path, schema)

    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert [c["id"] for c in found["columns"]] == [c.id for c in schema]
    assert all(set(column) >= FIGURES for column in found["columns"])


def test_profile_in_blocks_equals_the_profile_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mixed.parquet"
    schema = mixed(path, 500)
    at_once = profile(path, schema)
    monkeypatch.setattr(profiling_table, "CELLS_AT_ONCE", 1_500)

    assert profile(path, schema) == at_once


def test_profile_stops_when_asked(tmp_path: Path) -> None:
    class Stopping(SilentMonitor):
        def check(self) -> None:
            raise Cancelled

    path = tmp_path / "mixed.parquet"
    schema = mixed(path, 10)

    with pytest.raises(Cancelled, match=r"^$"):
        profile(path, schema, Stopping())


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        (ColumnType.NUMBER, [None] * 3, [("all_missing", "drop_columns")]),
        (ColumnType.NUMBER, [1.0, None, 2.0], [("missing", "fill_missing")]),
        (
            ColumnType.NUMBER,
            [1.0, None, None, 2.0, None],
            [("missing", "drop_columns")],
        ),
        (ColumnType.CATEGORY, ["a"] * 5, [("constant", "drop_columns")]),
        (ColumnType.CATEGORY, ["a"] * 99 + ["b"], [("nearly_constant", None)]),
        (ColumnType.INTEGER, list(range(30)), [("id_like", "drop_columns")]),
        (ColumnType.NUMBER, [i / 7 for i in range(30)], []),
        (
            ColumnType.CATEGORY,
            [f"v{i % 60}" for i in range(120)],
            [("high_cardinality", "encode")],
        ),
        (ColumnType.NUMBER, [1.0, 2.0, inf], [("infinite", "outliers")]),
        (
            ColumnType.NUMBER,
            [float(2 ** (i % 20)) for i in range(100)],
            [("skewed", "scale"), ("outliers", "outliers")],
        ),
        (ColumnType.CATEGORY, ["Y", "N", "Y ", "n"], [("look_alikes", "tidy_text")]),
        (
            ColumnType.TEXT,
            ["$5.00", "-€1,200", "(7)", "12 %"],
            [("amounts", "read_amounts")],
        ),
        (ColumnType.CATEGORY, ["a", "?", "N/A"], [("markers", "mark_missing")]),
    ],
)
def test_profile_warns_with_the_step_that_helps(
    tmp_path: Path,
    kind: ColumnType,
    values: list[Any],
    expected: list[tuple[str, str | None]],
) -> None:
    found = column_of(tmp_path, values, kind)["warnings"]

    assert [(w["code"], w.get("step")) for w in found] == expected
    assert all("“x”" in w["detail"] and w["detail"].endswith(".") for w in found)


def test_profile_takes_the_rounding_of_a_mean_for_zero(tmp_path: Path) -> None:
    found = column_of(tmp_path, [0.1, 0.2, -0.3], ColumnType.NUMBER)

    assert found["mean"] == 0


def test_profile_sees_no_shape_in_codes(tmp_path: Path) -> None:
    found = column_of(tmp_path, [0] * 30 + [1] * 10, ColumnType.INTEGER)

    assert found["warnings"] == []


def test_profile_says_how_much_is_missing(tmp_path: Path) -> None:
    found = column_of(tmp_path, [None, 1.5, 2.5, 3.5], ColumnType.NUMBER)

    assert found["warnings"][0]["detail"] == (
        "1 of 4 values of “x” are missing (25.0 %)."
    )


def test_profile_shows_values_that_look_alike(tmp_path: Path) -> None:
    found = column_of(tmp_path, ["Y ", "N", "Y", "y"], ColumnType.CATEGORY)

    assert found["warnings"][0]["detail"] == (
        "Values of “x” differ only in blanks or capitals and count as different: "
        "“Y” and “Y ” and “y”."
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [(0, ["no_rows"]), (1, ["few_rows", "wide"]), (60, ["different_scales"])],
)
def test_profile_warns_about_the_table(
    tmp_path: Path, rows: int, expected: list[str]
) -> None:
    schema = schema_of({"small": ColumnType.NUMBER, "large": ColumnType.NUMBER})
    small = [i / 7 for i in range(rows)]
    values = {"small": small, "large": [1000 * value for value in small]}
    path = store(tmp_path / "table.parquet", schema, values)

    found = profile(path, schema)

    assert codes(found["warnings"]) == expected
