"""Random files: what is stored is what the standard library's reader sees."""

import csv
import io
import tempfile
from pathlib import Path
from unittest.mock import patch

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from datasets.monitor import SilentMonitor
from datasets.readers.arrays import texts
from datasets.readers.catalogue import reader
from datasets.readers.conversion import convert
from datasets.readers.csv.shape import Signs, shape_of
from datasets.readers.dialect import Dialect
from datasets.readers.errors import ReaderError
from datasets.readers.importing import import_table
from datasets.readers.kinds import candidates, candidates_for
from datasets.readers.limits import Limits
from datasets.readers.preview import preview
from datasets.readers.report import Guess
from datasets.tables import ColumnType

FEW = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
CELL = st.text(alphabet="ab0 -\t\",;|'\n\r#xé", max_size=6)


def tables(width_from=2):
    widths = st.integers(width_from, 4)
    return widths.flatmap(
        lambda width: st.lists(
            st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=12
        )
    )


def written(rows, **dialect):
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows(rows)
    return text.getvalue().encode()


def reread(content, delimiter=","):
    text = io.StringIO(content.decode(), newline="")
    return list(csv.reader(text, delimiter=delimiter))[1:]


def stored(content, **dialect):
    """Import bytes in tiny pieces, so that every boundary is met; return the rows."""
    sizes = {"records.PIECE": 40, "records.CAREFUL": 10, "careful.PART": 8}
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "a.csv"), Path(folder, "a.parquet")
        source.write_bytes(content)
        patches = [patch(f"datasets.readers.csv.{k}", v) for k, v in sizes.items()]
        for each in patches:
            each.start()
        try:
            import_table(
                source, target, "csv", Dialect(**dialect), SilentMonitor(), Limits()
            )
        finally:
            for each in patches:
                each.stop()
        columns = pq.read_table(target).to_pydict()
    del columns["_row"]
    return [list(row) for row in zip(*columns.values(), strict=True)]


@FEW
@given(
    rows=tables(),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
@example(rows=[["a", ""], ['"', "\n"]], delimiter=",", quoting=0, end="\n")
@example(rows=[["\r", "\n"], ["\r\n", "x"]], delimiter=",", quoting=1, end="\r\n")
def test_stored_text_equals_the_csv_modules(rows, delimiter, quoting, end):
    names = [f"n{index}" for index in range(len(rows[0]))]
    content = written(
        [names, *rows], delimiter=delimiter, quoting=quoting, lineterminator=end
    )
    # The module's writer leaves a lone CR bare; then its own reader sees two records.
    assume(reread(content, delimiter) == rows)
    blanks = " \t".replace(delimiter, "")
    # A line of blanks only is an empty line; with these delimiters it holds one cell.
    assume(all(any(cell.strip(blanks) for cell in row) for row in rows))

    found = stored(
        content,
        delimiter=delimiter,
        missing_markers=(),
        types=dict.fromkeys(names, ColumnType.TEXT),
    )

    assert found == [[cell.strip(blanks) for cell in row] for row in rows]


@FEW
@given(content=st.text(alphabet='ab01 ,"\n\r', max_size=60))
def test_broken_text_drops_records_but_never_shifts_cells(content):
    text = "x,y\n" + content
    reference = []
    for line in io.StringIO(text, newline=""):
        try:
            cells = next(csv.reader([line], strict=True, skipinitialspace=True), [])
        except csv.Error:
            continue
        reference.append([cell.strip() for cell in cells])
    try:
        rows = stored(
            text.encode(),
            missing_markers=(),
            bad_records="drop",
            types={"x": ColumnType.TEXT, "y": ColumnType.TEXT},
        )
    except ReaderError:
        return

    single = [row for row in rows if not any("\n" in c or "\r" in c for c in row)]
    if '"' not in content:
        assert single == [row for row in reference[1:] if len(row) == 2]
    assert all(len(row) == 2 for row in rows)


@FEW
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_stored_integers_are_equal(numbers):
    content = "n,x\n" + "".join(f"{number},a\n" for number in numbers)

    assert [row[0] for row in stored(content.encode())] == numbers


@FEW
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_stored_numbers_are_equal(numbers):
    content = "n,x\n0.5,a\n" + "".join(f"{number!r},a\n" for number in numbers)

    assert [row[0] for row in stored(content.encode())][1:] == numbers


TOKEN = st.one_of(
    st.text(alphabet="0123456789+-.eExX", min_size=1, max_size=8),
    st.text(alphabet="0123456789-/. :TZ", min_size=6, max_size=19),
    st.dates().map(str),
    st.datetimes().map(str),
    st.datetimes().map(lambda moment: f"{moment:%d.%m.%Y %H:%M}"),
    st.datetimes().map(lambda moment: f"{moment.isoformat()}+02:30"),
    st.dates().map(lambda day: f"{day.month}/{day.day}/{day.year:04}"),
    st.dates().map(lambda day: f"{day:%b} {day.day}, {day.year:04}"),
    st.sampled_from(["true", "FALSE", "yes", "0", "1", "inf", "nan", "-Infinity"]),
    st.integers().map(str),
    st.floats().map(repr),
)
DIALECTS = [Dialect(), Dialect(decimal=",", thousands=".", delimiter=";")]
KINDS = {
    kind
    for dialect in DIALECTS
    for kinds in (
        candidates(dialect),
        *(candidates_for(type_, dialect) for type_ in ColumnType),
    )
    for kind in kinds
}


@settings(FEW, max_examples=30)
@given(TOKEN)
@example("9223372036854775808")
@example("9007199254740993")
@example("2020-02-30")
@example("٣")
@example("0001-01-01T00:00:00+02:30")
@example("9999-12-31T23:00:00-02")
def test_columns_and_single_cells_are_judged_alike(token):
    cells = texts([token])

    for kind in KINDS:
        assert convert(kind, cells)[0].is_valid == kind.accepts(token), kind


@settings(FEW, max_examples=60)
@given(st.lists(TOKEN, min_size=1, max_size=4))
@example(["0001-01-01T00:00:00+02:30"])
@example(["9999-12-31T23:00:00-02"])
def test_the_fast_way_and_the_exact_way_agree(tokens):
    plain = "n;x\n" + "".join(f"{token};a\n" for token in tokens)
    padded = "n;x\n" + "".join(f" {token} ; a\n" for token in tokens)

    fast = stored(plain.encode(), delimiter=";")
    exact = stored(padded.encode(), delimiter=";")

    assert [repr(row) for row in fast] == [repr(row) for row in exact]


@FEW
@given(rows=tables(), header=st.booleans())
def test_preview_rows_are_the_stored_rows(rows, header):
    names = [f"n{index}" for index in range(len(rows[0]))]
    content = written([names, *rows])
    assume(reread(content) == rows)
    assume(all(any(cell.strip() for cell in row) for row in rows))
    labels = names if header else [f"column_{i + 1}" for i in range(len(names))]
    dialect = Dialect(header=header, types=dict.fromkeys(labels, ColumnType.TEXT))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        path.write_bytes(content)
        seen = preview(path, reader("csv"), Guess(dialect, [])).rows

    assert seen == stored(content, **dict(dialect))[: len(seen)]


@pytest.mark.parametrize(
    "piece", ["a,b\rx\nc,d\r\n", 'a,"b"c"\n', 'a,b"\n', 'a"b",c\n', '"a,b\n', "a\n"]
)
def test_shape_refuses_what_readers_disagree_on(piece):
    assert shape_of(piece.encode(), 2, Signs(ord(","), ord('"'), 0)) is None
