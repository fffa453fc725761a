"""One small file for each thing ARFF can say, and what becomes of it."""

from contextlib import suppress
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.readers.arff.dates import moment
from datasets.readers.arff.tokens import values_in
from datasets.readers.contents import recognise
from datasets.readers.errors import ReaderError
from datasets.readers.limits import Limits
from datasets.readers.sniff import sniff
from datasets.tables import ColumnType as T
from tests.clock import cpu_seconds


@pytest.fixture
def taken(read_file):
    """Read a file with this header, without its @data, and these data."""

    def taken(header, data, name="table.arff", **options):
        return read_file(f"{header.rstrip()}\n@data\n{data}", name, **options)

    return taken


def types(report):
    return [column.type for column in report.schema]


def attributes(*declared):
    return "@relation r\n" + "".join(f"@attribute {text}\n" for text in declared)


def test_types_are_those_of_the_header(taken):
    header = attributes("n numeric", "x REAL", "i integer [0,9]", "s string")
    header += attributes("class {1,2,3}", "day date 'dd.MM.yyyy'", "at date")
    data = "1,1.5,007,12,2,31.12.2020,2020-01-31T10:20:30\n?,2,8,13,?,?,?\n"

    _, report, columns = taken(header, data)

    assert types(report) == [
        T.INTEGER, T.NUMBER, T.INTEGER, T.TEXT, T.CATEGORY, T.DATE, T.DATETIME,
    ]  # fmt: skip
    assert columns["n"] == [1, None]
    assert columns["i"] == [7, 8]
    assert columns["s"] == ["12", "13"]
    assert columns["class"] == ["2", None]
    assert str(columns["day"][0]) == "2020-12-31"
    assert str(columns["at"][0]) == "2020-01-31 10:20:30"


def test_quotes_escapes_and_layout_are_understood(taken):
    header = "% first\n\n  @RELATION 'a b'\n@Attribute\t'my \\'x\\''\treal\n"
    header += '@attribute "b c"{ \'p q\' , "r,s", t }\n@ATTRIBUTE s string'
    data = "1 ,'p q' , \"a 'b' \\\"c\\\"\\n\"\n% remark\n\n2, \"r,s\" ,'' % more\n"
    data += "3\tt\tx\n"

    _, report, columns = taken(header, data)

    assert columns == {
        "my 'x'": [1, 2, 3],
        "b c": ["p q", "r,s", "t"],
        "s": ["a 'b' \"c\"\n", None, "x"],
    }
    assert report.notices == [
        "1 empty line was skipped.",
        "1 comment line was skipped.",
    ]


def test_sparse_records_are_filled_as_the_format_says(taken):
    header = attributes("a numeric", "b {zero,one}", "s string", "class {x,'y z'}")

    _, _, columns = taken(header, "{0 1, 3 'y z'}\n{}\n{ 1 one,2 \"q,r\" }\n{0 ?}\n")

    assert columns == {
        "a": [1, 0, 0, None],
        "b": ["zero", "zero", "one", "zero"],
        "s": [None, None, "q,r", None],
        "class": ["y z", "x", "x", "x"],
    }


def test_weights_are_left_out_and_said(taken):
    header = attributes("a numeric", "b numeric")

    _, report, columns = taken(header, "1,2,{5}\n{1 3},{0.5}\n4,5\n")

    assert columns == {"a": [1, 0, 4], "b": [2, 3, 5]}
    assert report.notices == [
        "The weights of 2 records were left out: weights are no column here."
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("1,p\n\n2,r\n", r"“b”: 1 value is not among .* in line 7: “r”"),
        ("1,p\nx,q\n", r"“a” cannot be number: 1 value .* in line 6: “x”"),
        ("1,p\n2\n", r"Line 6 has 1 cell where 2"),
        ("1,p\n2,'p\n", r"“b”: 1 value is not among .* in line 6: “'p”"),
        ("{0 1}\n{2 1}\n", r"Line 6: a sparse record is written as"),
        ("{0 1}\n{0 1\n", r"Line 6: a sparse record is written as"),
    ],
)
def test_bad_data_are_refused_with_their_line(taken, data, sentence):
    with pytest.raises(ReaderError, match=sentence):
        taken(attributes("a numeric", "b {p,q}"), data)


