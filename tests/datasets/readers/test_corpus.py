"""A folder of real and of nasty files: what readers make of each."""

import json

import pyarrow.parquet as pq
import pytest

from datasets.monitor import SilentMonitor
from datasets.readers.errors import ReaderError
from datasets.readers.importing import import_table
from datasets.readers.limits import Limits
from datasets.readers.sniff import sniff
from datasets.tables import ColumnType as T
from tests.datasets.corpus import corpus

CORPUS = corpus()
NASTY = CORPUS / "nasty"

INT, NUM, CAT, TXT, YES, DAY = (
    T.INTEGER,
    T.NUMBER,
    T.CATEGORY,
    T.TEXT,
    T.BOOLEAN,
    T.DATE,
)
#: Rows and types of files that are read; None where the types are too many to list.
READ = {
    "UPPER CASE.CSV": (20, None),
    "all_missing_column.csv": (40, [INT, TXT, CAT]),
    "big_ints.csv": (28, [TXT, CAT]),
    "booleans_zoo.csv": (40, [YES, CAT, CAT, CAT, INT]),
    "class_with_one_member.csv": (40, [INT, INT, INT, CAT]),
    "comment_lines.csv": (30, [INT, INT, INT, CAT]),
    "constant_column.csv": (40, [INT, INT, CAT]),
    "cr_only.csv": (20, [INT, INT, INT, CAT]),
    "crlf.csv": (20, [INT, INT, INT, CAT]),
    "dates_mixed.csv": (40, [DAY, DAY, DAY, CAT]),
    "duplicate_columns.csv": (40, [INT, INT, INT, INT, CAT]),
    "empty_column_names.csv": (40, [INT, INT, INT, CAT]),
    "formula_injection.csv": (24, [INT, CAT, CAT]),
    "gigantic_field.csv": (2, [INT, TXT, CAT]),
    "html_script_columns.csv": (40, None),
    "id_and_leak.csv": (80, [INT, NUM, CAT, CAT]),
    "inf_nan.csv": (20, [NUM, INT, CAT]),
    "invalid_utf8.csv": (3, [INT, TXT, CAT]),
    "missing_tokens.csv": (40, [INT, CAT, CAT]),
    "mixed_types.csv": (48, [CAT, CAT]),
    "naughty_strings.csv": (515, [INT, TXT, CAT]),
    "newlines_in_cells.csv": (20, [INT, CAT, CAT]),
    "no_extension": (20, None),
    "nul_bytes.csv": (3, [INT, INT, CAT]),
    "padded.csv": (40, [INT, INT, INT, CAT]),
    "pipe.csv": (30, [INT, INT, INT, CAT]),
    "semicolon_decimal_comma.csv": (40, [NUM, NUM, CAT]),
    "sep_line_excel.csv": (30, [INT, INT, INT, CAT]),
    "single_class_target.csv": (40, [INT, INT, INT, CAT]),
    "single_column.csv": (30, [INT]),
    "single_row.csv": (1, [INT, INT, INT, CAT]),
    "späce & ünïcode (1).csv": (20, None),
    "sql_like_columns.csv": (40, [INT, INT, INT, INT, CAT]),
    "thousands_currency_percent.csv": (40, [TXT, TXT, TXT, CAT]),
    "unicode_tricks.csv": (20, [INT, INT, INT, INT, INT, INT, INT, CAT, CAT]),
    "utf16le_bom.csv": (2, [INT, INT, CAT]),
    "utf8_bom.csv": (20, [INT, INT, INT, CAT]),
    "wide_10000_columns.csv": (6, None),
    "xlsx_renamed.csv": (3, [INT, CAT]),
    "arff_renamed.csv": (2, None),
    "header_bomb.arff": (1, None),
    "no_relation.arff": (1, [INT, CAT, CAT]),
    "sparse_small.arff": (4, [INT, NUM, CAT, CAT]),
    "valid_odd_layout.arff": (3, [NUM, CAT, CAT]),
    "columns_orient.json": (2, [INT, CAT]),
    "nan_infinity.json": (2, [INT, NUM, CAT]),
    "uneven_records.json": (4, [TXT, CAT, INT, INT]),
}
REFUSED = {
    "empty.csv": "The file is empty",
    "header_only.csv": "a header but no rows",
    "html_table_renamed.csv": "This is a web page",
    "png_renamed.csv": "This is an image",
    "ragged_long_rows.csv": "Line 3 has 6 cells where 4 are expected",
    "ragged_short_rows.csv": "Line 3 has 2 cells where 4 are expected",
    "stray_quotes.csv": "Line 4: text follows a closing quote",
    "text_prose.csv": "do not fit the table|Line 2",
    "unclosed_quote.csv": "Line 3: a quote is opened here and never closed",
    "attributes_only_no_rows.arff": "a header but no rows",
    "empty.arff": "The file is empty",
    "no_data_section.arff": "The header has no line @data: after 4 lines",
    "undeclared_nominal.arff": "the first in line 7: “r”",
    "wrong_number_of_values.arff": "Line 7 has 2 cells where 3 are expected",
    "bad_line.jsonl": "Line 2, sign 16: this is no JSON",
    "deeply_nested.json": "Line 1: more than 200 brackets are open",
    "empty_array.json": "There are no records in this file",
    "scalar_root.json": "There is only a single value here",
    "truncated.json": "ends before what begins in line 1 is complete",
}


