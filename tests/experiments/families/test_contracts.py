from __future__ import annotations

import pytest

from experiments.families.contracts import Contract, ContractColumn, plainly, spelled
from experiments.families.diabetes.declaration import CONTRACT


def test_columns_are_found_whatever_their_case_and_blanks():
    names = ["id", " hba1c", "Age", "BMI", "gender ", "class"]

    assert CONTRACT.features(names) == [" hba1c", "Age", "BMI", "gender "]
    assert CONTRACT.find(names)["CLASS"] == "class"
    assert CONTRACT.lacking(names) == []


def test_lacking_columns_are_named_in_order():
    assert CONTRACT.lacking(["AGE", "CLASS"]) == ["HbA1c", "BMI", "Gender"]


@pytest.mark.parametrize(
    ("written", "label"),
    [("N ", "N"), ("prediabetes", "P"), (" DIABETES ", "Y"), ("?", "?"), (None, None)],
)
def test_labels_have_one_spelling(written, label):
    assert spelled([written], CONTRACT.columns[-1]) == [label]


def test_whole_numbers_are_labels_with_or_without_decimals():
    column = ContractColumn("label", "the verdict", labels={"CANDIDATE": ("0",)})

    assert spelled([0, 0.0, "0"], column) == ["CANDIDATE"] * 3
    assert plainly(0.5) == "0.5"


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ({}, "any number"),
        ({"low": 0}, "at least 0"),
        ({"low": 0, "low_excluded": True}, "more than 0"),
        ({"low": 0, "high": 1}, "0 to 1"),
        ({"high": 1}, "at most 1"),
        ({"labels": {"M": (), "F": ()}}, "M, F"),
    ],
)
def test_bounds_are_said_in_words(bounds, words):
    assert ContractColumn("x", "a thing", **bounds).bounds == words


def test_a_bound_that_is_excluded_is_not_allowed():
    column = ContractColumn("x", "a thing", low=0, high=5, low_excluded=True)

    assert not column.allows(0, 1)
    assert column.allows(0.1, 5)
    assert not column.allows(0.1, 5.1)


def test_a_contract_may_compute_its_target():
    assert Contract((ContractColumn("close", "the price"),)).target is None
