"""Counting what differs between two tables, on both engines."""

from __future__ import annotations

import pytest

from datasets.changes import count_changes
from datasets.engines import engine
from datasets.tables import Column, ColumnType, Schema, Table
from tests.datasets.comparison import BOTH

BEFORE = Schema(
    (
        Column("c0", "a", ColumnType.INTEGER),
        Column("c1", "b", ColumnType.TEXT),
    )
)
VALUES = {"c0": [1, None, 3, 4], "c1": ["x", "y", None, "z"]}


@pytest.fixture(params=BOTH)
def chosen(request):
    return engine(request.param)


def changes(chosen, values, schema=BEFORE, names=("a", "b")):
    before = chosen.table(VALUES, BEFORE)
    return count_changes(before, chosen.table(values, schema), names, chosen)


def test_equal_tables_have_no_change(chosen):
    found = changes(chosen, VALUES)

    assert (found.rows_changed, found.cells_changed) == (0, 0)
    assert found.cells == {"a": 0, "b": 0}


def test_filled_and_emptied_cells_count(chosen):
    found = changes(chosen, {"c0": [1, 2, 3, 4], "c1": ["x", None, None, "w"]})

    assert found.cells == {"a": 1, "b": 2}
    assert (found.rows_changed, found.cells_changed) == (2, 3)


def test_numbers_are_equal_whatever_their_type(chosen):
    schema = BEFORE.retype({"a": ColumnType.NUMBER})

    found = changes(chosen, {**VALUES, "c0": [1.0, None, 3.0, 4.5]}, schema)

    assert found.cells["a"] == 1


def test_other_types_are_compared_as_text(chosen):
    schema = BEFORE.retype({"a": ColumnType.TEXT})

    found = changes(chosen, {**VALUES, "c0": ["1", None, "3", "four"]}, schema)

    assert found.cells["a"] == 1


def test_dropped_rows_are_changed_rows(chosen):
    before = chosen.table(VALUES, BEFORE)
    after = Table(before.frame.head(3), BEFORE)

    found = count_changes(before, after, ["a"], chosen)

    assert (found.rows_before, found.rows_after, found.rows_changed) == (4, 3, 1)


def test_columns_that_are_gone_are_not_compared(chosen):
    schema = Schema((BEFORE.columns[1],))
    before = chosen.table(VALUES, BEFORE)
    after = Table(before.frame.select("_row", "c1"), schema)

    assert count_changes(before, after, ["a", "b"], chosen).cells == {"b": 0}
