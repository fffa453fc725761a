"""Small Parquet files: what becomes of Arrow's many types."""

import datetime
import decimal
import gzip
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datasets.readers.columnar import feed
from datasets.readers.errors import ReaderError
from datasets.readers.limits import Limits
from datasets.tables import ColumnType as T

UTC = datetime.UTC
MOMENT = datetime.datetime(2020, 1, 31, 10, 20, 30)


def packed(columns):
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def types(report):
    return [column.type for column in report.schema]


def test_types_are_kept_and_text_is_not_guessed(read_file):
    content = packed(
        {
            "small": pa.array([1, None], pa.int8()),
            "float": pa.array([0.1, float("nan")]),
            "flag": pa.array([True, False]),
            "day": pa.array([MOMENT.date(), None]),
            "at": pa.array([MOMENT, None], pa.timestamp("ns")),
            "digits": pa.array(["01", "2"]),
            "code": pa.array(["x", "x"]).dictionary_encode(),
            "none": pa.nulls(2),
        }
    )

    found, report, columns = read_file(content, "t.parquet")

    assert found.rows[0][:3] == ["1", "0.1", "true"]
    assert [type for _, type in found.columns] == types(report)
    assert types(report) == [
        T.INTEGER, T.NUMBER, T.BOOLEAN, T.DATE, T.DATETIME,
        T.CATEGORY, T.CATEGORY, T.TEXT,
    ]  # fmt: skip
    assert columns["small"] == [1, None]
    assert columns["float"] == [0.1, None]
    assert columns["at"] == [MOMENT, None]
    assert columns["digits"] == ["01", "2"]
    assert "Column “float”: 1 infinite or NaN value became missing." in report.notices


def test_what_changes_is_said(read_file):
    zone = pa.timestamp("us", tz="Europe/Vienna")
    content = packed(
        {
            "at": pa.array([MOMENT.replace(tzinfo=UTC)]).cast(zone),
            "price": pa.array([decimal.Decimal("1.25")]),
            "took": pa.array([datetime.timedelta(seconds=2)], pa.duration("s")),
            "list": pa.array([[1, 2]]),
            "struct": pa.array([{"a": "ö", "b": None}]),
        }
    )

    _, report, columns = read_file(content, "t.parquet")

    assert columns == {
        "at": [MOMENT],
        "price": [1.25],
        "took": [2],
        "list": ["[1, 2]"],
        "struct": ['{"a": "ö", "b": null}'],
    }
    assert report.notices == [
        "Column “at”: times are stored in UTC; the file shows them in Europe/Vienna.",
        "Column “price”: decimal numbers became floating-point numbers of 15 digits.",
        "Column “took”: durations became whole numbers of the unit s.",
        "Column “list”: nested values became text.",
        "Column “struct”: nested values became text.",
    ]


def test_the_users_type_counts_more_than_the_files(read_file):
    content = packed({"a": [1, 2], "b": ["3", "4"], "c": ["x", "5"]})

    _, report, columns = read_file(
        content, "t.parquet", types={"a": T.TEXT, "b": T.INTEGER}
    )

    assert types(report) == [T.TEXT, T.INTEGER, T.CATEGORY]
    assert columns["a"] == ["1", "2"]
    with pytest.raises(ReaderError, match=r"“c” cannot be integer: .* in line 1: “x”"):
        read_file(content, "t.parquet", types={"c": T.INTEGER})


def test_a_long_file_is_read_in_batches(read_file, monkeypatch):
    monkeypatch.setattr(feed, "CELLS", 1)
    wanted = list(range(1_050))

    _, report, columns = read_file(packed({"a": wanted}), "t.parquet")

    assert columns["a"] == wanted
    assert report.rows_count == 1_050


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (packed({"a": [1]})[:-9], "damaged, cut off or encrypted"),
        (packed({"a": pa.array([2**63], pa.uint64())}), "neither numbers of 64 bits"),
        (packed({"a": pa.array([b"\xff"], pa.binary())}), "neither numbers of 64"),
        (packed({"a": pa.array([], pa.int64())}), "no rows"),
        (gzip.compress(packed({"a": [1]})), "a Parquet file, packed by gzip"),
    ],
    ids=["cut", "large", "binary", "empty", "packed"],
)
def test_what_is_no_table_is_refused(read_file, content, sentence):
    with pytest.raises(ReaderError, match=sentence):
        read_file(content, "t.csv")


def test_too_many_columns_are_refused(read_file):
    with pytest.raises(ReaderError, match="has 3 columns; at most 2"):
        read_file(
            packed({"a": [1], "b": [1], "c": [1]}),
            "t.parquet",
            limits=Limits(max_columns=2),
        )
