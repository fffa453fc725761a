"""Every chart of the catalogue: what is counted, how much is drawn, what is refused."""

from __future__ import annotations

import json
import math
from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from datasets.charts.catalogue import CHARTS
from datasets.charts.drawing import MARKS, moment, plain
from datasets.charts.source import ChartError, Source
from datasets.declarations import ParameterError
from datasets.tables import ColumnType
from tests.datasets.comparison import schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

    from datasets.charts.drawing import Drawing

NASTY = "\"><img src=x onerror=alert(1)>\n' 🦉 " + "x" * 300
TWIN = NASTY + "."
SCHEMA = schema_of(
    {
        NASTY: ColumnType.NUMBER,
        TWIN: ColumnType.INTEGER,
        "datum.c0['a']": ColumnType.CATEGORY,
        "day": ColumnType.DATE,
        "at": ColumnType.DATETIME,
        "is it": ColumnType.BOOLEAN,
        "nothing": ColumnType.NUMBER,
    }
)
KIND = "datum.c0['a']"
ROWS = 60
VALUES: dict[str, list[Any]] = {
    NASTY: [None, math.inf, *(float(i) for i in range(ROWS - 2))],
    TWIN: [i % 7 for i in range(ROWS)],
    KIND: [None if i % 10 == 9 else "<b>" * (i % 12) for i in range(ROWS)],
    "day": [date(2024, 1, 1) + timedelta(days=i) for i in range(ROWS)],
    "at": [datetime(2024, 1, 1, 12) + timedelta(hours=i) for i in range(ROWS)],
    "is it": [None, *(i % 2 == 0 for i in range(ROWS - 1))],
    "nothing": [None] * ROWS,
}
#: Each chart in all its parts; the hostile names are everywhere.
EXAMPLES: list[tuple[str, dict[str, Any]]] = [
    ("histogram", {"column": NASTY}),
    ("histogram", {"column": "day", "bins": 7, "colour": KIND}),
    ("box", {"value": NASTY}),
    ("box", {"value": TWIN, "by": KIND}),
    ("scatter", {"x": NASTY, "y": TWIN}),
    (
        "scatter",
        {"x": "at", "y": NASTY, "colour": KIND, "size": TWIN, "facets": "is it"},
    ),
    ("scatter", {"x": NASTY, "y": NASTY, "colour": TWIN}),
    ("bar", {"column": KIND}),
    ("bar", {"column": "is it", "measure": "median", "value": NASTY}),
    ("line", {"x": "at"}),
    ("line", {"x": NASTY, "measure": "mean", "value": TWIN, "colour": KIND}),
    ("missing", {}),
]


