from __future__ import annotations

import re

import pytest

from datasets.tables import ColumnType
from experiments.evaluation.checks import check_plan
from experiments.evaluation.facts import facts_from_frame
from experiments.learning.preparation import Frame
from tests.experiments.families.markets import market_plan, prices
from tests.experiments.families.patients import patients, patients_plan
from tests.experiments.tables import CATEGORY, NUMBER, make_table


def findings(plan=None, **columns):
    kept = {name: value for name, value in columns.items() if value is not None}
    frame = Frame.collect(make_table(**kept))
    return check_plan(plan or patients_plan(), facts_from_frame(frame))


def test_a_table_that_keeps_the_contract_has_no_problem():
    found = findings(**patients())

    assert found.problems == []
    assert found.warnings == []


def test_missing_columns_are_named_with_what_is_needed():
    (problem,) = findings(**patients(BMI=None, Gender=None)).problems

    assert problem.detail == (
        "Missing required columns: BMI, Gender. Diabetes screening (network) needs "
        "HbA1c (%), AGE (years), BMI (kg/m²), Gender, CLASS. Name the columns so, in "
        "any order."
    )


BROKEN = {
    "missing_values": (
        {"BMI": (NUMBER, [None, 30.0, None] * 30)},
        r"“BMI” has 60 missing values; .* They are in the rows 1, 3, 4, 6, 7, …\.",
    ),
    "wrong_type": (
        {"AGE": (CATEGORY, ["old", "young"] * 45)},
        "“AGE” is a category; the age must be a integer",
    ),
    "out_of_bounds": (
        {"AGE": (ColumnType.INTEGER, [-1, 40, 50] * 30)},
        "“AGE” goes from -1 to 50; the age must be 0 to 130 years",
    ),
    "unknown_label": (
        {"Gender": (CATEGORY, ["M", "F", "x"] * 30)},
        "“Gender” holds “x”; it may hold M, F",
    ),
}


@pytest.mark.parametrize("code", list(BROKEN))
def test_what_breaks_the_contract_is_said(code):
    columns, sentence = BROKEN[code]

    found = findings(**patients(**columns))

    problem = next(p for p in found.problems if p.code == code)
    assert re.search(sentence, problem.detail)


def test_another_unit_is_suspected():
    (warning,) = findings(
        **patients(BMI=(NUMBER, [1.8 + i / 100 for i in range(90)]))
    ).warnings

    assert (warning.column, warning.code) == ("BMI", "unusual_unit")
    assert "usually lies between 12 and 70 kg/m²" in warning.detail


def test_few_records_are_refused_with_their_number():
    codes = {p.code: p.detail for p in findings(**patients(8)).problems}

    assert codes["too_few_rows"].startswith("There are 8 records; at least 10")


def test_small_classes_are_told_with_their_numbers():
    labels = ["N"] * 40 + ["Y"] * 45 + ["P"] * 5

    found = findings(**patients(CLASS=(CATEGORY, labels)))

    few = next(w for w in found.warnings if w.code == "few_of_class")
    assert few.detail.startswith("Fewer than 10 rows of a class: “P” 5.")


@pytest.mark.parametrize(("days", "is_doubtful"), [(90, True), (365, False)])
def test_days_that_may_all_be_of_one_regime_are_told_before(days, is_doubtful):
    plan = market_plan("regime", "regime", 7, hyperparameters={"days": days})

    found = findings(plan, **prices(500))

    told = [w.detail for w in found.warnings if w.code == "doubtful_settings"]
    sentence = f"{days} days may lie within one regime: then there is nothing"
    assert [detail[: len(sentence)] for detail in told] == [sentence] * is_doubtful


def test_other_features_than_the_contract_has_are_refused():
    plan = patients_plan().model_copy(update={"features": ["AGE", "HbA1c"]})

    (problem,) = findings(plan, **patients()).problems

    assert problem.detail.startswith(
        "Diabetes screening (network) takes the features HbA1c, AGE, BMI, Gender"
    )
