import hashlib

import pytest

from datasets.readers.errors import ReaderError
from datasets.tables import ColumnType


def test_import_types_every_column_and_numbers_the_rows(imported):
    text = "id,price,city,ok,day,at\n"
    text += "1,1.5,Graz,true,2020-01-31,2020-01-31 10:20:30\n"
    text += "2,NA,Linz,false,?,2020-02-01 00:00:00\n"
    text += "3,2,Graz,true,2020-03-01,\n"

    report, columns = imported(text)

    assert [column.type for column in report.schema] == [
        ColumnType.INTEGER,
        ColumnType.NUMBER,
        ColumnType.CATEGORY,
        ColumnType.BOOLEAN,
        ColumnType.DATE,
        ColumnType.DATETIME,
    ]
    assert report.schema.names == ("id", "price", "city", "ok", "day", "at")
    assert columns["_row"] == [0, 1, 2]
    assert columns["c1"] == [1.5, None, 2.0]
    assert columns["c2"] == ["Graz", "Linz", "Graz"]
    assert columns["c3"] == [True, False, True]
    assert [str(day) for day in columns["c4"]] == ["2020-01-31", "None", "2020-03-01"]
    assert str(columns["c5"][0]) == "2020-01-31 10:20:30"


def test_import_reports_size_and_digest_of_the_file_written(imported, tmp_path):
    report, _ = imported("a,b\n1,2\n")

    written = (tmp_path / "table.parquet").read_bytes()

    assert report.size == len(written)
    assert report.sha256 == hashlib.sha256(written).hexdigest()
    assert report.rows_count == 1


def test_import_with_ragged_rows_stops_with_their_lines(imported, tmp_path):
    with pytest.raises(ReaderError, match=r"^2 records do not fit.*Line 3") as caught:
        imported("a,b,c\n1,2,3\n4,5\n6,7,8,9\n")

    records = [(r.line, r.expected, r.found) for r in caught.value.records]
    assert records == [(3, 3, 2), (4, 3, 4)]
    assert not list(tmp_path.glob("*.parquet*"))


def test_import_that_drops_bad_records_reports_them(imported):
    report, columns = imported("a,b\n1,2\n3\n5,6\n", bad_records="drop")

    assert columns["c0"] == [1, 5]
    assert report.bad_count == 1
    assert report.bad_records[0].line == 3
    assert report.notices == ["1 bad record was left out, in line 3."]