def test_the_users_type_counts_more_than_the_headers(taken):
    header = attributes("a {1,2}", "b numeric")

    _, report, _ = taken(header, "1,x\n3,y\n", types={"a": T.INTEGER, "b": T.TEXT})

    assert types(report) == [T.INTEGER, T.TEXT]


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("@attribute a relational", r"Line 1: “a” is relational"),
        ("@attribute a complex", r"Line 1: “a” has the type “complex”"),
        ("@attribute a", r"Line 1: an attribute needs a name and a type"),
        ("@attribute a {x,y", r"Line 1: the values of “a” do not end with a brace"),
        ("@attribute a real\nwhat", r"Line 2: “what” is no line of an ARFF header"),
        ("@relation r", r"Line 2: the data begin before any attribute"),
    ],
)
def test_bad_headers_are_refused_with_their_line(taken, header, sentence):
    with pytest.raises(ReaderError, match=sentence):
        taken(header, "1\n")


def test_a_header_that_never_ends_is_refused(read_file):
    with pytest.raises(ReaderError, match="no line @data: after 2 lines"):
        read_file("@relation r\n@attribute a real\n", "a.arff")


def test_too_many_attributes_are_refused(taken):
    header = attributes("a real", "b real", "c real")

    with pytest.raises(ReaderError, match="declares 3 columns; at most 2"):
        taken(header, "1,2,3\n", limits=Limits(max_columns=2))


def test_dates_in_unknown_letters_stay_text_and_are_said(taken):
    _, report, columns = taken(attributes("a date 'HH:mm'"), "10:30\n11:45\n")

    assert columns == {"a": ["10:30", "11:45"]}
    assert report.notices == ["Column “a”: dates written as “HH:mm” stay text."]


@pytest.mark.parametrize(
    ("format", "cell"),
    [
        ("yyyy-MM-dd'T'HH:mm:ss.SSSZ", "2020-01-31T10:20:30.5+0200"),
        ("d MMM yyyy", "3 Feb 2020"),
        ("yyyy-MM-dd 'at' HH", "2020-01-31 at 7"),
    ],
)
def test_dates_are_read_in_the_letters_of_java(format, cell):
    assert moment(format).accepts(cell)


def test_content_is_recognised_whatever_the_name_and_the_remarks(write):
    text = "% " + "x" * 500 + "\n" + "\n" * 2_000 + "@RELATION r\n"

    assert recognise(write(text, "a.csv"), "a.csv") == "arff"


@pytest.mark.parametrize("sign", ["\n", " ", "%\n", "<!-- -->", "\n "])
def test_no_beginning_of_a_file_takes_long_to_recognise(write, sign):
    path = write(sign * 4_000 + "x", "a.csv")

    assert cpu_seconds(lambda: recognise(path, "a.csv")) < 1


@pytest.mark.parametrize(
    "line",
    [
        lambda count: "@attribute a {" + "\"'," * count + "}",
        lambda count: "@attribute a {" + ",".join(map(str, range(count))) + "}",
        lambda count: "@attribute '" + "\\\\'" * count + "' numeric",
        lambda count: "@attribute a numeric" + " {" * count,
    ],
)
def test_headers_four_times_as_long_do_not_take_sixteen_times_as_long(write, line):
    def seconds(count):
        path = write(f"@relation r\n{line(count)}\n@data\n1\n", "a.arff")

        def look():
            with suppress(ReaderError):
                sniff(path, "a.arff")

        return cpu_seconds(look)

    assert seconds(80_000) < 8 * seconds(20_000) + 0.3


CELL = st.text(alphabet="ab1 ,'\"\\%{}?\t", max_size=5)


def quoted(cell, quote):
    return quote + cell.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6),
    quote=st.sampled_from("'\""),
)
def test_quoted_values_come_back_as_written(taken, rows, quote):
    lines = [",".join(quoted(cell, quote) for cell in row) for row in rows]

    with patch("datasets.readers.arff.feed.PIECE", 30):
        _, _, columns = taken(
            attributes("a string", "b string"), "\n".join(lines), missing_markers=[]
        )

    assert [list(row) for row in zip(*columns.values(), strict=True)] == [
        [cell.strip(" \t") for cell in row] for row in rows
    ]


@given(st.text(alphabet="ab ,'\"\\%{}?\t", max_size=12))
def test_any_line_gives_values(text):
    assert values_in(text) is not None