def source(path: Path, rows: int = ROWS, **values: list[Any]) -> Source:
    stored = {name: values.get(name, VALUES[name] * (rows // ROWS)) for name in VALUES}
    missing = {
        column.id: sum(value is None for value in stored[column.name])
        for column in SCHEMA
    }
    store(path / "table.parquet", SCHEMA, stored)
    return Source(path / "table.parquet", SCHEMA, rows, missing)


def fields_of(part: Any) -> set[str]:
    """Return every field a specification names."""
    if isinstance(part, list):
        return set().union(*map(fields_of, part)) if part else set()
    if not isinstance(part, dict):
        return set()
    inner = (fields_of(v) for k, v in part.items() if k != "values")
    own = {part["field"]} if isinstance(part.get("field"), str) else set()
    return own.union(*inner)


def data_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    layers = spec.get("layer", [spec])
    return [row for layer in layers for row in layer["data"]["values"]]


@pytest.mark.parametrize(("name", "values"), EXAMPLES)
def test_hostile_names_are_titles_and_nothing_else(
    tmp_path: Path, name: str, values: dict[str, Any]
) -> None:
    drawing = CHARTS[name].draw(source(tmp_path), values)

    text = json.dumps(drawing.spec, allow_nan=False)
    assert all(field.isidentifier() for field in fields_of(drawing.spec))
    assert '"expr"' not in text
    assert '"signal"' not in text
    assert drawing.rows
    assert {len(row) for row in drawing.rows} == {len(drawing.header)}
    assert len(drawing.words) < 600


@pytest.mark.parametrize(("name", "values"), EXAMPLES)
def test_marks_stay_bounded(tmp_path: Path, name: str, values: dict[str, Any]) -> None:
    random = np.random.default_rng(1)
    rows = ROWS * 200
    stored = {
        NASTY: random.standard_t(1.5, rows).tolist(),
        KIND: [str(v) for v in random.integers(0, 5000, rows)],
    }

    drawing = CHARTS[name].draw(source(tmp_path, rows, **stored), values)

    assert len(data_of(drawing.spec)) <= MARKS


def draw(path: Path, name: str, **values: Any) -> Drawing:
    return CHARTS[name].draw(source(path), values)


def test_histogram_counts_every_value_once(tmp_path: Path) -> None:
    drawing = draw(tmp_path, "histogram", column=NASTY, bins=3)

    assert drawing.header == ["from", "to", "rows"]
    assert [row[2] for row in drawing.rows] == [19, 19, 20]
    assert drawing.rows[0][0] == 0
    assert drawing.rows[-1][1] == pytest.approx(57)
    assert "2 rows have no value to draw" in drawing.words


def test_histogram_of_days_tells_days(tmp_path: Path) -> None:
    drawing = draw(tmp_path, "histogram", column="day", bins=59)

    assert drawing.rows[0] == ("2024-01-01T00:00:00", "2024-01-02T00:00:00", 1)
    assert drawing.rows[-1][2] == 2


def test_bars_are_the_most_frequent_values_and_a_rest(tmp_path: Path) -> None:
    drawing = draw(tmp_path, "bar", column=KIND, most=2)

    counts = Counter(VALUES[KIND])
    missing = counts.pop(None)
    first, second = sorted(counts, key=lambda value: (-counts[value], value))[:2]
    rest = ROWS - missing - counts[first] - counts[second]
    labels = [first or "(blank)", second, "others", "missing"]
    counted = [counts[first], counts[second], rest, missing]
    assert drawing.rows == [
        (label, count, count) for label, count in zip(labels, counted, strict=True)
    ]


def test_bar_measures_a_column(tmp_path: Path) -> None:
    drawing = draw(tmp_path, "bar", column="is it", measure="mean", value=TWIN)

    expected = {
        str(kind).lower(): np.mean(
            [v for v, k in zip(VALUES[TWIN], VALUES["is it"], strict=True) if k is kind]
        )
        for kind in (True, False)
    }
    found = {row[0]: row[1] for row in drawing.rows}
    assert found == pytest.approx(expected | {"missing": 0.0})


def test_boxes_hold_quartiles_and_dots_the_rest(tmp_path: Path) -> None:
    values = [float(v) for v in range(ROWS - 1)] + [1000.0]

    drawing = CHARTS["box"].draw(source(tmp_path, **{NASTY: values}), {"value": NASTY})

    first, median, third = np.quantile(values, [0.25, 0.5, 0.75])
    assert drawing.rows == [(0.0, first, median, third, 58.0, ROWS - 1)]
    assert drawing.spec["layer"][-1]["data"]["values"] == [{"value": 1000.0, "rows": 1}]


def test_box_of_equal_values_is_a_line(tmp_path: Path) -> None:
    values = [0.5] * ROWS

    drawing = CHARTS["box"].draw(source(tmp_path, **{NASTY: values}), {"value": NASTY})

    assert drawing.rows == [(0.5, 0.5, 0.5, 0.5, 0.5, ROWS)]


@pytest.mark.parametrize(
    ("value", "written"),
    [(2007, "2007"), (-1234.5, "−1234.5"), (2.5e6, "2,500,000"), (1e20, "1e+20")],
)
def test_words_group_no_number_that_may_be_a_year(value: float, written: str) -> None:
    assert plain(value) == written


def test_line_goes_through_means(tmp_path: Path) -> None:
    drawing = draw(tmp_path, "line", x="day", measure="sum", value=TWIN, points=2)

    half = VALUES[TWIN][:30]
    assert [row[1] for row in drawing.rows] == [sum(half), sum(VALUES[TWIN][30:])]
    assert drawing.rows[0][0] == "2024-01-15T12:00:00"


@pytest.mark.parametrize(("measure", "begins"), [("rows", True), ("mean", False)])
def test_line_of_how_many_begins_at_zero(
    tmp_path: Path, measure: str, begins: bool
) -> None:
    drawing = draw(tmp_path, "line", x="day", measure=measure, value=TWIN)

    assert drawing.spec["encoding"]["y"]["scale"] == {"zero": begins}


def test_scatter_takes_every_nth_row(tmp_path: Path) -> None:
    rows = ROWS * 200

    drawing = CHARTS["scatter"].draw(source(tmp_path, rows), {"x": TWIN, "y": "day"})

    assert len(drawing.rows) == rows // 3
    assert "every 3th" not in drawing.words
    assert drawing.words.startswith("4,000 dots, one of 3 rows of 12,000")


def test_missing_map_shows_where(tmp_path: Path) -> None:
    drawing = draw(tmp_path, "missing", parts=2)

    shares = {(row[0], row[1]): row[3] for row in drawing.rows}
    assert shares["nothing", 1] == 1
    assert shares["is it", 1] == pytest.approx(1 / 30)
    assert shares["is it", 31] == 0
    assert drawing.words.startswith("4 columns miss values. Most: nothing 100.0%")


@pytest.mark.parametrize(
    ("name", "values", "parameter", "sentence"),
    [
        ("histogram", {"column": KIND}, "column", "is of the type category"),
        ("histogram", {"column": "none"}, "column", "There is no column “none”"),
        ("histogram", {"column": "nothing"}, "column", "has no values to draw"),
        ("box", {"value": "nothing"}, "value", "has no values to draw"),
        ("line", {"x": "nothing"}, "x", "has no values to draw"),
        ("scatter", {"x": "nothing", "y": TWIN}, "y", "No row has both"),
    ],
)
def test_columns_that_do_not_go_are_refused(
    tmp_path: Path, name: str, values: dict[str, Any], parameter: str, sentence: str
) -> None:
    with pytest.raises(ChartError, match=sentence) as caught:
        CHARTS[name].draw(source(tmp_path), values)

    assert caught.value.parameter == parameter


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("histogram", {}, "column is required"),
        ("histogram", {"column": TWIN, "bins": 1}, "bins must be between 2 and 200"),
        ("bar", {"column": KIND, "measure": "mean"}, "a statistic needs the column"),
        ("scatter", {"x": TWIN, "y": TWIN, "z": TWIN}, "z is not a parameter"),
    ],
)
def test_parameters_that_break_their_declaration_are_refused(
    tmp_path: Path, name: str, values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ParameterError, match=sentence):
        CHARTS[name].draw(source(tmp_path), values)


def test_missing_map_of_a_whole_table_says_so(tmp_path: Path) -> None:
    whole = Source(source(tmp_path).path, SCHEMA, ROWS, {})

    with pytest.raises(ChartError, match="No value is missing"):
        CHARTS["missing"].draw(whole, {})


@pytest.mark.parametrize("seconds", [-1e30, 1e30, 0.0])
def test_moments_outside_the_calendar_are_its_ends(seconds: float) -> None:
    assert datetime.fromisoformat(moment(seconds))
