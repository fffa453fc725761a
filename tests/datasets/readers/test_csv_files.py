"""One small file for each way a CSV file can be odd, and what becomes of it."""

import datetime
import gzip
import subprocess
import sys

import pytest

from datasets.monitor import Cancelled, SilentMonitor
from datasets.readers.errors import ReaderError
from datasets.readers.limits import Limits
from datasets.readers.sniff import sniff
from datasets.tables import ColumnType as T


@pytest.fixture
def taken(write, imported):
    """Sniff a file and import it as guessed, with some settings changed."""

    def taken(content, name="table.csv", limits=None, **changes):
        found = sniff(write(content, name), name)
        dialect = dict(found.dialect) | changes
        report, columns = imported(content, limits=limits, **dialect)
        return found, report, columns

    return taken


def types(report):
    return [column.type for column in report.schema]


ROWS = "1{0}2,5{0}x\n3{0}4,5{0}y\n"


@pytest.mark.parametrize(("delimiter", "sign"), [(";", ";"), ("\t", "\t"), ("|", "|")])
def test_delimiter_and_decimal_comma_are_guessed(taken, delimiter, sign):
    text = f"a{delimiter}b{delimiter}c\n" + ROWS.format(delimiter)

    found, report, columns = taken(text)

    assert (found.dialect.delimiter, found.dialect.decimal) == (sign, ",")
    assert types(report) == [T.INTEGER, T.NUMBER, T.CATEGORY]
    assert columns["c1"] == [2.5, 4.5]


def test_thousands_are_guessed(taken):
    found, report, columns = taken('a,b\n"1,234.5",x\n"22,000,000",y\n')

    assert found.dialect.thousands == ","
    assert columns["c0"] == [1234.5, 22_000_000.0]
    assert types(report)[0] == T.NUMBER


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("latin-1", "iso8859-1"),
    ],
)
def test_encoding_is_guessed(taken, encoding, name):
    text = "größe,ort\n1,Köln\n2,Graz\n"

    found, report, columns = taken(text.encode(encoding))

    assert found.dialect.encoding == name
    assert report.schema.names == ("größe", "ort")
    assert columns["c1"] == ["Köln", "Graz"]


def test_windows_signs_are_guessed(taken):
    found, _, columns = taken("a,b\n1,5 €\n2,x\n".encode("cp1252"))

    assert found.dialect.encoding == "cp1252"
    assert columns["c1"] == ["5 €", "x"]


def test_bytes_that_do_not_fit_the_encoding_are_named_with_their_line(imported):
    with pytest.raises(ReaderError, match=r"Line 3 holds bytes that are not UTF-8"):
        imported(b"a,b\n1,2\n3,caf\xe9\n", encoding="utf-8")


def test_comments_and_a_separator_line_are_passed_over(taken):
    commented, report, columns = taken("# made\n#x\na,b\n1,2\n# no\n3,4\n")
    stated, _, other = taken("sep=;\na;b\n1;x,y\n")

    assert commented.dialect.comment == "#"
    assert columns["c0"] == [1, 3]
    assert report.notices == ["3 comment lines were skipped."]
    assert stated.dialect.delimiter == ";"
    assert other["c1"] == ["x,y"]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a,b\n1,x\n2,y\n", True),
        ("1,x\n2,y\n3,x\n", False),
        ("country,2019,2020\nAT,1.5,2.5\nDE,3.5,4.5\n", True),
        ("M,0.4\nF,0.5\nM,0.6\n", False),
        ("colour,shape\nred,round\nblue,flat\n", True),
    ],
)
def test_header_is_guessed(taken, text, header):
    found, report, _ = taken(text)

    assert found.dialect.header is header
    assert report.rows_count == text.count("\n") - header
    if not header:
        assert report.schema.names == ("column_1", "column_2")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_leave_no_trace(taken, end):
    _, _, columns = taken(end.join(["a,b", "1,x", "2,y", ""]))

    assert columns == {"_row": [0, 1], "c0": [1, 2], "c1": ["x", "y"]}


def test_quoted_line_ends_and_delimiters_stay_inside_their_cell(taken):
    _, _, columns = taken('a,b\n1,"one\ntwo, three\r\nfour"\n2,"say ""hi"""\n')

    assert columns["c1"] == ["one\ntwo, three\r\nfour", 'say "hi"']


