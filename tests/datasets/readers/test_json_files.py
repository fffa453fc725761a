"""One small file for each way JSON can hold a table, and what becomes of it."""

import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.readers.csv.source import Source
from datasets.readers.errors import ReaderError
from datasets.readers.json import document
from datasets.readers.json.document import Document
from datasets.readers.json.guess import beginning_of
from datasets.readers.limits import Limits
from datasets.tables import ColumnType as T


@pytest.fixture
def taken(read_file):
    def taken(content, name="table.json", **options):
        return read_file(content, name, **options)

    return taken


def types(report):
    return [column.type for column in report.schema]


def test_records_are_rows_and_types_follow_from_all_values(taken):
    text = '[{"n": 1, "x": 1.5, "ok": true, "day": "2020-01-31", "zip": "01234"},\n'
    text += ' {"n": 2, "x": 2, "ok": false, "day": null, "zip": "98765"}]'

    found, report, columns = taken(text)

    assert types(report) == [T.INTEGER, T.NUMBER, T.BOOLEAN, T.DATE, T.CATEGORY]
    assert columns["n"] == [1, 2]
    assert columns["x"] == [1.5, 2.0]
    assert columns["zip"] == ["01234", "98765"]
    assert [str(day) for day in columns["day"]] == ["2020-01-31", "None"]
    assert found.format == "json"


def test_uneven_records_make_the_union_of_their_names(taken):
    text = '[{"a": 1}, {"b": 2}, {"a": 3, "c": {"d": 4, "e": {}}}, {"a": [1, "x"]}]'

    _, report, columns = taken(text)

    assert columns == {
        "a": ["1", None, "3", '[1, "x"]'],
        "b": [None, 2, None, None],
        "c.d": [None, None, 4, None],
        "c.e": [None] * 4,
    }
    assert report.rows_count == 4


def test_a_name_with_a_dot_is_not_a_name_inside_another(taken):
    _, report, columns = taken('[{"a.b": 1, "a": {"b": 2}}]')

    assert columns == {"a.b": [1], "a.b_2": [2]}
    assert "renamed to “a.b_2”" in report.notices[0]


def test_lines_are_records(taken):
    found, _, columns = taken('{"a": 1}\r\n\r\n{"a": NaN, "b": "x\\ny"}\r\n', "t.jsonl")

    assert found.reasons[-1] == "Each line is a value of its own."
    assert columns == {"a": [1, None], "b": [None, "x\ny"]}


def test_a_broken_line_is_named_and_may_be_dropped(taken):
    text = '{"a": 1}\n{"a": \n{"a": 3}\n'

    with pytest.raises(ReaderError, match=r"^1 record does not fit.*Line 2, sign 6"):
        taken(text)
    _, report, columns = taken(text, bad_records="drop")

    assert columns == {"a": [1, 3]}
    assert [record.line for record in report.bad_records] == [2]


def test_lists_at_a_place_are_offered_and_chosen(taken):
    text = '{"about": {"by": "me"}, "nodes": [{"n": 1}], "links": [{"s": 1, "t": 2}]}'

    found, _, columns = taken(text)
    _, _, links = taken(text, part="/links")

    assert found.dialect.part == "/nodes"
    assert found.parts == {
        "/nodes": "nodes",
        "/links": "links",
        "": "the file as a whole",
    }
    assert columns == {"n": [1]}
    assert links == {"s": [1], "t": [2]}


def test_lists_inside_records_bring_what_stands_beside_them(taken):
    text = '{"of": "x", "lands": [{"name": "A", "years": [{"y": 1}, {"y": 2}]},'
    text += '{"name": "B", "years": [{"y": 1, "name": "z"}]}, {"name": "C"}]}'

    found, _, columns = taken(text, part="/lands/years")

    assert list(found.parts) == ["/lands", "/lands/years", ""]
    assert columns == {
        "years.name": ["A", "A", "B"],
        "y": [1, 2, 1],
        "name": [None, None, "z"],
    }