def taken(path, target, **changes):
    found = sniff(path, path.name)
    dialect = found.dialect.model_copy(update=changes)
    return found, import_table(
        path, target, found.format, dialect, SilentMonitor(), Limits()
    )


def test_every_nasty_file_has_an_outcome():
    files = {path.name for path in NASTY.iterdir() if path.is_file()}

    assert files == set(READ) | set(REFUSED)


@pytest.mark.parametrize("name", READ)
def test_nasty_file_is_read(name, tmp_path):
    rows, types = READ[name]

    found, report = taken(NASTY / name, tmp_path / "t.parquet")

    assert report.rows_count == rows
    assert len(found.rows) == min(rows, 20)
    assert len(set(report.schema.names)) == len(report.schema)
    if types is not None:
        assert [column.type for column in report.schema] == types


@pytest.mark.parametrize("name", REFUSED)
def test_nasty_file_is_refused(name, tmp_path):
    with pytest.raises(ReaderError, match=REFUSED[name]):
        taken(NASTY / name, tmp_path / "t.parquet")

    assert not list(tmp_path.iterdir())


# The expectation of location_coordinates is another file's.
@pytest.mark.parametrize(
    "path",
    sorted((NASTY / "csv_spectrum" / "csvs").glob("[!l]*.csv")),
    ids=lambda p: p.stem,
)
def test_spectrum_cells_are_as_expected(path, tmp_path):
    expected = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text())
    expected = expected if isinstance(expected, list) else [expected]
    names = list(expected[0])
    found = sniff(path, path.name)
    dialect = found.dialect.model_copy(
        update={"types": dict.fromkeys(names, T.TEXT), "missing_markers": ()}
    )

    target = tmp_path / "t.parquet"
    import_table(path, target, "csv", dialect, SilentMonitor(), Limits())

    columns = list(pq.read_table(target).to_pydict().values())[1:]
    stored = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    # One of the files lost its CRs on the way here; its expectation still has them.
    ends = path.stem == "newlines_crlf"
    assert stored == [
        {
            k: v.strip(" \t").replace("\r\n", "\n" if ends else "\r\n")
            for k, v in row.items()
        }
        for row in expected
    ]


@pytest.mark.parametrize(
    "path", sorted((NASTY / "json_suite").glob("*.json")), ids=lambda p: p.stem
)
def test_json_is_read_or_refused_as_its_suite_says(path, tmp_path):
    is_scalar = path.stem == "y_structure_string_empty"

    try:
        rows = taken(path, tmp_path / "t.parquet")[1].rows_count
    except ReaderError:
        rows = 0

    assert (rows == 1) if path.stem[0] == "y" and not is_scalar else rows <= 1
    assert path.stem[0] != "n" or rows == 0


