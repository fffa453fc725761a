"""Columns read at once say what their values say one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datasets.tables import ColumnType
from experiments.learning.reading import FEW, RowReader, listed
from experiments.learning.signature import InputColumn, RefusedValueError, Signature

NAN = float("nan")
SIZE = InputColumn("size", ColumnType.NUMBER, None, 0.5, 9.0, None, 1.0, False)
BOUND = replace(SIZE, bounds=(0.0, 9.2, True))
COUNT = InputColumn("count", ColumnType.INTEGER, None, 1, 9, None, 1, True)
KIND = InputColumn("kind", ColumnType.CATEGORY, None, None, None, ("a", "b"), "a", True)
FLAG = InputColumn("flag", ColumnType.BOOLEAN, None, None, None, None, True, False)
NOTE = InputColumn("note", ColumnType.TEXT, None, None, None, None, "x", False)
DAY = InputColumn(
    "day", ColumnType.DATE, None, "2024-01-01", "2024-12-31", None, "2024-05-01", True
)
VALUES = [
    1, 2.5, 0.5, 9, 9.5, -1, 5.0, True, False, None, "", "a", "b", "c", "2", "yes",
    NAN, float("inf"), 1e39, 10**400, [1], {"a": 1}, "2024-05-01", "2025-01-01",
]  # fmt: skip


def reader(*columns: InputColumn) -> RowReader:
    return RowReader(Signature(columns, "target", ColumnType.CATEGORY, ("x", "y")))


def one_by_one(column, value):
    """Return value, refusal and remark as the column itself tells them."""
    try:
        read = column.read(value)
    except RefusedValueError as error:
        return None, error.reason, None
    return read, None, column.remark(read)


@pytest.mark.parametrize("column", [SIZE, BOUND, COUNT, KIND, FLAG, NOTE, DAY])
@pytest.mark.parametrize(
    "beside",
    [[], [1], [2.5], ["a"], [True], [1] * FEW, [2.5, None] * FEW, ["a", None] * FEW],
)
def test_column_says_what_each_value_says(column, beside):
    for value in VALUES:
        values = [*beside, value]

        read = reader(column)([{column.name: one} for one in values])

        told = [one_by_one(column, one) for one in values]
        taken = [place for place, (_, refusal, _) in enumerate(told) if not refusal]
        assert list(read.places) == taken
        found = listed(read.values)[column.name]
        assert found == [told[place][0] for place in taken]
        assert [type(v) for v in found] == [type(told[p][0]) for p in taken]
        for place, (_, refusal, remark) in enumerate(told):
            assert read.refusals.get(place, []) == ([refusal] if refusal else [])
            assert read.remarks.get(place, []) == ([remark] if remark else [])


def test_row_without_a_column_is_refused_with_every_reason_in_order():
    read = reader(SIZE, KIND)([{"size": 1, "kind": "a"}, {}, {"size": "x"}])

    assert list(read.places) == [0]
    assert read.values == {"size": [1.0], "kind": ["a"]}
    assert {
        place: [(reason.column, reason.code) for reason in reasons]
        for place, reasons in read.refusals.items()
    } == {
        1: [("size", "missing_column"), ("kind", "missing_column")],
        2: [("size", "wrong_type"), ("kind", "missing_column")],
    }


def test_notice_names_unknown_columns_once_but_not_the_target():
    notices = reader(SIZE).notices([{"size": 1, "target": "x", "b": 1}, {"a": 1}])

    assert notices == [
        "These columns are not used by the model and were left aside: “b”, “a”."
    ]
    assert reader(SIZE).notices([{"size": 1, "target": "x"}]) == []


def test_value_far_from_usual_makes_one_think_of_another_unit():
    weight = replace(SIZE, unit="kg", usual=(1.0, 20.0))

    read = reader(weight)([{"size": value} for value in (5.0, 15.0, 9500.0)])

    assert list(read.places) == [0, 1, 2]
    assert [reason.code for reason in read.remarks[1]] == ["out_of_range"]
    (suspected,) = read.remarks[2]
    assert suspected.detail == (
        "“size” is 9500.0 kg, usually 1 to 20: was it measured in another unit?"
    )


@pytest.mark.parametrize(
    ("bounds", "values", "refused"),
    [
        (
            (0.0, None, True),
            (0, 0.1, 99),
            {0: "“size” is 0.0; this model takes > 0 s."},
        ),
        ((0.0, None, False), (0, -1), {1: "“size” is -1.0; this model takes ≥ 0 s."}),
        (
            (0.0, 9.2, False),
            (9.3,),
            {0: "“size” is 9.3; this model takes ≥ 0, ≤ 9.2 s."},
        ),
        (
            (None, 9.2, False),
            (-1, 9.3),
            {1: "“size” is 9.3; this model takes ≤ 9.2 s."},
        ),
    ],
)
def test_value_that_the_contract_does_not_allow_is_refused(bounds, values, refused):
    column = replace(SIZE, unit="s", bounds=bounds)

    read = reader(column)([{"size": value} for value in values])

    (place, told), *others = read.refusals.items()
    assert others == []
    assert {place: told[0].detail} == refused
    assert [reason.code for reason in told] == ["out_of_bounds"]


def test_signature_comes_back_from_json_with_what_is_usual():
    known = replace(SIZE, usual=(1.0, 20.0), bounds=(0.0, None, True))
    signature = Signature((known, COUNT), "target", ColumnType.NUMBER, None)

    assert Signature.from_json(signature.to_json()) == signature
    assert "usual" not in signature.to_json()["columns"][1]