def test_a_place_that_is_not_there_is_said(taken):
    with pytest.raises(ReaderError, match="nothing called “edges” in this file"):
        taken('{"nodes": [{"n": 1}]}', part="/edges")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": [1, 2], "b": ["x", "y"]}', {"a": [1, 2], "b": ["x", "y"]}),
        ('{"a": [1, 2], "b": "x"}', {"b": ["x", "x"], "a": [1, 2]}),
        ('{"a": {"0": 1, "1": 2}, "b": {"0": 3}}', {"a": [1, 2], "b": [3, None]}),
        ('{"k": {"a": 1}, "l": {"a": 2}}', {"key": ["k", "l"], "a": [1, 2]}),
        ('{"a": 1, "b": {"c": 2}}', {"a": [1], "b.c": [2]}),
        ("[[1, 2], [3]]", {"column_1": [1, 3], "column_2": [2, None]}),
        ("[1, 2]", {"value": [1, 2]}),
    ],
)
def test_other_layouts_are_tables_too(taken, text, expected):
    assert taken(text)[2] == expected


def test_infinities_and_great_numbers_are_said(taken):
    _, report, columns = taken('[{"a": -Infinity, "b": 123456789012345678901}]')

    assert columns == {"a": [None], "b": ["123456789012345678901"]}
    assert "1 infinite or NaN value became missing" in report.notices[0]
    assert "too long for 64 bits" in report.notices[1]


def test_half_a_surrogate_pair_and_nul_do_no_harm(taken):
    assert taken('[{"a": "x\\ud800y\\u0000"}]')[2] == {"a": ["x?y"]}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings_with_a_mark_are_read(taken, encoding):
    assert taken('[{"ö": "ä"}]'.encode(encoding))[2] == {"ö": ["ä"]}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[{"a": 1},\n {"a": tru}]', r"Line 2, sign 8: this is no JSON"),
        ('[{"a": 1},\n {"a": "x', r"ends before what begins in line 1 is complete"),
        ('[{"a": 1}] x', r"Line 1: something follows the end"),
        ('[{"a": 1}, ]', r"no JSON"),
        ('{"a": [1], "b": [1, 2]}', r"“a” has 1 values and “b” 2"),
        ('{"a" 1, "n": [{}]}', r"no JSON"),
        ("42", r"only a single value here \(42\)"),
        ("[]", r"There are no records"),
        ("{}", r"There are no records"),
        ("[" * 100_000, r"Line 1: more than 200 brackets"),
        ('{"a":1}\n' + '{"a":' * 5_000, r"Line 2.*no JSON|Line 2: a value is nested"),
        ("[" + "9" * 5_000 + "]", r"thousands of digits"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(taken, text, sentence, tmp_path):
    with pytest.raises(ReaderError, match=sentence):
        taken(text)

    assert not list(tmp_path.glob("*.parquet*"))


def test_too_many_names_are_refused(taken):
    with pytest.raises(ReaderError, match="more than 3 different names"):
        taken('[{"a": 1, "b": 1}, {"c": 1, "d": 1}]', limits=Limits(max_columns=3))


def test_a_type_that_does_not_fit_names_the_line(taken):
    text = '[{"a": 1},\n\n {"a": "x"}]'

    with pytest.raises(ReaderError, match=r"cannot be integer: 1 value .* in line 3"):
        taken(text, types={"a": T.INTEGER})


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(VALUE, max_size=6), indent=st.sampled_from([None, 1]))
def test_elements_taken_in_tiny_pieces_are_those_of_the_parser(
    tmp_path_factory, values, indent
):
    path = tmp_path_factory.mktemp("json") / "a.json"
    wanted = {"before": {"x": values}, "é": values}
    path.write_text(json.dumps(wanted, indent=indent))
    piece, document.PIECE = document.PIECE, 3
    try:
        with Source(path, "utf-8", Limits()) as source:
            text = Document(source, Limits())
            assert text.enter(["é"]) == ()
            found = [value for part, _ in text.elements() for value in part]
    finally:
        document.PIECE = piece

    assert found == values


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_the_beginning_of_a_text_is_what_is_whole_of_it(cut):
    text = b'{"a": [{"b": "x,y"}, {"b": "\\"]"}], "c": 1}'

    found = beginning_of(text[:cut])

    assert found is None or set(found) <= {"a"}


def test_a_long_list_is_passed_over_in_pieces(tmp_path):
    path = tmp_path / "long.json"
    record = json.dumps({"text": "x" * 100, "n": 1})
    path.write_text('{"other": [' + ",".join([record] * 90_000) + '], "rows": [1]}')

    with Source(path, "utf-8", Limits()) as source:
        text = Document(source, Limits())
        tracemalloc.start()
        text.enter(["rows"])
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        found = [value for part, _ in text.elements() for value in part]

    assert found == [1]
    assert peak < 8 << 20 < path.stat().st_size
