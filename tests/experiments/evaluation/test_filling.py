"""Which step deals with the missing values of a feature."""

from __future__ import annotations

import pytest

from datasets.recipes import StepSpec
from experiments.evaluation.filling import filled_notes

pytestmark = pytest.mark.unit

RENAME = StepSpec(step="rename", parameters={"names": {"age": "years"}})
FILL = StepSpec(
    step="fill_missing", columns=("years", "size"), parameters={"strategy": "median"}
)
DROP = StepSpec(step="drop_missing", columns=("colour",), parameters={"how": "any"})


def said(features, steps, missing, *, is_leak_free=True):
    return list(filled_notes(features, steps, missing, is_leak_free=is_leak_free))


def test_first_step_that_deals_with_a_column_is_named():
    found = said(
        ["years", "size", "colour", "whole"],
        [RENAME, FILL, DROP, FILL],
        {"age": 1200, "size": 3, "colour": 1},
    )

    assert [note.detail for note in found] == [
        "Missing values of “years” (1,200), “size” (3): step 2, “Fill missing values”, "
        "deals with them, by what the training rows of each fold tell.",
        "Missing values of “colour” (1): step 3, “Remove rows with missing values”, "
        "deals with them.",
    ]
    assert [note.column for note in found] == [None, "colour"]


def test_as_it_stands_a_step_has_seen_the_tested_rows():
    (note,) = said(["years"], [RENAME, FILL], {"age": 1}, is_leak_free=False)

    assert note.detail.endswith("by what all rows tell, tested ones too.")


def test_many_columns_are_not_all_named():
    names = [f"x{place}" for place in range(7)]
    fill = FILL.model_copy(update={"columns": tuple(names)})

    (note,) = said(names, [fill], dict.fromkeys(names, 2))

    assert "“x4” (2) and 2 more columns: step 1" in note.detail


def test_nothing_is_said_of_what_no_step_fills():
    assert said(["size"], [RENAME], {"size": 3}) == []