def test_an_open_quote_is_named_with_its_line_and_costs_one_record(imported):
    text = 'a,b,c\n1,2,3\n4,"5,6\n7,8,9\n10,11,12\n'

    with pytest.raises(ReaderError, match=r"Line 3: a quote is opened here and never"):
        imported(text)

    report, columns = imported(text, bad_records="drop")
    assert columns["c0"] == [1, 7, 10]
    assert [record.line for record in report.bad_records] == [3]


def test_quotes_inside_bare_cells_are_kept(imported):
    _, columns = imported('a,b\n1,5" pipe\n2,x\n')

    assert columns["c1"] == ['5" pipe', "x"]


def test_text_behind_a_closing_quote_is_named_with_its_line(imported):
    with pytest.raises(ReaderError, match=r"Line 3: text follows a closing quote"):
        imported('a,b\n1,x\n2,"y"z\n')


def test_short_records_can_be_filled(imported):
    report, columns = imported("a,b\n1,2\n3\n5,6,7\n", bad_records="fill")

    assert columns["c1"] == [2, None]
    assert report.notices == [
        "1 bad record was left out, in line 4.",
        "1 short record was filled with missing values.",
    ]


def test_rows_without_their_empty_last_cells_are_filled_unasked(taken):
    found, report, columns = taken("a;b;c\n1;2;\n3;4\n5;6\n")

    assert found.dialect.bad_records == "fill_ends"
    assert found.reasons[1] == "Cells are separated by a semicolon: 3 columns."
    assert "Rows leave out empty cells at their end" in found.reasons[-1]
    assert columns["c2"] == [None, None, None]
    assert report.notices[0] == "2 short records were filled with missing values."


#: What the guess looks at: two hundred records, none with anything in the last column.
HARMLESS = "a,b,c\n" + "1,2,\n3,4\n" * 200


@pytest.mark.parametrize("later", ["5,6,7\n", "5,\n", "5,6,7,8\n"])
def test_rows_are_no_longer_filled_when_any_row_shows_a_lost_cell(taken, later):
    with pytest.raises(ReaderError, match="Line "):
        taken(HARMLESS + later)


def test_a_value_in_what_short_rows_leave_out_is_told_with_both(taken):
    with pytest.raises(
        ReaderError,
        match=r"Line 3 has 2 cells where 3 are expected\. Other records have values in "
        "column “c”",
    ) as caught:
        taken(HARMLESS + "5,6,7\n")

    assert (caught.value.line, caught.value.column) == (3, "c")
    assert len(caught.value.records) == 100


def test_an_empty_text_in_what_short_rows_leave_out_is_no_lost_cell(taken):
    _, report, columns = taken(
        "a,b,c\n1,2,\n3,4\n",
        bad_records="fill_ends",
        missing_markers=(),
        types={"c": T.TEXT},
    )

    assert columns["c2"] == ["", ""]
    assert report.notices[0] == "1 short record was filled with missing values."


def test_short_rows_of_several_lengths_may_have_values_of_their_own(taken):
    _, report, columns = taken("a,b,c,d\n1,,,\n3,4,5\n6\n", bad_records="fill_ends")

    assert columns["c2"] == [None, 5, None]
    assert report.notices[0] == "2 short records were filled with missing values."


@pytest.mark.parametrize(
    "text",
    [
        "a,b,c\n1,2,3\n4,5\n",
        "a,b\n1,\n2\n3,4,5\n",
        "a,b,c,d\n1,2,3,\n4,6,\n7,8,9,\n",
    ],
)
def test_rows_that_may_have_lost_a_cell_inside_are_asked_about(write, text):
    assert sniff(write(text), "t.csv").dialect.bad_records == "stop"


def test_bad_records_are_told_up_to_a_hundred(imported):
    text = "a,b\n" + "1\n" * 300

    with pytest.raises(ReaderError, match=r"^At least 300 records|^300") as caught:
        imported(text)

    assert len(caught.value.records) == 100


def test_lines_are_right_after_quoted_line_ends(imported):
    text = "a,b\n" + '"x\ny",1\n' * 3 + "z\n"

    with pytest.raises(ReaderError, match="Line 8 has 1 cell") as caught:
        imported(text)

    assert caught.value.line == 8


def test_nul_bytes_and_empty_lines_are_removed_and_told(imported):
    report, columns = imported(b"a,b\n1,\x002\n\n3,4\x00\n")

    assert columns["c1"] == [2, 4]
    assert report.notices == ["1 empty line was skipped.", "2 NUL bytes were removed."]


