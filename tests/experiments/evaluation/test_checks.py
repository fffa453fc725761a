from __future__ import annotations

import pytest

from datasets.tables import ColumnType
from experiments.evaluation.checks import check_plan
from experiments.evaluation.facts import facts_from_frame, facts_from_profile
from tests.experiments.tables import (
    CATEGORY,
    NUMBER,
    iris_columns,
    make_frame,
    make_plan,
    mixed_columns,
)

INTEGER, TEXT = ColumnType.INTEGER, ColumnType.TEXT


def columns() -> dict:
    rows = range(120)
    return mixed_columns() | {
        "name": (TEXT, [f"word {row}" for row in rows]),
        "number": (INTEGER, [row + 1000 for row in rows]),
        "patient_id": (INTEGER, [row * row * 7 for row in rows]),
        "income": (INTEGER, [row * row * 7 + 1 for row in rows]),
        "code": (CATEGORY, [f"x{row}" for row in rows]),
        "gaps": (NUMBER, [None, *map(float, range(119))]),
        "nothing": (NUMBER, [None] * 120),
        "same": (NUMBER, [1.0] * 120),
        "many": (CATEGORY, [f"k{row % 101}" for row in rows]),
        "rare": (CATEGORY, ["c", *["a", "b"] * 59, "a"]),
        "seldom": (CATEGORY, ["a" if row % 12 == 5 else "b" for row in rows]),
        "grade": (INTEGER, [row % 3 for row in rows]),
        "measured": (NUMBER, [row % 30 + 0.5 for row in rows]),
        "wide": (NUMBER, [1e4 * row for row in rows]),
    }


def findings(plan, found=None):
    found = found or facts_from_frame(make_frame(**columns()))
    checked = check_plan(plan, found)
    return (
        [(p.column, p.code) for p in checked.problems],
        [(w.column, w.code) for w in checked.warnings],
    )


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("absent", "absent"),
        ("nothing", "all_missing"),
        ("amount", "continuous_target"),
        ("measured", "continuous_target"),
        ("day", "continuous_target"),
        ("same", "one_class"),
        ("many", "too_many_classes"),
        ("income", "continuous_target"),
        ("rare", "class_too_small"),
    ],
)
def test_wrong_target_of_a_classification_is_told(target, code):
    problems, _ = findings(make_plan("knn", target, ["size"]))

    assert problems == [(target, code)]


@pytest.mark.parametrize(
    ("target", "code"),
    [("kind", "wrong_target_type"), ("same", "constant_target")],
)
def test_wrong_target_of_a_regression_is_told(target, code):
    problems, _ = findings(make_plan("linear_regression", target, ["size"]))

    assert problems == [(target, code)]


@pytest.mark.parametrize(
    ("feature", "code"),
    [
        ("absent", "absent"),
        ("label", "target_is_feature"),
        ("name", "free_text"),
        ("number", "identifier"),
        ("patient_id", "identifier"),
        ("code", "identifier"),
        ("gaps", "missing_values"),
        ("nothing", "all_missing"),
    ],
)
def test_unfit_feature_is_told(feature, code):
    problems, _ = findings(make_plan("knn", "label", ["size", feature]))

    assert problems == [(feature, code)]


@pytest.mark.parametrize(
    ("feature", "code"),
    [("same", "constant"), ("many", "many_categories"), ("day", "time_order")],
)
def test_doubtful_feature_is_warned_of(feature, code):
    problems, warnings = findings(make_plan("knn", "label", ["size", feature]))

    assert (problems, warnings) == ([], [(feature, code)])


@pytest.mark.parametrize("feature", ["income", "grade", "flag", "kind"])
def test_good_feature_is_not_mentioned(feature):
    assert findings(make_plan("knn", "label", ["size", feature])) == ([], [])


@pytest.mark.parametrize(
    "name", ["gradient_boosting", "decision_tree", "random_forest"]
)
def test_trees_take_missing_values(name):
    plan = make_plan(name, "label", ["gaps", "nothing"])

    assert findings(plan) == ([], [("nothing", "all_missing")])


def test_filled_values_are_not_missing():
    plan = make_plan("knn", "label", ["gaps"], steps=[{"step": "fill_missing"}])

    assert findings(plan) == ([], [])


def test_negative_values_are_told_where_counts_are_asked_for():
    plan = make_plan("naive_bayes_multinomial", "label", ["size", "flag", "grade"])
    scale = {"step": "scale", "columns": ("size",), "parameters": {"method": "minmax"}}

    assert findings(plan) == ([("size", "negative_values")], [])
    assert findings(plan.model_copy(update={"algorithm": "knn"})) == ([], [])
    scaled = make_plan("naive_bayes_multinomial", "label", ["size"], steps=[scale])
    assert findings(scaled) == ([], [])


