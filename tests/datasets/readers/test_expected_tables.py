"""Real tables, cell for cell as plain readers of Python and SciPy find them.

How a file is written is stated here, not guessed: a wrong guess shows as a difference.
"""

import csv
import json
import math
import re
from datetime import date, datetime

import pyarrow.parquet as pq
import pytest
from scipy.io import arff

from datasets.monitor import SilentMonitor
from datasets.readers.importing import import_table
from datasets.readers.limits import Limits
from datasets.readers.sniff import sniff
from datasets.tables import ColumnType as T
from tests.datasets.corpus import corpus

CORPUS = corpus()
#: Encoding and delimiter of files that are not UTF-8 with commas.
WRITTEN = {
    "winequality_red_semicolon.csv": ("utf-8", ";"),
    "bank_semicolon_quoted.csv": ("utf-8", ";"),
    "bikes_latin1_semicolon.csv": ("latin-1", ";"),
    "oecd_better_life_bom.csv": ("utf-8-sig", ","),
    "unemployment.tsv": ("utf-8", "\t"),
    "cars_utf16_tab.txt": ("utf-16", "\t"),
}
TABLES = [f"{name}/*.csv" for name in ("crypto", "diabetes", "exoplanets", "stars")]
COMMENTED = ("koi_cumulative.csv", "toi.csv", "k2_planets_candidates.csv")


def files(*patterns):
    found = [path for pattern in patterns for path in sorted(CORPUS.glob(pattern))]
    return pytest.mark.parametrize("path", found, ids=lambda path: path.name)


def stored(path, target, *, as_text=False):
    """Import a file as guessed; return its names and its rows."""
    found = sniff(path, path.name)
    dialect = found.dialect
    if as_text:
        types = {name: T.TEXT for name, _ in found.columns}
        changes = {"types": types, "missing_markers": ()}
        dialect = dialect.model_copy(update=changes)
    report = import_table(
        path, target, found.format, dialect, SilentMonitor(), Limits()
    )
    columns = list(pq.read_table(target).to_pydict().values())[1:]
    return list(report.schema.names), list(zip(*columns, strict=True))


@files("tabular/*.csv", "tabular/*.tsv", "tabular/*.txt", *TABLES)
def test_cells_equal_the_csv_modules(path, tmp_path):
    encoding, delimiter = WRITTEN.get(path.name, ("utf-8", ","))
    sign = "#" if path.name in COMMENTED else "\0"
    with path.open(encoding=encoding, newline="") as file:
        lines = (line for line in file if not line.startswith(sign))
        records = list(csv.reader(lines, delimiter=delimiter))
    names = None if "noheader" in path.name else records.pop(0)

    told, rows = stored(path, tmp_path / "t.parquet", as_text=True)

    assert names is None or [n.strip() for n in names if n] == [
        told[i] for i, n in enumerate(names) if n
    ]
    wide = len(told)
    assert [[cell or "" for cell in row] for row in rows] == [
        [cell.strip(" \t") for cell in record] + [""] * (wide - len(record))
        for record in records
        if record
    ]


@files("stars/tbl/*", "stars/ogle2_dat/*/*")
def test_light_curves_equal_their_lines(path, tmp_path):
    lines = [ln for ln in path.read_text().splitlines() if not ln.startswith("#")]

    _, rows = stored(path, tmp_path / "t.parquet")

    assert rows == [tuple(map(float, line.split())) for line in lines]


def plain(value):
    """Return a stored value as JSON would hold it."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def none_if_missing(value):
    return None if value == "." else value  # a penguin of this sex is among them


RECORDS = {
    "cars_records.json": lambda text: json.loads(text),
    "barley_records.json": lambda text: json.loads(text),
    "penguins.jsonl": lambda text: [json.loads(line) for line in text.splitlines()],
    "miserables_nested.json": lambda text: json.loads(text)["nodes"],
}


@pytest.mark.parametrize("name", RECORDS)
def test_records_equal_the_json_modules(name, tmp_path):
    path = CORPUS / "tabular" / name
    expected = RECORDS[name](path.read_text())

    names, rows = stored(path, tmp_path / "t.parquet")

    assert names == list(expected[0])
    assert [dict(zip(names, map(plain, row), strict=True)) for row in rows] == [
        {name: none_if_missing(record[name]) for name in names} for record in expected
    ]


@files("exoplanets/lightcurve_json/*")
def test_light_curves_in_json_have_a_row_for_each_point(path, tmp_path):
    whole = json.loads(path.read_text())

    names, rows = stored(path, tmp_path / "t.parquet")

    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    assert list(columns["flux"]) == whole["flux"]
    assert set(columns["label"]) == {whole["label"]}


def test_arrays_in_records_are_kept_as_text(tmp_path):
    path = CORPUS / "exoplanets" / "kepler_q17_lightcurves.jsonl"
    expected = [json.loads(line) for line in path.read_text().splitlines()]

    names, rows = stored(path, tmp_path / "t.parquet")

    assert names == list(expected[0])
    assert len(rows) == len(expected)
    for row, record in zip(rows, expected, strict=True):
        for cell, value in zip(row, record.values(), strict=True):
            read = json.loads(cell) if isinstance(value, list) else cell
            assert str(read) == str(value)


def test_workbook_equals_the_csv_file_it_was_made_of(tmp_path):
    workbook = stored(CORPUS / "tabular" / "penguins.xlsx", tmp_path / "a.parquet")
    text = stored(CORPUS / "tabular" / "penguins.csv", tmp_path / "b.parquet")

    assert workbook == text


#: What SciPy does not read: text, relations, sparse records.
UNREAD = re.compile("FilterTest|Reuters|SimpleTime|medical|sparseData")


@files("arff/*.arff")
def test_cells_equal_scipys(path, tmp_path):
    if UNREAD.match(path.name):
        pytest.skip("SciPy does not read it.")
    records, meta = arff.loadarff(path)

    names, rows = stored(path, tmp_path / "t.parquet")

    assert names == meta.names()
    for row, record in zip(rows, records, strict=True):
        for cell, value in zip(row, record, strict=True):
            assert same(cell, value), (row, record)


def same(cell, value):
    if isinstance(value, bytes):
        return (cell or "?") == value.decode().strip()
    if isinstance(cell, date | datetime):
        return cell.isoformat()[:10] == str(value)[:10]
    return math.isnan(value) if cell is None else cell == pytest.approx(value)


@files("arff/medical-train.arff", "arff/sparseDataSet-train.arff")
def test_sparse_records_hold_what_their_braces_say(path, tmp_path):
    lines = [ln for ln in path.read_text().splitlines() if ln.startswith("{")]
    expected = [dict(pair.split() for pair in ln[1:-1].split(",")) for ln in lines]

    _, rows = stored(path, tmp_path / "t.parquet")

    assert [
        {str(i): float(cell) for i, cell in enumerate(row) if float(cell)}
        for row in rows
    ] == [{i: float(v) for i, v in record.items() if float(v)} for record in expected]
