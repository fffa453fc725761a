"""The difference of two versions: what it tells, and that it tells all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.alike import alike, spans
from datasets.comparison import Bounds, Side, compare
from datasets.difference import Example
from datasets.engines.polars_engine import DTYPES
from datasets.tables import ROW, ROW_GROUP, Column, ColumnType, Schema

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from datasets.difference import Difference

    Cells = dict[str, Any]

INTEGER, NUMBER, TEXT = ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.TEXT
EVERYTHING = Bounds(examples=1000, shown=1000)


def side(path: Path, columns: Sequence[Column], rows: dict[int, Cells]) -> Side:
    """Store rows, by their number, of values by column name."""
    series = [pl.Series(ROW, list(rows), dtype=pl.Int64)]
    for column in columns:
        values = [row[column.name] for row in rows.values()]
        series.append(pl.Series(column.id, values, dtype=DTYPES[column.type]))
    pl.DataFrame(series).write_parquet(path, row_group_size=ROW_GROUP)
    return Side(path, Schema(tuple(columns)))


NASTY = '\'; DROP TABLE "x" --\n<b>'
BEFORE = [
    Column("c0", "size", INTEGER),
    Column("c1", NASTY, TEXT),
    Column("c2", "gone", NUMBER),
    Column("c3", "old", INTEGER),
]
AFTER = [
    Column("c0", "size", NUMBER),
    Column("c1", NASTY, TEXT),
    Column("c4", "new", TEXT),
    Column("c3", "young", INTEGER),
]
ROWS = {
    row: {"size": row, NASTY: text, "gone": 0.5, "old": 9}
    for row, text in enumerate(["a", None, "c", "d"])
}


@pytest.fixture
def both(tmp_path: Path) -> tuple[Side, Side]:
    changed = {
        0: {"size": 0.0, NASTY: "a", "new": "x", "young": 9},
        1: {"size": 1.0, NASTY: "b", "new": "y", "young": 9},
        3: {"size": None, NASTY: None, "new": "y", "young": 9},
        7: {"size": 7.5, NASTY: "z", "new": None, "young": 9},
    }
    return (
        side(tmp_path / "before.parquet", BEFORE, ROWS),
        side(tmp_path / "after.parquet", AFTER, changed),
    )


def test_difference_tells_columns_rows_and_cells(both: tuple[Side, Side]) -> None:
    found = compare(*both)

    assert [column.name for column in found.added] == ["new"]
    assert [column.name for column in found.removed] == ["gone"]
    assert found.renamed == {"old": "young"}
    assert found.retyped == {"size": (INTEGER, NUMBER)}
    assert (found.rows_before, found.rows_after, found.rows_kept) == (4, 4, 3)
    assert (found.rows_removed, found.rows_added, found.rows_changed) == (1, 1, 2)
    assert found.cells == {NASTY: 2, "size": 1}
    assert found.is_complete
    assert not found.is_nothing
    assert [example.row for example in found.changed_rows] == [1, 3, 0]
    assert found.changed_rows[1] == Example(
        3, {NASTY: "d", "size": 3, "gone": 0.5}, {NASTY: None, "size": None, "new": "y"}
    )
    assert found.removed_rows == [Example(2, ROWS[2], {})]
    assert [example.after["size"] for example in found.added_rows] == [7.5]


def test_a_column_known_by_another_name_is_compared(both: tuple[Side, Side]) -> None:
    found = compare(*both, renamed={"gone": "new", "size": "young", "x": NASTY})

    assert found.renamed == {"gone": "new", "old": "young"}
    assert (found.added, found.removed) == ((), ())
    assert found.retyped["new"] == (NUMBER, TEXT)
    assert found.cells["new"] == 3
    assert found.changed_rows[0].before["gone"] == 0.5


def test_difference_back_is_the_mirror_image(both: tuple[Side, Side]) -> None:
    there, back = compare(*both), compare(*reversed(both))

    assert (back.added, back.removed) == (there.removed, there.added)
    assert (back.cells, back.rows_added) == (there.cells, there.rows_removed)
    assert [e.before for e in back.added_rows] == [{}]


def test_one_column_shows_rows_where_it_changed(both: tuple[Side, Side]) -> None:
    found = compare(*both, column="size")

    assert found.changed_rows == [Example(3, {"size": 3, "gone": 0.5},
                                          {"size": None, "new": "y"})]  # fmt: skip
    assert compare(*both, column="new").changed_rows == []


def test_a_table_differs_in_nothing_from_itself(both: tuple[Side, Side]) -> None:
    found = compare(both[0], both[0])

    assert found.is_nothing
    assert found.is_complete
    assert found.changed_rows == found.removed_rows == found.added_rows == []


def test_columns_of_the_same_bytes_are_alike(both: tuple[Side, Side]) -> None:
    before, after = both

    assert alike(before.path, before.path) == {ROW, "c0", "c1", "c2", "c3"}
    assert alike(before.path, after.path) == frozenset()


def many(path: Path, rows: int, moved: int, every: int = 1) -> Side:
    """Store rows of two numbers, each `every`-th one; `moved` of them are larger."""
    numbers = pl.arange(0, rows, every, eager=True).alias(ROW)
    values = (numbers + (numbers < moved)).cast(pl.Float64)
    frame = pl.DataFrame([numbers, values.alias("c0"), numbers.alias("c1")])
    frame.write_parquet(path, row_group_size=ROW_GROUP)
    columns = (Column("c0", "moved", NUMBER), Column("c1", "same", INTEGER))
    return Side(path, Schema(columns))


def test_a_large_table_is_compared_in_parts_spread_over_it(tmp_path: Path) -> None:
    rows = 5 * ROW_GROUP
    before = many(tmp_path / "before.parquet", rows, 0)
    after = many(tmp_path / "after.parquet", rows, rows - 10)

    whole = compare(before, after)
    some = compare(before, after, Bounds(bytes=rows * 10))

    assert alike(before.path, after.path) == {ROW, "c1"}
    assert (whole.cells, whole.is_complete) == ({"moved": rows - 10}, True)
    assert (some.rows_kept, some.rows_compared) == (rows, 3 * ROW_GROUP)
    assert some.cells == {"moved": 3 * ROW_GROUP - 10}
    assert not some.is_complete


def test_parts_cover_a_table_with_few_rows_left(tmp_path: Path) -> None:
    rows = 3 * ROW_GROUP
    before = many(tmp_path / "before.parquet", rows, 0)
    after = many(tmp_path / "after.parquet", rows, rows, every=1000)

    found = compare(before, after)

    assert len(spans(before.path)) == 3
    assert len(spans(after.path)) == 1
    assert (found.rows_kept, found.rows_removed) == (300, rows - 300)
    assert found.cells == {"moved": 300}
    assert [example.row for example in found.removed_rows[:2]] == [1, 2]


def test_no_more_columns_are_shown_than_fit(tmp_path: Path) -> None:
    columns = [Column(f"c{place}", f"x{place}", INTEGER) for place in range(450)]
    rows = {row: {c.name: row for c in columns} for row in range(2)}
    changed = {0: dict.fromkeys(rows[0], 5), 1: rows[1]}
    before = side(tmp_path / "before.parquet", columns, rows)
    after = side(tmp_path / "after.parquet", columns, changed)

    found = compare(before, after)

    assert (found.cells_changed, found.rows_changed) == (450, 1)
    assert len(found.changed_rows[0].before) == Bounds().shown


def test_an_empty_table_is_compared(tmp_path: Path) -> None:
    before = side(tmp_path / "before.parquet", BEFORE, ROWS)
    after = side(tmp_path / "after.parquet", BEFORE, {})

    found = compare(before, after)

    assert (found.rows_removed, found.rows_kept, found.cells) == (4, 0, {})
    assert compare(after, after).is_nothing


CELLS = st.one_of(st.none(), st.integers(-3, 3))


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Column], dict[int, Cells]]:
    """A table with some of a few rows and columns, of integers or their text."""
    names = draw(st.lists(st.sampled_from("abcde"), unique=True, max_size=4))
    ids = draw(st.permutations([f"c{place}" for place in range(5)]))
    types = [draw(st.sampled_from([INTEGER, NUMBER, TEXT])) for _ in names]
    columns = [Column(*parts) for parts in zip(ids, names, types, strict=False)]
    numbers = draw(st.lists(st.integers(0, 6), unique=True).map(sorted))
    return columns, {
        row: {c.name: as_type(draw(CELLS), c.type) for c in columns} for row in numbers
    }


def as_type(value: Any, type: ColumnType) -> Any:
    if value is None:
        return None
    return {INTEGER: int, NUMBER: float, TEXT: str}[type](value)


def applied(found: Difference, rows: dict[int, Cells]) -> dict[int, Cells]:
    """Do to rows what the difference says."""
    gone = {example.row for example in found.removed_rows}
    removed = {column.name for column in found.removed}
    changed = {e.row: e.after for e in found.changed_rows}
    result = {
        row: {
            found.renamed.get(name, name): value
            for name, value in cells.items()
            if name not in removed
        }
        | changed.get(row, {})
        for row, cells in rows.items()
        if row not in gone
    }
    result |= {example.row: example.after for example in found.added_rows}
    return result


def told(rows: dict[int, Cells]) -> dict[int, Cells]:
    """Return the cells so that equal numbers, be they text, are equal."""
    return {
        row: {name: str(value).removesuffix(".0") for name, value in cells.items()}
        for row, cells in sorted(rows.items())
    }


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(before=tables(), after=tables())
def test_the_difference_applied_to_one_table_gives_the_other(
    tmp_path: Path,
    before: tuple[list[Column], dict[int, Cells]],
    after: tuple[list[Column], dict[int, Cells]],
) -> None:
    one = side(tmp_path / "before.parquet", *before)
    other = side(tmp_path / "after.parquet", *after)

    found = compare(one, other, EVERYTHING)

    assert told(applied(found, before[1])) == told(after[1])