def test_names_are_made_distinct_and_told(imported):
    long = "n" * 10_000

    report, _ = imported(f"a,a,,{long},a_2\n1,2,3,4,5\n")

    assert report.schema.names == ("a", "a_3", "column_3", "n" * 299 + "…", "a_2")
    assert [notice.split(";")[0] for notice in report.notices] == [
        "1 column had no name",
        "1 column had a name longer than 300 characters",
        "1 column had a name used before",
    ]


def test_padding_goes_from_names_and_cells(imported):
    report, columns = imported("  a , b ,c\n 1 ,\tx y\t, NA \n 2,z,?\n")

    assert report.schema.names == ("a", "b", "c")
    assert columns["c0"] == [1, 2]
    assert columns["c1"] == ["x y", "z"]
    assert columns["c2"] == [None, None]


def test_missing_markers_are_standard_or_the_users_own(imported):
    text = "a,b\n1,x\n999,NA\n!!,none\nn/a,y\n"

    _, standard = imported(text)
    _, own = imported(text, missing_markers=("", "999", "!!", "n/a"))

    assert standard["c0"] == [1, 999, None, None]
    assert standard["c1"] == ["x", None, None, "y"]
    assert own["c0"] == [1, None, None, None]
    assert own["c1"] == ["x", "NA", "none", "y"]


def test_other_values_in_a_column_of_numbers_suggest_missing_markers(imported):
    text = "a,b\n" + "".join(f"{i},x\n" for i in range(97)) + "tbd,x\n" * 3

    report, _ = imported(text)

    assert types(report)[0] == T.TEXT
    assert report.notices == [
        "Column “a”: 97.0 % of the values are numbers, 3 are not: “tbd”. It stays "
        "text; add them to the missing values if they stand for no value."
    ]


@pytest.mark.parametrize(
    ("cells", "type_", "values"),
    [
        (["1", "-2", "+3"], T.INTEGER, [1, -2, 3]),
        (["1", "2.5", "1e3"], T.NUMBER, [1.0, 2.5, 1000.0]),
        (["01234", "00501", "90210"], T.TEXT, ["01234", "00501", "90210"]),
        (["0x1F", "0x10", "7"], T.TEXT, ["0x1F", "0x10", "7"]),
        (["-007", "8", "9"], T.TEXT, ["-007", "8", "9"]),
        (["True", "FALSE", "true"], T.BOOLEAN, [True, False, True]),
        (["yes", "no", "yes"], T.CATEGORY, ["yes", "no", "yes"]),
        (["1", "two", "2020-01-01"], T.TEXT, ["1", "two", "2020-01-01"]),
        (["1", "9223372036854775808", "2"], T.TEXT, ["1", "9223372036854775808", "2"]),
        (["0.5", "9007199254740993", "2"], T.TEXT, ["0.5", "9007199254740993", "2"]),
        (["inf", "1.5", "-Infinity"], T.NUMBER, [None, 1.5, None]),
        (["45%", "3%", "7 %"], T.TEXT, ["45%", "3%", "7 %"]),
        (["2020-02-30", "2020-01-01", "x"], T.TEXT, ["2020-02-30", "2020-01-01", "x"]),
    ],
)
def test_types_are_decided_by_all_values(imported, cells, type_, values):
    report, columns = imported("a,b\n" + "".join(f"{cell},x\n" for cell in cells))

    assert (types(report)[0], columns["c0"]) == (type_, values)


@pytest.mark.parametrize(
    ("last", "type_"),
    [("0.5", T.NUMBER), ("x", T.TEXT), ("007", T.TEXT), ("9" * 30, T.TEXT)],
)
def test_a_late_value_changes_the_type_of_the_whole_column(imported, last, type_):
    text = "a,b\n" + "".join(f"{i},x\n" for i in range(5_000)) + f"{last},x\n"

    report, columns = imported(text)

    assert types(report)[0] == type_
    assert len(columns["c0"]) == 5_001
    assert columns["c0"][4_999] == (4_999.0 if type_ is T.NUMBER else "4999")


def test_a_column_that_is_empty_at_first_gets_the_type_of_its_values(imported):
    text = "a,b\n" + ",x\n" * 3_000 + "2020-01-31,x\n"

    report, columns = imported(text)

    assert types(report)[0] == T.DATE
    assert columns["c0"][-1] == datetime.date(2020, 1, 31)