#: Rows and columns of real tables; other settings where the guess cannot know them.
REAL = {
    "tabular/adult_train_noheader.csv": (32_561, 15),
    "tabular/titanic_kaggle.csv": (891, 12),
    "tabular/penguins.csv": (344, 8),
    "tabular/california_housing.csv": (20_640, 10),
    "tabular/winequality_red_semicolon.csv": (1_599, 12),
    "tabular/bank_semicolon_quoted.csv": (4_521, 17),
    "tabular/abalone_noheader.csv": (4_177, 9),
    "tabular/diamonds_54k.csv": (53_940, 10),
    "tabular/auto_imports_noheader.csv": (201, 26),
    "tabular/german_credit_coded_noheader.csv": (1_000, 21),
    "tabular/taxis.csv": (6_433, 14),
    "tabular/dirty_cafe_sales.csv": (10_000, 8),
    "tabular/bikes_latin1_semicolon.csv": (310, 10),
    "tabular/weather_2012.csv": (8_784, 8),
    "tabular/oecd_better_life_bom.csv": (3_292, 17),
    "exoplanets/koi_cumulative.csv": (6_693, 49),
    "exoplanets/toi.csv": (771, 65),
    "exoplanets/k2_planets_candidates.csv": (96, 94),
    "exoplanets/lightcurves_wide.csv": (154, 387),
    "crypto/ohlcv_long.csv": (5_903, 7),
    "crypto/BTC-USD.csv": (3_028, 8),
    "stars/eros1_lightcurves.csv": (73_526, 4),
    "stars/eros1_arrays_in_cells.csv": (40, 4),
    "stars/sdss_rrlyrae_mag.csv": (3_025, 4),
    "diabetes/dataset_of_diabetes.csv": (700, 14),
    "arff/Audit_SVM_small.arff": (9, 10),
    "arff/FilterTest.arff": (21, 7),
    "arff/ReutersCorn-test.arff": (604, 2),
    "arff/airline.arff": (144, 2),
    "arff/autompg.arff": (398, 8),
    "arff/autos.arff": (205, 26),
    "arff/bolts.arff": (40, 8),
    "arff/breast-cancer.arff": (286, 10),
    "arff/contact-lenses.arff": (24, 5),
    "arff/cpu.arff": (209, 7),
    "arff/credit-g.arff": (1_000, 21),
    "arff/dermatology.arff": (366, 35),
    "arff/diabetes.arff": (768, 9),
    "arff/flags.arff": (194, 26),
    "arff/hypothyroid.arff": (3_772, 30),
    "arff/iris.2D.arff": (150, 3),
    "arff/iris.arff": (150, 5),
    "arff/labor.arff": (57, 17),
    "arff/medical-train.arff": (333, 1_494),
    "arff/segment-challenge.arff": (1_500, 20),
    "arff/sparseDataSet-train.arff": (154, 505),
    "arff/tae.arff": (151, 6),
    "arff/vowel.arff": (990, 14),
    "arff/weather.nominal.arff": (14, 5),
    "arff/weather.numeric.arff": (14, 5),
    "arff/zoo.arff": (101, 18),
    "tabular/penguins.xlsx": (344, 8),
    "tabular/cars_records.json": (406, 9),
    "tabular/barley_records.json": (120, 4),
    "tabular/penguins.jsonl": (344, 7),
    "tabular/miserables_nested.json": (77, 3),
    "tabular/gapminder_nested.json": (62, 2),
    "exoplanets/lightcurve_json/k2_18.json": (384, 6),
    "exoplanets/kepler_q17_lightcurves.jsonl": (9, 4),
}


@pytest.mark.parametrize("name", REAL)
def test_real_table_is_read_whole(name, tmp_path):
    _, report = taken(CORPUS / name, tmp_path / "t.parquet", bad_records="fill")

    assert (report.rows_count, len(report.schema), report.bad_count) == (*REAL[name], 0)


@pytest.mark.parametrize("name", REAL)
def test_real_tables_preview_is_what_is_stored(name, tmp_path):
    path, target = CORPUS / name, tmp_path / "t.parquet"
    found = sniff(path, path.name)
    types = {column: T.TEXT for column, _ in found.columns}
    dialect = found.dialect.model_copy(update={"types": types})

    import_table(path, target, found.format, dialect, SilentMonitor(), Limits())

    columns = list(pq.read_table(target).to_pydict().values())[1:]
    stored = [list(row) for row in zip(*(c[:20] for c in columns), strict=True)]
    assert found.rows == stored


def test_a_relational_attribute_is_refused_with_its_line(tmp_path):
    with pytest.raises(ReaderError, match="Line 12: “time series” is relational"):
        taken(CORPUS / "arff" / "SimpleTimeSeries.arff", tmp_path / "t.parquet")