def test_no_features_and_repeated_ones_are_told():
    assert findings(make_plan("knn", "label", []))[0] == [(None, "no_features")]
    assert findings(make_plan("knn", "label", ["size", "size"]))[0] == [
        ("size", "repeated")
    ]


def test_task_of_another_algorithm_is_told():
    plan = make_plan("knn", "label", ["size"]).model_copy(update={"task": "regression"})

    assert (None, "wrong_task") in findings(plan)[0]


def test_too_many_folds_for_the_smallest_class_are_told():
    plan = make_plan("knn", "label", ["size"], split={"cv_folds": 10})
    labels = ["a"] * 112 + ["b"] * 8
    frame = make_frame(**{**columns(), "label": (CATEGORY, labels)})

    assert findings(plan, facts_from_frame(frame))[0] == [("label", "too_many_folds")]


def test_scales_apart_are_warned_of_where_distances_decide():
    features = ["size", "wide"]
    plain = make_plan("knn", "label", features, hyperparameters={"standardize": False})

    assert findings(plain)[1] == [("wide", "scales_apart")]
    assert findings(make_plan("knn", "label", features))[1] == []
    assert findings(make_plan("decision_tree", "label", features))[1] == []


@pytest.mark.parametrize(
    ("split", "column", "code"),
    [
        ({"method": "group", "group_column": "who"}, "who", "absent"),
        ({"method": "group", "group_column": "same"}, "same", "too_few_groups"),
        ({"method": "time", "time_column": "when"}, "when", "absent"),
        ({"method": "time", "time_column": "kind"}, "kind", "wrong_time_type"),
    ],
)
def test_unfit_column_of_the_split_is_told(split, column, code):
    problems, _ = findings(make_plan("knn", "label", ["size"], split=split))

    assert problems == [(column, code)]


@pytest.mark.parametrize(
    ("target", "warned"), [("seldom", ["unbalanced"]), ("kind", [])]
)
def test_classes_far_from_balanced_are_warned_of(target, warned):
    plan = make_plan("decision_tree", target, ["size"])

    found = check_plan(plan, facts_from_frame(make_frame(**columns())))

    told = {warning.code: warning.detail for warning in found.warnings}
    assert list(told) == warned
    if warned:
        assert "“b” has 110 rows, “a” 10." in told["unbalanced"]


def test_few_rows_are_warned_of():
    short = {name: (kind, values[:20]) for name, (kind, values) in columns().items()}
    facts = facts_from_frame(make_frame(**short))

    assert (None, "few_rows") in findings(make_plan("knn", "grade", ["size"]), facts)[1]


def test_profile_gives_the_same_findings():
    profile = {
        "rows": 150,
        "columns": [
            {
                "name": "species",
                "type": "category",
                "missing": 0,
                "unique": 3,
                "top": [{"value": v, "count": 50} for v in ("a", "b", "c")],
            },
            {
                "name": "length",
                "type": "number",
                "missing": 3,
                "unique": 100,
                "minimum": 0.1,
                "maximum": 2.5,
                "top": [{"value": 1, "count": 5}],
            },
            {"name": "day", "type": "date", "missing": 0, "unique": 5, "top": []},
        ],
    }
    facts = facts_from_profile(profile)

    assert facts.columns["species"].counts == {"a": 50, "b": 50, "c": 50}
    assert facts.columns["length"].counts is None
    plan = make_plan("knn", "species", ["length"])
    assert findings(plan, facts) == ([("length", "missing_values")], [])


def test_findings_are_the_answer_of_the_api():
    facts = facts_from_frame(make_frame(**iris_columns()))
    plan = make_plan("knn", "species", ["petal_length"], split={"cv_folds": 3})

    assert check_plan(plan, facts).to_json() == {
        "valid": True,
        "problems": [],
        "warnings": [],
        "notes": [],
    }


def test_names_that_come_back_offer_a_split_by_group():
    table = {
        "star_id": (INTEGER, [row // 2 * 7919 for row in range(120)]),
        "kepid": (INTEGER, [row // 2 * 7919 for row in range(120)]),
        "paid": (INTEGER, [row // 2 * 7919 for row in range(120)]),
        "grade": (INTEGER, [row % 3 for row in range(120)]),
        "label": (CATEGORY, ["a", "b"] * 60),
    }
    facts = facts_from_frame(make_frame(**table))

    _, warnings = findings(make_plan("decision_tree", "label", ["grade"]), facts)
    grouped = make_plan(
        "decision_tree",
        "label",
        ["grade"],
        split={"method": "group", "group_column": "star_id"},
    )

    assert warnings == [("star_id", "names_repeat"), ("kepid", "names_repeat")]
    assert findings(grouped, facts)[1] == []


def test_rows_without_a_group_are_told():
    split = {"method": "group", "group_column": "gaps"}
    plan = make_plan("decision_tree", "label", ["size"], split=split)

    assert ("gaps", "missing_group") in findings(plan)[1]