def test_a_column_without_values_is_text_and_told(imported):
    report, _ = imported("a,b\n,1\n,2\n")

    assert types(report) == [T.TEXT, T.INTEGER]
    assert report.notices == ["Column “a”: every value is missing."]


DAY = datetime.date(2020, 3, 14)


@pytest.mark.parametrize(
    "cell",
    [
        "2020-03-14",
        "2020/3/14",
        "14.03.2020",
        "3/14/2020",
        "14 Mar 2020",
        "Mar 14, 2020",
    ],
)
def test_dates_are_typed_in_many_layouts(imported, cell):
    report, columns = imported(f"a;b\n{cell};1\n{cell};2\n", delimiter=";")

    assert types(report)[0] == T.DATE
    assert columns["c0"] == [DAY, DAY]


@pytest.mark.parametrize(
    "cell",
    [
        "2020-03-14 15:09:26.5",
        "2020-03-14T15:09:26.500",
        "14.03.2020 15:09:26,5",
        "2020-03-14T17:09:26.500+02:00",
        "2020-03-14 15:09:26.500000000Z",
    ],
)
def test_moments_are_typed_and_brought_to_utc(imported, cell):
    report, columns = imported(f"a;b\n{cell};1\n", delimiter=";")

    assert types(report)[0] == T.DATETIME
    assert columns["c0"] == [datetime.datetime(2020, 3, 14, 15, 9, 26, 500_000)]


def test_ambiguous_days_are_told_and_can_be_set(imported):
    text = "a,b\n3/4/2020,1\n5/6/2020,2\n"

    report, columns = imported(text)
    _, other = imported(text, day_first=False)

    assert "day and month cannot be told apart" in report.notices[0]
    assert columns["c0"][0] == datetime.date(2020, 4, 3)
    assert other["c0"][0] == datetime.date(2020, 3, 4)


def test_one_certain_day_decides_the_order_for_all_rows(imported):
    text = "a,b\n" + "1/2/2020,x\n" * 3_000 + "1/31/2020,x\n"

    report, columns = imported(text)

    assert columns["c0"][0] == datetime.date(2020, 1, 2)
    assert report.notices == []


def test_a_corrected_dialect_gives_another_preview(write):
    path = write("a;b\n1,5;x\n")
    found = sniff(path, "table.csv")

    other = sniff(path, "table.csv", found.dialect.model_copy(update={"header": False}))

    assert found.rows == [["1,5", "x"]]
    assert other.rows == [["a", "b"], ["1,5", "x"]]
    assert [name for name, _ in other.columns] == ["column_1", "column_2"]


def test_wanted_types_are_honoured(imported):
    wanted = {"a": T.TEXT, "b": T.BOOLEAN, "c": T.NUMBER, "d": T.CATEGORY}

    report, columns = imported("a,b,c,d\n1,yes,007,5\n2,no,8,6\n", types=wanted)

    assert types(report) == list(wanted.values())
    assert columns["c0"] == ["1", "2"]
    assert columns["c1"] == [True, False]
    assert columns["c2"] == [7.0, 8.0]


def test_a_wanted_type_that_does_not_fit_is_refused_with_count_and_line(imported):
    text = 'a,b\n1,"x\ny"\nsix,x\n7,x\neight,x\n'

    with pytest.raises(
        ReaderError, match=r"2 values do not fit.*in line 4: “six”"
    ) as e:
        imported(text, types={"a": T.INTEGER})

    assert (e.value.column, e.value.line) == ("a", 4)


def test_a_type_for_an_unknown_column_is_refused(imported):
    with pytest.raises(ReaderError, match="There is no column “z” in this file"):
        imported("a,b\n1,2\n", types={"z": T.INTEGER})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"a,b\n", "a header but no rows"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "This is an image"),
        (b"PK\x03\x04xxxx[Content_Types].xml", "The workbook is damaged"),
        (b"PK\x03\x04" + b"x" * 50, "This is a ZIP archive"),
        (b"<!DOCTYPE html><html></html>", "This is a web page"),
        (b"\x80\x04\x95\x01", "This is a Python pickle"),
        (bytes(range(1, 32)) * 9, "This is not text"),
    ],
)
def test_what_is_no_table_is_refused_with_a_hint(write, content, sentence):
    with pytest.raises(ReaderError, match=sentence):
        sniff(write(content), "table.csv")


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(max_bytes=10), "The file has 23 bytes; at most 10 are allowed"),
        (Limits(max_columns=2), "The file has 3 columns; at most 2 are allowed"),
        (Limits(max_rows=2), "more than 2 rows"),
        (Limits(max_record=5), "Line 1 is longer than 5 bytes"),
    ],
)
def test_limits_are_named(imported, limits, sentence):
    with pytest.raises(ReaderError, match=sentence):
        imported("a,b,c\n1,2,3\n4,5,6\n7,8,9", limits=limits)


