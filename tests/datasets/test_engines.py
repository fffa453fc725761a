from __future__ import annotations

from datetime import date, datetime
from math import inf, nan
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from datasets.engines import engine
from datasets.engines.tape import TapeError
from datasets.tables import ROW, ColumnType, Table
from tests.datasets.comparison import BOTH, schema_of, store

if TYPE_CHECKING:
    from pathlib import Path

    from datasets.engines import Engine

SCHEMA = schema_of({"size": ColumnType.NUMBER, "city": ColumnType.CATEGORY})
VALUES = {"size": [1.5, nan, None, inf], "city": ["b", None, "a", "zz"]}
CLEAN = [(0, 1.5, "b"), (1, None, None), (2, None, "a"), (3, inf, "zz")]
BY_ID = {"c0": VALUES["size"], "c1": VALUES["city"]}


@pytest.fixture(params=BOTH)
def chosen(request: pytest.FixtureRequest) -> Engine:
    return engine(request.param)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store(tmp_path / "table.parquet", SCHEMA, VALUES)


def test_scan_reads_nan_as_missing(chosen: Engine, path: Path) -> None:
    assert chosen.rows(chosen.scan(path)) == CLEAN


def test_scan_reads_categories_as_text(chosen: Engine, path: Path) -> None:
    stored = pl.read_parquet(path).with_columns(pl.col("c1").cast(pl.Categorical))
    stored.write_parquet(path)

    frame = chosen.scan(path)

    assert chosen.rows(frame) == CLEAN
    assert frame.collect_schema()["c1"] == nw.String


def test_table_of_python_values_equals_the_scanned_file(chosen: Engine) -> None:
    table = chosen.table(BY_ID, SCHEMA)

    assert chosen.rows(table.frame) == CLEAN
    assert table.schema is SCHEMA


def test_table_holds_every_type(chosen: Engine) -> None:
    schema = schema_of({kind: kind for kind in ColumnType})
    row = (
        2**63 - 1,
        0.1,
        "a",
        "b",
        True,
        date(1, 1, 1),
        datetime(2020, 1, 2, 3, 4, 5, 6),
    )
    values = {column.id: [value] for column, value in zip(schema, row, strict=True)}

    rows = chosen.rows(chosen.table(values, schema).frame)

    assert rows == [(0, *row)]


def test_write_stores_rows_in_order(chosen: Engine, path: Path, tmp_path: Path) -> None:
    target = tmp_path / "written.parquet"
    frame = chosen.scan(path).filter(nw.col(ROW) != 1)

    chosen.write(frame, target)

    written = pl.read_parquet(target)
    assert written.rows() == [CLEAN[0], CLEAN[2], CLEAN[3]]
    assert written.columns == [ROW, "c0", "c1"]


def test_two_files_are_joined_by_row_without_holding_one(path: Path) -> None:
    one, other = (engine("polars").scan(path) for _ in range(2))

    joined = one.join(other, on=ROW).select(nw.col("c0", "c0_right").sum())
    plan = joined.to_native().show_graph(
        engine="streaming", plan_stage="physical", raw_output=True, show=False
    )

    assert "merge-join" in plan


def test_keep_computes_once(chosen: Engine, path: Path) -> None:
    kept = chosen.keep(chosen.scan(path))
    path.unlink()

    assert chosen.rows(kept) == CLEAN


def test_encode_gives_the_place_of_each_value(chosen: Engine, path: Path) -> None:
    frame = chosen.encode(chosen.scan(path), "c1", ["a", "b"])

    assert chosen.rows(frame.select("c1")) == [(1,), (None,), (0,), (None,)]


def test_forward_fill_takes_the_last_value_above(chosen: Engine, path: Path) -> None:
    frame = chosen.forward_fill(chosen.scan(path), ["c0", "c1"])

    rows = chosen.rows(frame.sort(ROW))

    assert rows == [(0, 1.5, "b"), (1, 1.5, "b"), (2, 1.5, "a"), (3, inf, "zz")]


def test_compile_repeats_every_operation_on_new_rows(chosen: Engine) -> None:
    def transform(table: Table) -> Table:
        frame = table.frame.filter(~nw.col("c0").is_null())
        frame = frame.with_columns(nw.col("c0") * 2, (nw.col("c0") + 1).alias("c2"))
        frame = frame.drop("c1").rename({"c2": "c1"}).select(ROW, "c1", "c0")
        return Table(frame, schema_of(dict.fromkeys("ab", ColumnType.NUMBER)))

    compiled = chosen.compile(SCHEMA, transform)

    assert compiled(BY_ID) == {ROW: [0, 3], "c0": [3.0, inf], "c1": [2.5, inf]}
    assert compiled({"c0": [4], "c1": ["x"]}) == {ROW: [0], "c0": [8.0], "c1": [5.0]}
    assert compiled({"c0": [], "c1": []}) == {ROW: [], "c0": [], "c1": []}


def test_compile_refuses_what_cannot_be_repeated() -> None:
    def transform(table: Table) -> Table:
        return Table(table.frame.sort("c0"), table.schema)

    with pytest.raises(TapeError, match="Tape holds an operation that is not noted"):
        engine("polars").compile(SCHEMA, transform)


def test_compile_refuses_a_chain_with_a_gap() -> None:
    def transform(table: Table) -> Table:
        frame = table.frame.sort("c0").with_columns(nw.col("c0") + 1)
        return Table(frame, table.schema)

    with pytest.raises(TapeError, match="Tape holds an operation that is not noted"):
        engine("polars").compile(SCHEMA, transform)


def test_duckdb_stays_within_its_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.parquet"
    rows = pl.int_range(1_000_000, eager=True).alias(ROW)
    rows.to_frame().with_columns(c0=pl.col(ROW).hash()).write_parquet(path)
    small = engine("duckdb", memory_mb=10, threads=1)

    with pytest.raises(Exception, match="Out of Memory Error"):
        small.keep(small.scan(path).sort("c0"))
