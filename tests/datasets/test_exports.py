"""Files that go out: whole, named as people named them, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from pyarrow import parquet

from datasets.exports import formula_free, neutral, stream_csv, write_parquet
from datasets.tables import Column, ColumnType, Schema

FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\u00a0=1", "\n=1"]
PLAIN = ["a", "", "1=1", "a-b", "é=", "’=1", "'=1"]
SCHEMA = Schema(
    (
        Column("c0", "=bad, \"name\"\n", ColumnType.TEXT),
        Column("c1", "n", ColumnType.NUMBER),
        Column("c2", "whole", ColumnType.INTEGER),
        Column("c3", "yes", ColumnType.BOOLEAN),
    )
)  # fmt: skip


@pytest.fixture
def path(tmp_path):
    texts = [*FORMULAS, *PLAIN, None]
    rows = len(texts)
    frame = pl.DataFrame(
        {
            "_row": range(rows),
            "c0": texts,
            "c1": [-1.5] * (rows - 1) + [None],
            "c2": [-5] * rows,
            "c3": [True] * rows,
        }
    )
    frame.write_parquet(tmp_path / "table.parquet")
    return tmp_path / "table.parquet"


def read(path, *, neutralise: bool) -> list[list[str]]:
    text = b"".join(stream_csv(path, SCHEMA, neutralise=neutralise)).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def test_csv_for_people_has_no_formula(path):
    header, *rows = read(path, neutralise=True)

    assert header[0] == '\'=bad, "name"\n'
    assert [row[0] for row in rows[: len(FORMULAS)]] == [f"'{f}" for f in FORMULAS]
    assert [row[0] for row in rows[len(FORMULAS) :]] == [*PLAIN, ""]
    assert [row[1:] for row in rows] == [["-1.5", "-5", "true"]] * (len(rows) - 1) + [
        ["", "-5", "true"]
    ]


def test_csv_for_programs_has_every_value_as_it_is(path):
    header, *rows = read(path, neutralise=False)

    assert header[0] == '=bad, "name"\n'
    assert [row[0] for row in rows] == [*FORMULAS, *PLAIN, ""]


def test_csv_of_an_empty_table_has_its_header(tmp_path):
    frame = pl.DataFrame(schema={"_row": pl.Int64, "c0": pl.String})
    frame.write_parquet(tmp_path / "empty.parquet")
    schema = Schema((Column("c0", "a", ColumnType.TEXT),))

    found = b"".join(stream_csv(tmp_path / "empty.parquet", schema, neutralise=True))

    assert found == b'"a"\n'


def test_parquet_has_names_and_no_hidden_column(path, tmp_path):
    write_parquet(path, SCHEMA, tmp_path / "out.parquet")

    table = parquet.read_table(tmp_path / "out.parquet")
    assert table.column_names == list(SCHEMA.names)
    assert table.column(0).to_pylist() == [*FORMULAS, *PLAIN, None]


def test_single_cells_are_made_harmless_alike():
    assert [formula_free(text) for text in FORMULAS] == [f"'{f}" for f in FORMULAS]
    assert [formula_free(text) for text in PLAIN] == PLAIN
    assert [neutral(value) for value in (-1.5, None, "=1")] == [-1.5, None, "'=1"]