def test_ten_thousand_columns_are_read(imported):
    names = ",".join(f"n{i}" for i in range(10_000))

    report, columns = imported(f"{names}\n{','.join(['1'] * 10_000)}\n")

    assert len(report.schema) == 10_000
    assert columns["c9999"] == [1]


def test_a_cell_longer_than_the_csv_modules_limit_is_read(imported):
    _, columns = imported(f'a,b\n1,"{"x" * 1_000_000}"\n')

    assert len(columns["c1"][0]) == 1_000_000


def test_cancelling_leaves_nothing_behind(imported, tmp_path):
    class Stopped(SilentMonitor):
        def check(self):
            raise Cancelled

    with pytest.raises(Cancelled):
        imported("a,b\n1,2\n", monitor=Stopped())

    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_progress_is_counted_in_bytes_up_to_the_end(imported):
    class Counting(SilentMonitor):
        of = done = 0

        def total(self, units):
            self.of = units

        def advance(self, units=1):
            self.done += units

    monitor, text = Counting(), "a,b\n" + "1,2\n" * 2_000 + "x,2\n"
    imported(text, monitor=monitor)

    # Read twice, for the last value is no number.
    assert monitor.done == monitor.of == 2 * len(text)


def test_reading_loads_neither_pandas_nor_polars(write, tmp_path):
    source, target = write(" a ,b,c\n 1 ,2020-01-31,x\n"), tmp_path / "t.parquet"
    code = f"""
import sys
from pathlib import Path
from datasets.monitor import SilentMonitor
from datasets.readers.importing import import_table
from datasets.readers.limits import Limits
from datasets.readers.sniff import sniff
source, target = Path({str(source)!r}), Path({str(target)!r})
dialect = sniff(source, "a.csv").dialect
assert "pyarrow" not in sys.modules
import_table(source, target, "csv", dialect, SilentMonitor(), Limits())
assert not {{"pandas", "polars"}} & set(sys.modules)
"""

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_packed_text_is_read_as_what_is_inside(read_file):
    packed = gzip.compress(b"a;b\n1;x\n2;y\n")

    found, _, columns = read_file(packed, "table.csv.gz")
    _, _, records = read_file(gzip.compress(b'[{"a": 1}]'), "records.json.GZ")

    assert found.dialect.delimiter == ";"
    assert columns == {"a": [1, 2], "b": ["x", "y"]}
    assert records == {"a": [1]}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (gzip.compress(b"a,b\n" + b"1,2\n" * 999)[:-20], "damaged or cut off"),
        (gzip.compress(b""), "The file is empty"),
        (gzip.compress(b"\x89PNG\r\n\x1a\n"), "This is an image"),
        (gzip.compress(b"a.csv".ljust(257, b"\0") + b"ustar"), "This is a tar archive"),
        (gzip.compress(gzip.compress(b"a,b\n1,2\n")), "This is a compressed file"),
        (b"BZh91AY&SY", "This is a compressed file"),
    ],
    ids=["cut", "empty", "image", "archive", "twice", "bzip2"],
)
def test_packed_files_that_hold_no_text_are_refused(read_file, content, sentence):
    with pytest.raises(ReaderError, match=sentence):
        read_file(content, "a.csv.gz")


def test_a_packed_file_may_not_unpack_to_more_than_the_limit(read_file):
    bomb = gzip.compress(b"a,b\n" + b"1,2\n" * 1_000_000)

    with pytest.raises(ReaderError, match="holds more than 1,000,000 bytes"):
        read_file(bomb, "a.csv.gz", limits=Limits(max_bytes=1_000_000))


def test_undecodable_bytes_of_a_packed_file_are_named_by_their_line(read_file):
    with pytest.raises(ReaderError, match=r"Line 2 .* \(at byte 4\)"):
        read_file(gzip.compress(b"a,b\n\xff,2\n"), "a.csv.gz", encoding="utf-8")
