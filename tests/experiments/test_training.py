from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.model_selection import (
    StratifiedKFold,
    cross_validate,
    train_test_split,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from datasets.monitor import Cancelled, SilentMonitor
from datasets.recipes import StepSpec
from datasets.tables import ColumnType
from experiments.algorithms.catalogue import Task, algorithm
from experiments.evaluation.scoring import Answered
from experiments.learning.finished import is_alone
from experiments.learning.fits import Tried
from experiments.learning.problems import TrainingError
from experiments.training import train
from tests.clock import cpu_seconds
from tests.experiments.tables import (
    CATEGORY,
    GENERAL,
    NUMBER,
    iris_columns,
    iris_plan,
    make_plan,
    make_table,
    mixed_columns,
    mixed_plan,
    quick,
    scaled,
)


def comparable(outcome) -> dict:
    found = outcome.to_json()
    found.pop("timings")
    return found


#: Baselines read nothing; what is told by counts is told elsewhere.
UNTAUGHT = {"dummy", "dummy_regressor", "naive_bayes_multinomial"}


@pytest.mark.parametrize("name", [name for name in GENERAL if name not in UNTAUGHT])
def test_every_algorithm_learns_mixed_columns(name):
    outcome = train(mixed_plan(name), make_table(**mixed_columns(400)))

    gain = outcome.baseline["gain"]
    headline = "accuracy" if outcome.task is Task.CLASSIFICATION else "r2"
    assert gain[headline]["low"] > 0
    json.dumps(outcome.to_json(), allow_nan=False)


@pytest.mark.parametrize("name", GENERAL)
def test_two_runs_give_equal_numbers(name):
    plan = mixed_plan(name, split={"cv_folds": 3}, hyperparameters=quick(name))
    table = make_table(**mixed_columns())

    first, second = train(plan, table), train(plan, table)

    assert comparable(first) == comparable(second)


@pytest.mark.parametrize("name", GENERAL)
def test_another_seed_gives_another_split(name):
    table = make_table(**mixed_columns())
    plans = [
        mixed_plan(name, split={"random_seed": seed}, hyperparameters=quick(name))
        for seed in (1, 2)
    ]

    digests = {train(plan, table).split_digest for plan in plans}

    assert len(digests) == 2


RECIPE = [
    StepSpec(step="fill_missing", columns=("size",), parameters={"strategy": "mean"}),
    *scaled("zscore"),
]


@pytest.mark.parametrize("name", GENERAL)
@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(size=st.floats(-1e6, 1e6), kind=st.sampled_from(["red", "violet", "black"]))
def test_changing_test_rows_changes_nothing_learned(name, size, kind):
    refused = algorithm(name).negative == "refused"
    steps = [RECIPE[0], *scaled("minmax")] if refused else RECIPE
    plan = mixed_plan(name, steps=steps, hyperparameters=quick(name))
    columns = mixed_columns(60)
    columns["size"][1][3] = None
    before = train(plan, make_table(**columns))

    for row in before.split["test"].tolist():
        columns["size"][1][row] = size
        columns["kind"][1][row] = kind
    after = train(plan, make_table(**columns))

    assert after.split_digest == before.split_digest
    assert after.metrics["train"] == before.metrics["train"]
    assert after.pipeline.recipe == before.pipeline.recipe
    assert after.pipeline.encoder == before.pipeline.encoder
    assert after.signature == before.signature
    assert after.self_check == before.self_check


def test_recipe_is_fitted_on_training_rows_only():
    columns = mixed_columns(60)
    plan = mixed_plan("knn", steps=RECIPE)

    outcome = train(plan, make_table(**columns))

    sizes = np.array(columns["size"][1])[outcome.split["train"]]
    state = outcome.pipeline.recipe.steps[0].state
    assert state["size"] == pytest.approx(sizes.mean(), rel=1e-12)


def test_scores_equal_those_of_scikit_learn():
    columns = iris_columns()
    X = np.column_stack([columns[name][1] for name in list(columns)[:4]])
    y = np.array(columns["species"][1])
    plan = iris_plan("knn", split={"cv_folds": 5})

    outcome = train(plan, make_table(**columns))

    kept, held, y_kept, y_held = train_test_split(
        X, y, test_size=0.2, random_state=42, stratify=y
    )
    reference = make_pipeline(StandardScaler(), KNeighborsClassifier(5))
    reference.fit(kept, y_kept)
    shares = reference.predict_proba(held)
    test = outcome.metrics["test"]
    assert test["accuracy"] == pytest.approx(
        accuracy_score(y_held, reference.predict(held)), abs=1e-9
    )
    assert test["roc_auc"] == pytest.approx(
        roc_auc_score(y_held, shares, multi_class="ovr"), abs=1e-9
    )
    assert test["log_loss"] == pytest.approx(log_loss(y_held, shares), abs=1e-9)
    folds = cross_validate(
        reference,
        kept,
        y_kept,
        cv=StratifiedKFold(5, shuffle=True, random_state=42),
        scoring=["accuracy", "f1_macro", "roc_auc_ovr"],
    )
    found = outcome.metrics["cross_validation"]
    for ours, theirs in (
        ("accuracy", "accuracy"),
        ("f1_macro", "f1_macro"),
        ("roc_auc", "roc_auc_ovr"),
    ):
        assert found[ours]["folds"] == pytest.approx(folds[f"test_{theirs}"], abs=1e-9)
        assert found[ours]["std"] == pytest.approx(
            folds[f"test_{theirs}"].std(), abs=1e-9
        )


def test_regression_equals_scikit_learn():
    columns = mixed_columns()
    plan = make_plan("linear_regression", "amount", ["size", "flag"])

    outcome = train(plan, make_table(**columns))

    X = np.column_stack([columns["size"][1], columns["flag"][1]]).astype(float)
    y = np.array(columns["amount"][1])
    kept, held, y_kept, y_held = train_test_split(X, y, test_size=0.2, random_state=42)
    reference = LinearRegression().fit(kept, y_kept)
    assert outcome.metrics["test"]["r2"] == pytest.approx(
        reference.score(held, y_held), abs=1e-9
    )


def test_folds_alone_evaluate_all_rows():
    plan = iris_plan(split={"train_ratio": 1, "cv_folds": 3})

    outcome = train(plan, make_table(**iris_columns()))

    assert outcome.evaluated_on == "cross_validation"
    assert outcome.metrics["test"] == {}
    assert np.sum(outcome.evaluation["confusion_matrix"]["matrix"]) == 150
    assert len(outcome.metrics["cross_validation"]["accuracy"]["folds"]) == 3


def test_repeats_are_in_the_mean_and_rows_are_counted_once():
    split = {"train_ratio": 1, "cv_folds": 3}
    once = train(iris_plan(split=split), make_table(**iris_columns()))
    found = train(
        iris_plan(split={**split, "cv_repeats": 2}), make_table(**iris_columns())
    )

    folds = found.metrics["cross_validation"]["accuracy"]["folds"]
    assert len(folds) == 6
    assert folds[:3] == once.metrics["cross_validation"]["accuracy"]["folds"]
    assert found.intervals == once.intervals
    assert found.tested.is_unique
    assert len(found.tested.rows) == 150


def test_validation_part_is_measured_apart():
    plan = iris_plan(split={"train_ratio": 0.6, "validation_ratio": 0.2})

    outcome = train(plan, make_table(**iris_columns()))

    assert outcome.rows == {"train": 90, "validation": 30, "test": 30}
    assert 0.8 < outcome.metrics["validation"]["accuracy"] <= 1


def test_rows_without_target_are_left_out_with_a_notice():
    columns = iris_columns()
    columns["species"][1][:3] = [None] * 3

    outcome = train(iris_plan(), make_table(**columns))

    assert sum(outcome.rows.values()) == 147
    assert outcome.notices == [
        "3 rows have no value in the target column “species” and were left out."
    ]


def test_steps_never_touch_the_target():
    columns = mixed_columns()
    steps = [StepSpec(step="scale", columns=("size", "amount"))]
    plan = mixed_plan("linear_regression", steps=steps)

    outcome = train(plan, make_table(**columns))

    assert outcome.pipeline.recipe.steps[0].columns == ("size",)
    assert "targets are never changed" in outcome.notices[0]


def test_constants_before_learning_steps_are_applied_to_all_rows():
    columns = mixed_columns()
    columns["kind"][1][:10] = [None] * 10
    fill = {"strategy": "constant", "value": "none"}
    steps = [
        StepSpec(step="fill_missing", columns=("kind",), parameters=fill),
        *RECIPE[1:],
    ]

    outcome = train(mixed_plan("decision_tree", steps=steps), make_table(**columns))

    assert "none" in outcome.pipeline.encoder.features[1].categories
    assert [step.step for step in outcome.pipeline.recipe.steps] == [
        "fill_missing",
        "scale",
    ]
    kinds = outcome.signature.columns[1]
    assert (kinds.name, kinds.missing_allowed) == ("kind", True)


def test_group_split_keeps_groups_together():
    columns = mixed_columns()
    groups = [f"g{row // 4}" for row in range(120)]
    columns["patient"] = (CATEGORY, groups)
    split = {"method": "group", "group_column": "patient", "cv_folds": 3}

    outcome = train(mixed_plan("decision_tree", split=split), make_table(**columns))

    parts = {
        name: {groups[row] for row in rows} for name, rows in outcome.split.items()
    }
    assert not parts["train"] & parts["test"]
    assert not parts["fold_0"] & parts["fold_1"]
    assert "patient" not in [c.name for c in outcome.signature.columns]


def test_time_split_tests_on_the_latest():
    columns = mixed_columns()
    split = {"method": "time", "time_column": "day", "gap": 2}

    outcome = train(mixed_plan("decision_tree", split=split), make_table(**columns))

    days = np.array(columns["day"][1])
    learned, tested = days[outcome.split["train"]], days[outcome.split["test"]]
    assert learned.max() < tested.min()
    assert outcome.rows["train"] + outcome.rows["test"] == 118


def test_a_class_that_only_the_future_has_is_told():
    columns = {
        "day": (ColumnType.INTEGER, list(range(100))),
        "size": (NUMBER, [float(day % 7) for day in range(100)]),
        "kind": (CATEGORY, ["a", "b"] * 40 + ["a", "new"] * 10),
    }
    split = {"method": "time", "time_column": "day"}
    plan = make_plan("decision_tree", "kind", ["size"], split=split)

    outcome = train(plan, make_table(**columns))

    assert outcome.notices == [
        "None of the 80 rows to learn from is “new”, but 10 tested ones are: the model "
        "never answers it."
    ]


class Stopping(SilentMonitor):
    def __init__(self, checks: int) -> None:
        self.checks = checks

    def check(self) -> None:
        self.checks -= 1
        if self.checks < 0:
            raise Cancelled


@pytest.mark.parametrize("checks", [0, 3, 6])
def test_cancel_stops_between_folds(checks):
    plan = iris_plan(split={"cv_folds": 5})

    with pytest.raises(Cancelled):
        train(plan, make_table(**iris_columns()), Stopping(checks))


class Counting(SilentMonitor):
    def __init__(self) -> None:
        self.expected, self.done = 0.0, 0.0

    def total(self, units: float) -> None:
        self.expected = units

    def advance(self, units: float = 1) -> None:
        self.done += units


def test_progress_adds_up():
    monitor = Counting()

    train(iris_plan(split={"cv_folds": 5}), make_table(**iris_columns()), monitor)

    assert monitor.done == monitor.expected == 7


def test_small_session_is_quick():
    plan, table = iris_plan(), make_table(**iris_columns())

    assert cpu_seconds(lambda: train(plan, table)) < 0.25


def pathological() -> dict[str, tuple]:
    n_rows = 40
    rng = np.random.default_rng(1)
    good = (NUMBER, rng.normal(size=n_rows).tolist())
    label = (CATEGORY, ["a", "b"] * (n_rows // 2))
    amount = (NUMBER, rng.normal(size=n_rows).tolist())
    base = {"good": good, "label": label, "amount": amount}
    huge = [1e308 if row % 2 else -1e308 for row in range(n_rows)]
    words = [f"free text number {row}" for row in range(n_rows)]
    return {
        "empty": {**base, "odd": (NUMBER, [None] * n_rows)},
        "empty_category": {**base, "odd": (CATEGORY, [None] * n_rows)},
        "constant": {**base, "odd": (NUMBER, [1.0] * n_rows)},
        "missing": {**base, "odd": (NUMBER, [None, *good[1][1:]])},
        "identifier": {**base, "odd": (ColumnType.INTEGER, list(range(n_rows)))},
        "unique_words": {**base, "odd": (CATEGORY, words)},
        "text": {**base, "odd": (ColumnType.TEXT, words)},
        "huge": {**base, "odd": (NUMBER, huge)},
        "large": {**base, "odd": (NUMBER, [value / 1e272 for value in huge])},
        "one_class": {
            **base,
            "odd": good,
            "label": (CATEGORY, ["a"] * n_rows),
            "amount": (NUMBER, [2.0] * n_rows),
        },
        "no_target": {
            **base,
            "odd": good,
            "label": (CATEGORY, [None] * n_rows),
            "amount": (NUMBER, [None] * n_rows),
        },
        "single_member": {
            **base,
            "odd": good,
            "label": (CATEGORY, ["c", *label[1][1:]]),
            "amount": (NUMBER, [1e308, *amount[1][1:]]),
        },
        "one_row": {name: (kind, v[:1]) for name, (kind, v) in base.items()}
        | {"odd": (NUMBER, [1.0])},
        "two_rows": {name: (kind, v[:2]) for name, (kind, v) in base.items()}
        | {"odd": (NUMBER, [1.0, 2.0])},
        "no_rows": {name: (kind, []) for name, (kind, _) in base.items()}
        | {"odd": (NUMBER, [])},
    }


REFUSED = {
    "identifier": "names rows",
    "unique_words": "names rows",
    "text": "free text",
    "huge": "beyond ±3.4e38",
    "one_class": "one class only|same value in every row",
    "no_target": "has no values",
    "single_member": "has one row|beyond ±1e100",
    "one_row": "1 rows; at least",
    "two_rows": "2 rows; at least",
    "no_rows": "0 rows; at least",
}
REFUSED_UNLESS_NATIVE = {
    "empty": "has no values at all",
    "empty_category": "has no values at all",
    "missing": "one missing value; use the step",
}


@pytest.mark.parametrize("pathology", list(pathological()))
@pytest.mark.parametrize("name", GENERAL)
def test_pathologies_are_learned_or_refused_in_a_sentence(name, pathology):
    entry = algorithm(name)
    target = "label" if entry.task is Task.CLASSIFICATION else "amount"
    plan = make_plan(name, target, ["good", "odd"], hyperparameters=quick(name))
    table = make_table(**pathological()[pathology])
    expected = REFUSED.get(pathology)
    if entry.missing == "refused":
        expected = expected or REFUSED_UNLESS_NATIVE.get(pathology)
    if entry.negative == "refused":
        expected = f"{expected or 'x^'}|counts cannot be negative"

    if expected:
        with pytest.raises(TrainingError, match=expected) as refusal:
            train(plan, table)
        assert str(refusal.value).endswith(".")
    else:
        outcome = train(plan, table)
        json.dumps(outcome.to_json(), allow_nan=False)


def test_parameter_beyond_its_bounds_is_refused_before_any_work():
    plan = iris_plan("knn", hyperparameters={"n_neighbors": 21})

    with pytest.raises(TrainingError, match="n_neighbors must be between 1 and 20"):
        train(plan, make_table(**iris_columns()))


def test_more_neighbours_than_rows_are_refused():
    columns = {name: (kind, v[48:56]) for name, (kind, v) in iris_columns().items()}
    plan = iris_plan("knn", hyperparameters={"n_neighbors": 20})

    with pytest.raises(TrainingError, match="20 neighbours cannot be found among 6"):
        train(plan, make_table(**columns))


def test_class_that_no_row_teaches_is_told():
    columns = mixed_columns()
    order = np.argsort(columns["day"][1])
    columns["label"][1][order[-1]] = "later"
    split = {"method": "time", "time_column": "day"}

    outcome = train(mixed_plan("decision_tree", split=split), make_table(**columns))

    codes = [warning.code for warning in outcome.warnings]
    assert "class_not_learned" in codes


def told_of_one_class(label: list[str], columns, **split) -> str:
    """Train on these labels; return the warning that the tested rows are of one."""
    columns["label"][1][:] = label
    outcome = train(mixed_plan("decision_tree", split=split), make_table(**columns))
    told = {warning.code: warning.detail for warning in outcome.warnings}
    return told.get("one_class_tested", "")


def test_rows_of_one_class_alone_are_no_test():
    columns = mixed_columns()
    late = np.argsort(np.argsort(columns["day"][1])) >= 80
    label = np.where(late, "low", columns["label"][1]).tolist()

    told = told_of_one_class(label, columns, method="time", time_column="day")

    assert "All 24 tested rows are “low”, so" in told


def test_folds_of_one_class_are_counted():
    columns = mixed_columns()
    columns["kind"][1][:] = [f"group {place % 8}" for place in range(120)]
    label = ["high" if place % 2 else "low" for place in range(120)]

    told = told_of_one_class(
        label, columns, method="group", group_column="kind", cv_folds=6
    )

    assert re.match(r"In [4-6] of 6 folds all tested rows are of one class", told)


def test_rows_of_all_classes_are_a_test():
    outcome = train(mixed_plan("decision_tree"), make_table(**mixed_columns()))

    assert "one_class_tested" not in {warning.code for warning in outcome.warnings}


@pytest.mark.parametrize(("y", "alone"), [([], False), ([1, 1], True), ([0, 1], False)])
def test_only_rows_that_were_tried_are_of_one_class(y, alone):
    shares = np.zeros((len(y), 2))
    answered = Answered(np.array(y, dtype=np.int64), shares, shares, shares)

    assert is_alone(Tried(None, shares, answered)) is alone
