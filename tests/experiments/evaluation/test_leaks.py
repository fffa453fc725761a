from __future__ import annotations

import numpy as np
import pytest

from datasets.tables import ColumnType
from experiments.evaluation.leaks import Learned, duplicates_across, telling_features
from experiments.evaluation.splits import Split
from experiments.learning.encoding import Encoder, FeatureCode
from experiments.training import train
from tests.experiments.tables import (
    CATEGORY,
    NUMBER,
    iris_columns,
    iris_plan,
    make_table,
    mixed_columns,
    mixed_plan,
)

RNG = np.random.default_rng(0)
N_ROWS = 1000


def told(values: np.ndarray, y: np.ndarray, labels: list | None) -> list[str]:
    encoder = Encoder((FeatureCode("x", ColumnType.NUMBER),), onehot=True)
    learned = Learned(values[:, None].astype(float), y, encoder, labels)
    return [warning.code for warning in telling_features(learned, "y", seed=0)]


def classes() -> np.ndarray:
    return RNG.integers(0, 2, N_ROWS)


def test_copy_of_the_target_gives_the_answer():
    y = classes()

    assert told(y * 3 + 1, y, ["a", "b"]) == ["gives_answer"]
    assert told(y + RNG.normal(scale=0.1, size=N_ROWS), y, ["a", "b"]) == [
        "gives_answer"
    ]


def test_good_feature_does_not():
    y = classes()

    assert told(y + RNG.normal(scale=0.5, size=N_ROWS), y, ["a", "b"]) == []


def test_noise_and_row_numbers_do_not():
    y = classes()

    assert told(RNG.normal(size=N_ROWS), y, ["a", "b"]) == []
    assert told(np.arange(N_ROWS), y, ["a", "b"]) == []
    assert told(np.ones(N_ROWS), y, ["a", "b"]) == []


def test_flag_that_means_a_class_is_told():
    y = RNG.integers(0, 3, N_ROWS)
    flag = (y == 2) & (RNG.random(N_ROWS) < 0.6)

    assert told(flag, y, ["a", "b", "c"]) == ["tells_class"]


def test_absence_that_means_a_class_is_told():
    y = RNG.integers(0, 3, N_ROWS)
    values = np.where(y == 2, np.nan, 1.0)

    assert told(values, y, ["a", "b", "c"]) != []


def test_number_made_of_the_target_is_told():
    y = RNG.normal(size=N_ROWS)

    assert told(y * 2 + 1, y, None) == ["gives_answer"]
    assert told(y + RNG.normal(size=N_ROWS), y, None) == []


def test_planted_leak_is_found_by_training():
    columns = mixed_columns(400)
    columns["outcome"] = (NUMBER, [float(v == "high") for v in columns["label"][1]])
    plan = mixed_plan("decision_tree")
    plan = plan.model_copy(update={"features": [*plan.features, "outcome"]})

    outcome = train(plan, make_table(**columns))

    found = [(w.column, w.code) for w in outcome.warnings if w.code != "time_order"]
    assert found == [("outcome", "gives_answer")]


def test_honest_columns_raise_no_suspicion():
    outcome = train(iris_plan(), make_table(**iris_columns()))

    assert [warning.code for warning in outcome.warnings] == []


def test_shuffled_labels_give_chance():
    columns = mixed_columns(400)
    RNG.shuffle(columns["label"][1])

    outcome = train(mixed_plan("random_forest"), make_table(**columns))

    assert outcome.metrics["test"]["balanced_accuracy"] == pytest.approx(0.5, abs=0.15)


def test_duplicates_on_both_sides_are_counted():
    split = Split(np.array([0, 1]), np.array([], int), np.array([2, 3]))

    (warning,) = duplicates_across(np.array([5, 6, 5, 7]), split)

    assert warning.code == "duplicates_across_split"
    assert warning.detail.startswith("1 tested rows")
    assert "Switch on “Keep duplicates together”" in warning.detail
    (by_time,) = duplicates_across(np.array([5, 6, 5, 7]), split, by_time=True)
    assert "Switch on" not in by_time.detail
    assert duplicates_across(np.arange(4), split) == []


def test_duplicates_of_a_table_are_told_and_can_be_kept_together():
    columns = mixed_columns(60)
    doubled = {name: (kind, v * 2) for name, (kind, v) in columns.items()}
    doubled["label"] = (CATEGORY, columns["label"][1] * 2)
    table = make_table(**doubled)
    together = {"keep_duplicates_together": True}

    apart = train(mixed_plan("decision_tree"), table)
    kept = train(mixed_plan("decision_tree", split=together), table)

    assert "duplicates_across_split" in [w.code for w in apart.warnings]
    assert "duplicates_across_split" not in [w.code for w in kept.warnings]


def test_score_that_orders_one_class_is_told():
    y = RNG.integers(0, 3, N_ROWS)
    score = np.where(y == 2, RNG.normal(3, 1, N_ROWS), RNG.normal(0, 1, N_ROWS))

    assert told(score, y, ["a", "b", "c"]) == ["gives_answer"]
