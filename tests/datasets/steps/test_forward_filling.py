from __future__ import annotations

from datetime import date
from math import nan
from typing import TYPE_CHECKING

import pytest

from datasets.engines import engine
from datasets.recipes import StepSpec, fit_recipe, replay
from datasets.steps.base import StepError
from datasets.tables import ColumnType, Table
from tests.datasets.comparison import BOTH, fit_on_both, schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = schema_of(
    {"size": ColumnType.NUMBER, "city": ColumnType.CATEGORY, "born": ColumnType.DATE}
)
FILL = StepSpec(step="forward_fill", columns=SCHEMA.names)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    values = {
        "size": [nan, 1.5, None, nan, 2.0],
        "city": ["b", None, "a", None, None],
        "born": [None, None, date(2020, 1, 2), None, None],
    }
    return store(tmp_path / "table.parquet", SCHEMA, values)


def test_forward_fill_repeats_the_value_above(path: Path) -> None:
    fitted, rows = fit_on_both(path, SCHEMA, [FILL])

    day = date(2020, 1, 2)
    assert [row[1] for row in rows] == [None, 1.5, 1.5, 1.5, 2.0]
    assert [row[2] for row in rows] == ["b", "b", "a", "a", "a"]
    assert [row[3] for row in rows] == [None, None, day, day, day]
    assert fitted.steps[0].state == {"size": 2.0, "city": "a", "born": "2020-01-02"}


@pytest.mark.parametrize("name", BOTH)
def test_new_rows_get_the_last_value_and_none_of_each_other(
    path: Path, name: str
) -> None:
    fitted, _ = fit_on_both(path, SCHEMA, [FILL])
    chosen = engine(name)
    new = {"c0": [7.0, None], "c1": ["z", None], "c2": [None, None]}

    rows = chosen.rows(replay(fitted, chosen.table(new, SCHEMA), chosen).frame)

    day = date(2020, 1, 2)
    assert rows == [(0, 7.0, "z", day), (1, 2.0, "a", day)]


def test_rows_a_model_learns_from_keep_no_gap(path: Path) -> None:
    polars = engine("polars")
    table = Table(polars.scan(path), SCHEMA)

    _, after = fit_recipe([FILL], table, polars, for_model=True)

    assert [row[1] for row in polars.rows(after.frame)] == [2.0, 1.5, 1.5, 1.5, 2.0]


def test_forward_fill_without_any_value_is_refused(tmp_path: Path) -> None:
    schema = schema_of({"size": ColumnType.NUMBER})
    path = store(tmp_path / "empty.parquet", schema, {"size": [None, nan]})

    with pytest.raises(StepError, match="“size” has no values at all") as caught:
        fit_on_both(path, schema, [StepSpec(step="forward_fill", columns=("size",))])

    assert caught.value.code == "all_missing"
