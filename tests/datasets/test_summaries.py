"""What pages say about a profile."""

from __future__ import annotations

import pytest

from datasets.models import Dataset, DatasetVersion
from datasets.readers.dialect import Dialect
from datasets.summaries import (
    alternative_of,
    bars_of,
    column_rows,
    read_as,
    summary_of,
    warnings_of,
)


def version_of(columns: list[dict], warnings: list[dict] | None = None):
    profile = {"columns": columns, "warnings": warnings or []}
    return DatasetVersion(profile=profile, columns=columns, rows_count=10)


def column(name: str, **more) -> dict:
    plain = {"id": f"c{name}", "type": "number", "missing": 0, "unique": 1}
    return plain | {"name": name} | more


def test_bars_fill_the_drawing():
    bars = bars_of(column("a", histogram={"edges": [0, 1, 2], "counts": [1, 4]}))

    assert [(b.x, b.y, b.width, b.height) for b in bars] == [
        (0, 18, 59, 6),
        (60, 0, 59, 24),
    ]


def test_bars_of_words_are_their_most_frequent_values():
    words = column("a", histogram=None, top=[{"value": "x", "count": 2}])

    assert [bar.height for bar in bars_of(words)] == [24]
    assert alternative_of(words) == "Most frequent: x: 2"


def test_no_values_have_no_bars():
    assert bars_of(column("a", histogram={"edges": [], "counts": []})) == []
    assert alternative_of(column("a")) == "No values"


def test_columns_are_found_by_name_and_type():
    version = version_of([column("Age"), column("Sex", type="category")])

    assert [c["name"] for c in column_rows(version, search="ag")] == ["Age"]
    assert [c["name"] for c in column_rows(version, kind="category")] == ["Sex"]


def test_columns_are_ordered_by_what_is_missing():
    version = version_of([column("a", missing=1), column("b", missing=5)])

    rows = column_rows(version, sort="-missing")[0:2]

    assert [row["name"] for row in rows] == ["b", "a"]
    assert rows[0]["missing_share"] == 0.5


def test_an_unknown_order_is_that_of_the_file():
    version = version_of([column("b"), column("a")])

    assert [c["name"] for c in column_rows(version, sort="nonsense")] == ["b", "a"]


def test_warnings_of_one_kind_are_one():
    missing = {"code": "missing", "detail": "Half of “a” is missing.", "step": "scale"}
    version = version_of([column(name, warnings=[missing]) for name in "abcdefg"])

    found = warnings_of(version)

    assert len(found) == 1
    assert found[0]["step_title"] == "Scale"
    assert [c["name"] for c in found[0]["others"]] == ["b", "c", "d"]
    assert found[0]["more"] == 3


def test_signs_of_missing_values_are_filled_into_the_step():
    told = {"code": "markers", "detail": "“a” holds …", "step": "mark_missing"}
    columns = [
        column("a", warnings=[told], markers=["ERROR", "?"]),
        column("b", warnings=[told], markers=["?", "a,b"]),
    ]

    (found,) = warnings_of(version_of(columns))

    assert found["query"] == "markers=ERROR%2C+%3F"


@pytest.mark.parametrize(
    ("types", "linked", "query"),
    [
        (["category", "number", "integer"], ["b", "c"], ""),
        (["category", "text"], ["a", "b"], "strategy=mode"),
    ],
)
def test_missing_values_are_filled_as_their_columns_allow(types, linked, query):
    told = {"code": "missing", "detail": "…", "step": "fill_missing"}
    columns = [
        column(name, type=type, warnings=[told])
        for name, type in zip("abc", types, strict=False)
    ]

    (found,) = warnings_of(version_of(columns))

    assert [c["name"] for c in found["linked"]] == linked
    assert found["query"] == query


def test_a_column_that_lacks_most_takes_no_other_with_it():
    drop = {"code": "missing", "detail": "…", "step": "drop_columns"}
    fill = drop | {"step": "fill_missing"}
    version = version_of([column("a", warnings=[drop]), column("b", warnings=[fill])])

    found = warnings_of(version)

    assert [[c["name"] for c in w["linked"]] for w in found] == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("groups", "query"),
    [
        ([["F", "f"]], "case=upper"),
        ([["Yes", "yes "], ["NO", "no"]], "case=lower"),
        ([["N", "N "], ["a  b", "a b"]], ""),
    ],
)
def test_capitals_that_make_one_of_values_are_filled_into_the_step(groups, query):
    told = {"code": "look_alikes", "detail": "…", "step": "tidy_text"}
    version = version_of([column("a", warnings=[told], look_alikes=groups)])

    assert warnings_of(version)[0]["query"] == query


@pytest.mark.parametrize(
    ("found", "query"),
    [
        (["1.234,50 €", "7 €"], "decimal=%2C"),
        (["$1,234.50", "$7"], ""),
        (["$1,234"], ""),
        (["1,5 %", "1.5 %"], ""),
    ],
)
def test_the_decimal_sign_of_amounts_is_filled_into_the_step(found, query):
    told = {"code": "amounts", "detail": "“a” holds …", "step": "read_amounts"}
    version = version_of([column("a", warnings=[told], amounts=found)])

    assert warnings_of(version)[0]["query"] == query


def test_a_warning_about_the_table_chooses_columns_that_suit_its_step():
    warning = {"code": "different_scales", "detail": "They differ.", "step": "scale"}
    version = version_of([column("a"), column("b", type="text")], [warning])

    found = warnings_of(version)[0]

    assert [c["name"] for c in found["linked"]] == ["a"]
    assert found["others"] == []


def test_text_columns_say_how_long_their_values_are():
    lengths = {"minimum": 3, "maximum": 40, "mean": 9.5}

    assert summary_of(column("a", type="text", lengths=lengths)).endswith(
        "; 3 to 40 characters"
    )
    assert "characters" not in summary_of(column("a", type="category", lengths=lengths))


@pytest.mark.parametrize(
    ("file_format", "told", "words"),
    [
        ("csv", {"delimiter": ";"}, "CSV, semicolon, UTF-8"),
        ("json", {"part": "countries"}, "JSON, countries, UTF-8"),
        ("xlsx", {"part": "Sheet1"}, "XLSX, Sheet1"),
        ("parquet", {}, "PARQUET"),
    ],
)
def test_only_what_matters_to_the_format_is_told(file_format, told, words):
    version = DatasetVersion(
        dataset=Dataset(file_format=file_format),
        dialect=Dialect(**told).model_dump(mode="json"),
    )

    assert read_as(version) == words
