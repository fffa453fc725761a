"""Small workbooks, written part by part: what becomes of their sheets and cells."""

import datetime
import io
import zipfile

import pytest

from datasets.readers.errors import ReaderError
from datasets.readers.workbook import package
from datasets.tables import ColumnType as T
from tests.datasets.workbooks import cell, sheet, workbook

NUMBERS = sheet(
    [cell("A1", "n"), cell("B1", "x")],
    [cell("A2", 1), cell("B2", "u")],
    [cell("A3", 2), cell("B3", "v")],
)


def test_cells_are_read_as_what_they_are(read_file):
    content = workbook(
        Table=sheet(
            [cell(f"{c}1", n) for c, n in zip("ABCDEF", "nxdtzs", strict=True)],
            [
                *(cell("A2", 3), cell("B2", 0.1), cell("C2", 43861, style=1)),
                *(cell("D2", 43861.5, style=2), cell("E2", "01234")),
                '<c r="F2"><f>1+1</f><v>2</v></c>',
            ],
            [],
            [cell("A4", -1), '<c r="B4" t="e"><v>#DIV/0!</v></c>'],
        )
    )

    found, report, columns = read_file(content, "t.xlsx")

    assert [column.type for column in report.schema] == [
        T.INTEGER, T.NUMBER, T.DATE, T.DATETIME, T.CATEGORY, T.INTEGER,
    ]  # fmt: skip
    assert columns == {
        "n": [3, -1],
        "x": [0.1, None],
        "d": [datetime.date(2020, 1, 31), None],
        "t": [datetime.datetime(2020, 1, 31, 12), None],
        "z": ["01234", None],
        "s": [2, None],
    }
    assert found.parts == {}


def test_the_first_sheet_with_rows_is_guessed_and_another_chosen(read_file):
    content = workbook(Empty=sheet(), First=NUMBERS, Other=sheet([cell("A1", 7)], []))

    found, _, columns = read_file(content, "renamed.csv")
    _, _, other = read_file(content, "t.xlsx", part="Other", header=False)

    assert found.dialect.part == "First"
    assert found.parts == {"Empty": "Empty", "First": "First", "Other": "Other"}
    assert columns == {"n": [1, 2], "x": ["u", "v"]}
    assert other == {"column_1": [7]}


@pytest.mark.parametrize(
    "notes",
    [
        [[cell("A1", "Figures of the shop")]],
        [[cell("A1", "Figures"), cell("B1", "2007")]],
        [[cell("A1", "Figures of the shop")], [cell("A2", "See the other sheets")]],
    ],
    ids=["a title", "a row", "lines"],
)
def test_a_sheet_of_notes_is_not_taken_for_the_table(read_file, notes):
    content = workbook(Notes=sheet(*notes), Sales=NUMBERS)

    found, _, columns = read_file(content, "t.xlsx")

    assert found.dialect.part == "Sales"
    assert "“Sales” is the first sheet with rows of several cells." in found.reasons
    assert columns == {"n": [1, 2], "x": ["u", "v"]}


def test_a_long_sheet_of_one_column_is_a_table(read_file):
    column = [[cell(f"A{row}", row)] for row in range(1, 301)]
    content = workbook(Long=sheet(*column), Sales=NUMBERS)

    found, _, _ = read_file(content, "t.xlsx")

    assert found.dialect.part == "Long"
    assert "“Long” is the first sheet with rows." in found.reasons


def test_merged_cells_are_said(read_file):
    merged = '<mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>'
    content = workbook(
        T=sheet(
            [cell("A1", "n"), cell("B1", "x")],
            [cell("A2", 1), cell("B2", "u")],
            [cell("A3", 2)],
            after=merged,
        )
    )

    _, report, columns = read_file(content, "t.xlsx")

    assert columns["x"] == ["u", None]
    assert report.notices == [
        "1 merged cell has its value in the first of its cells only."
    ]


def test_a_type_that_does_not_fit_names_the_row(read_file):
    with pytest.raises(ReaderError, match=r"“x” cannot be integer.* line 2: “u”"):
        read_file(workbook(T=NUMBERS), "t.xlsx", types={"x": T.INTEGER})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (workbook(T=NUMBERS)[:-30], "damaged, cut off or protected"),
        (workbook(T=sheet()), "This sheet has no rows"),
        (workbook(T=NUMBERS.replace("</c>", "</x>")), "cannot be read"),
        (
            workbook(T=sheet([cell("A1", 1)], [cell("XFD1048576", 1)])),
            "has a sheet of more than 5,000,000 cells",
        ),
    ],
)
def test_what_is_no_table_is_refused(read_file, content, sentence):
    with pytest.raises(ReaderError, match=sentence):
        read_file(content, "t.xlsx")


def test_a_sheet_that_is_not_there_is_said(read_file):
    with pytest.raises(ReaderError, match="There is no sheet “Nope”"):
        read_file(workbook(T=NUMBERS), "t.xlsx", part="Nope")


def test_a_workbook_may_not_unpack_to_more_than_the_limit(read_file, monkeypatch):
    monkeypatch.setattr(package, "UNPACKED", 100_000)
    bomb = workbook(T=sheet([cell("A1", "x" * 200_000)]))

    with pytest.raises(ReaderError, match="unpacks to more than 100,000 bytes"):
        read_file(bomb, "t.xlsx")


def test_a_part_that_lies_about_its_size_is_refused(read_file):
    content = workbook(T=sheet([cell("A1", "x" * 70_000)]))
    size = (
        zipfile.ZipFile(io.BytesIO(content)).getinfo("xl/worksheets/s1.xml").file_size
    )
    lying = content.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))

    with pytest.raises(ReaderError, match="damaged, cut off"):
        read_file(lying, "t.xlsx")
