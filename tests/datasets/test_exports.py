"""Files that go out: whole, named as people named them, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile

import polars as pl
import pyarrow.parquet as pq
import pytest
from pyarrow import parquet
from python_calamine import CalamineWorkbook

from datasets.exports import formula_free, neutral, outgoing, xlsx
from datasets.exports.catalogue import FORMATS
from datasets.exports.outgoing import Outgoing, TooLargeError
from datasets.monitor import SilentMonitor
from datasets.readers.importing import import_table
from datasets.readers.limits import Limits
from datasets.readers.sniff import sniff
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
#: One column of each type, two of text that would like to be numbers.
TYPED = r'''day,moment,exact,whole,real,round,yes,kind,code,said
2024-03-01,2024-03-01 12:30,2024-03-01 12:30:00.250,1,1.5,2.0,true,a b,007,"a ""b's"""
2024-03-02,,2024-03-02 00:00:01.500,-9007199254740993,1e-7,3.0,false,"a,b",012,"two
lines"
,2024-03-03 01:02:03,,,,,,a b,,100 %
2024-12-31,2024-03-04 23:59:59,2024-03-05 00:00:00.125,4,-0.25,1e300,true,{x},000,c\d
2024-12-30,2024-03-05 23:59:59,2024-03-05 00:00:00,5,0.1,4.0,true,{x},0123,=1+1
2024-12-29,2024-03-06 23:59:59,2024-03-05 00:00:00,6,7.0,4.0,true,%y,0124,日本 🎈
'''


def sheet_of(content: bytes) -> list[list[object]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return workbook.get_sheet_by_name("Data").to_python(skip_empty_area=False)


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


@pytest.fixture
def empty(tmp_path):
    """A table without rows."""
    frame = pl.DataFrame(schema={"_row": pl.Int64, "c0": pl.String})
    frame.write_parquet(tmp_path / "empty.parquet")
    schema = Schema((Column("c0", "a", ColumnType.TEXT),))
    return Outgoing(tmp_path / "empty.parquet", schema)


def sent(table: Outgoing, name: str) -> bytes:
    return b"".join(FORMATS[name].stream(table))


def rows_of(path, *, is_for_programs: bool) -> list[list[str]]:
    table = Outgoing(path, SCHEMA, is_for_programs=is_for_programs)
    text = sent(table, "csv").decode()
    return list(csv.reader(io.StringIO(text, newline="")))


def stored(source, folder):
    """Import a file as guessed; return the table and what is in it."""
    found = sniff(source, source.name)
    target = folder / f"{source.name}.parquet"
    report = import_table(
        source, target, found.format, found.dialect, SilentMonitor(), Limits()
    )
    columns = list(pq.read_table(target).to_pydict().values())[1:]
    cells = dict(zip(report.schema.names, columns, strict=True))
    return Outgoing(target, report.schema, name="It's a “table”"), cells


@pytest.mark.parametrize("name", FORMATS)
def test_table_read_back_has_the_same_cells_and_types(name, tmp_path):
    (tmp_path / "typed.csv").write_text(TYPED)
    table, cells = stored(tmp_path / "typed.csv", tmp_path)
    assert {column.type for column in table.schema} == set(ColumnType)

    (tmp_path / f"out.{name}").write_bytes(sent(table, name))
    again, found = stored(tmp_path / f"out.{name}", tmp_path)

    if name == "arff":  # which has no boolean
        cells["yes"] = [v if v is None else str(v).lower() for v in cells["yes"]]
        retyped = {"yes": ColumnType.CATEGORY}
        assert again.schema == table.schema.retype(retyped)
    else:
        assert again.schema == table.schema
    assert found == cells


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "xlsx"])
def test_pieces_fit_together(name, path, tmp_path, monkeypatch):
    whole = sent(Outgoing(path, SCHEMA), name)
    monkeypatch.setattr(outgoing, "PIECE_CELLS", 8)
    table = Outgoing(path, SCHEMA)

    pieces = list(FORMATS[name].stream(table))

    assert len(pieces) > 8
    if name == "parquet":
        read = parquet.read_table(io.BytesIO(b"".join(pieces)))
        assert read.equals(parquet.read_table(io.BytesIO(whole)))
    else:
        assert b"".join(pieces) == whole


@pytest.mark.parametrize("name", FORMATS)
def test_table_without_rows_keeps_its_names(name, empty):
    found = sent(empty, name)

    if name == "parquet":
        assert parquet.read_table(io.BytesIO(found)).column_names == ["a"]
    elif name == "xlsx":
        assert sheet_of(found) == [["a"]]
    else:
        assert (
            found
            == {
                "csv": b'"a"\n',
                "json": b"[\n\n]\n",
                "jsonl": b"",
                "arff": b"@relation 'table'\n\n@attribute 'a' string\n\n@data\n",
            }[name]
        )


def test_csv_for_people_has_no_formula(path):
    header, *rows = rows_of(path, is_for_programs=False)

    assert header[0] == '\'=bad, "name"\n'
    assert [row[0] for row in rows[: len(FORMULAS)]] == [f"'{f}" for f in FORMULAS]
    assert [row[0] for row in rows[len(FORMULAS) :]] == [*PLAIN, ""]
    assert [row[1:] for row in rows] == [["-1.5", "-5", "true"]] * (len(rows) - 1) + [
        ["", "-5", "true"]
    ]


def test_csv_for_programs_has_every_value_as_it_is(path):
    header, *rows = rows_of(path, is_for_programs=True)

    assert header[0] == '=bad, "name"\n'
    assert [row[0] for row in rows] == [*FORMULAS, *PLAIN, ""]


def test_parquet_has_names_and_no_hidden_column(path):
    table = parquet.read_table(io.BytesIO(sent(Outgoing(path, SCHEMA), "parquet")))

    assert table.column_names == list(SCHEMA.names)
    assert table.column(0).to_pylist() == [*FORMULAS, *PLAIN, None]


def test_json_has_a_record_a_line_and_null_for_missing(path):
    records = json.loads(sent(Outgoing(path, SCHEMA), "json"))
    lines = sent(Outgoing(path, SCHEMA), "jsonl").decode().splitlines()

    assert [json.loads(line) for line in lines] == records
    assert records[0] == {'=bad, "name"\n': "=1+1", "n": -1.5, "whole": -5, "yes": True}
    assert records[-1]["n"] is None


def test_arff_says_what_is_known_of_each_column(tmp_path):
    moments = [datetime.datetime(2024, 3, 1, 12, 30, 0, 500_999), None]
    columns = {"c0": ["b\n", "a'"], "c1": moments, "c2": [2.0, 1.0]}
    frame = pl.DataFrame({"_row": [0, 1], **columns})
    frame.write_parquet(tmp_path / "table.parquet")
    schema = Schema(
        (
            Column("c0", "kind", ColumnType.CATEGORY),
            Column("c1", "the moment", ColumnType.DATETIME),
            Column("c2", "n", ColumnType.NUMBER),
        )
    )

    found = sent(Outgoing(tmp_path / "table.parquet", schema), "arff").decode()

    assert found.splitlines() == [
        "@relation 'table'",
        "",
        r"@attribute 'kind' {'a\'','b\n'}",
        "@attribute 'the moment' date 'yyyy-MM-dd HH:mm:ss.SSS'",
        "@attribute 'n' real",
        "",
        "@data",
        r"'b\n','2024-03-01 12:30:00.500',2.0",
        r"'a\'',?,1.0",
    ]


def test_categories_without_end_go_out_as_text(tmp_path):
    frame = pl.DataFrame({"_row": range(1_001), "c0": [f"v{n}" for n in range(1_001)]})
    frame.write_parquet(tmp_path / "table.parquet")
    schema = Schema((Column("c0", "kind", ColumnType.CATEGORY),))

    found = sent(Outgoing(tmp_path / "table.parquet", schema), "arff").decode()

    assert "@attribute 'kind' string\n" in found


def test_workbook_holds_text_as_text_and_numbers_to_the_last_digit(tmp_path):
    texts = ["=1+1", "@x", "<r>&</r>", "<r><broken</r>", " a\n", "https://example.com"]
    numbers = [0.1 + 0.2, 1e300, -5e-324, float("inf"), 2.0, None]
    days = [datetime.date(1899, 1, 2), datetime.date(1900, 3, 1), *[None] * 4]
    columns = {"c0": texts, "c1": numbers, "c2": days}
    frame = pl.DataFrame({"_row": range(6), **columns})
    frame.write_parquet(tmp_path / "table.parquet")
    schema = Schema(
        (
            Column("c0", "=said", ColumnType.TEXT),
            Column("c1", "n", ColumnType.NUMBER),
            Column("c2", "day", ColumnType.DATE),
        )
    )

    content = sent(Outgoing(tmp_path / "table.parquet", schema), "xlsx")
    head, *rows = sheet_of(content)
    marks = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")

    assert head == ["=said", "n", "day"]
    assert [row[0] for row in rows] == texts
    assert [row[1] for row in rows] == [*numbers[:3], "inf", 2.0, ""]
    assert [row[2] for row in rows][:2] == ["1899-01-02", datetime.date(1900, 3, 1)]
    assert b"<f>" not in marks


@pytest.mark.parametrize(
    ("limit", "most", "sentence"),
    [
        ("MOST_ROWS", 17, "has 17 rows, one of them for the names; this table has"),
        ("MOST_COLUMNS", 3, "has 3 columns; this table has 4"),
        ("MOST_CELLS", 67, "more than 67 cells"),
    ],
)
def test_workbook_too_large_is_refused_before_it_begins(
    limit, most, sentence, path, monkeypatch
):
    monkeypatch.setattr(xlsx, limit, most)

    with pytest.raises(TooLargeError, match=sentence):
        next(FORMATS["xlsx"].stream(Outgoing(path, SCHEMA)))


def test_text_longer_than_a_cell_is_refused_with_its_place(tmp_path):
    frame = pl.DataFrame({"_row": [0, 1], "c0": ["a", "x" * 32_768]})
    frame.write_parquet(tmp_path / "table.parquet")
    schema = Schema((Column("c0", "said", ColumnType.TEXT),))

    with pytest.raises(TooLargeError, match="“said” has a longer text in row 2"):
        sent(Outgoing(tmp_path / "table.parquet", schema), "xlsx")


def test_single_cells_are_made_harmless_alike():
    assert [formula_free(text) for text in FORMULAS] == [f"'{f}" for f in FORMULAS]
    assert [formula_free(text) for text in PLAIN] == PLAIN
    assert [neutral(value) for value in (-1.5, None, "=1")] == [-1.5, None, "'=1"]
