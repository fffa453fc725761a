from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from experiments.evaluation.baselines import mean, most_frequent
from experiments.evaluation.intervals import (
    classification_intervals,
    regression_intervals,
)
from tests.clock import cpu_seconds


def classified(n_samples: int, n_classes: int = 2, seed: int = 0):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n_samples)
    scores = rng.normal(size=(n_samples, n_classes)) + 1.5 * np.eye(n_classes)[y]
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return y, shares, most_frequent(y, n_classes).predict(n_samples)


def test_interval_is_that_of_the_normal_approximation():
    y, shares, baseline = classified(2000)

    found = classification_intervals(y, shares, baseline, seed=1)[0]["accuracy"]

    accuracy = (shares.argmax(axis=1) == y).mean()
    half = 1.96 * np.sqrt(accuracy * (1 - accuracy) / 2000)
    assert found["value"] == pytest.approx(accuracy)
    assert found["low"] == pytest.approx(accuracy - half, abs=0.004)
    assert found["high"] == pytest.approx(accuracy + half, abs=0.004)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_area_is_the_one_measured(n_classes):
    y, shares, baseline = classified(300, n_classes)

    found = classification_intervals(y, shares, baseline, seed=1)[0]["roc_auc"]

    scores = shares[:, 1] if n_classes == 2 else shares
    assert found["value"] == pytest.approx(
        roc_auc_score(y, scores, multi_class="ovr"), abs=1e-9
    )
    assert found["low"] < found["value"] < found["high"]


def test_no_gain_over_itself():
    y, _, baseline = classified(200)

    gain = classification_intervals(y, baseline, baseline, seed=1)[1]

    for name in ("accuracy", "balanced_accuracy", "f1_macro", "mcc"):
        assert gain[name] == {"value": 0, "low": 0, "high": 0}


def test_regression_gain_is_what_errors_shrink_by():
    rng = np.random.default_rng(0)
    y = rng.normal(size=400) * 3 + 1e6
    predicted = y + rng.normal(size=400)
    baseline = mean(y).predict(400)

    values, gain = regression_intervals(y, predicted, baseline, seed=1)

    assert values["r2"]["low"] < 1 - 1 / 9 < values["r2"]["high"]
    assert gain["rmse"]["value"] == pytest.approx(3 - 1, abs=0.3)
    assert gain["r2"]["value"] == pytest.approx(values["r2"]["value"], abs=1e-6)
    assert gain["mae"]["low"] > 0


@pytest.mark.parametrize("n_classes", [2, 3])
def test_interval_of_an_area_is_that_of_drawn_rows(n_classes):
    y, shares, baseline = classified(300, n_classes)
    rng = np.random.default_rng(0)
    scores = shares[:, 1] if n_classes == 2 else shares
    drawn = [
        roc_auc_score(y[rows], scores[rows], multi_class="ovr")
        for rows in rng.integers(0, 300, (150, 300))
    ]

    found = classification_intervals(y, shares, baseline, seed=1)[0]["roc_auc"]

    half = 1.96 * np.std(drawn)
    assert found["high"] - found["value"] == pytest.approx(half, rel=0.25)


def test_intervals_of_a_small_part_are_quick():
    y, shares, baseline = classified(30, 3)

    def measure():
        classification_intervals(y, shares, baseline, seed=1)

    assert cpu_seconds(measure) < 0.1


def test_interval_of_one_class_is_told_without_areas():
    y, shares, baseline = np.zeros(10, int), np.full((10, 2), 0.5), np.ones((10, 2))

    values, _ = classification_intervals(y, shares, baseline, seed=1)

    assert set(values) == {"accuracy", "balanced_accuracy", "f1_macro", "mcc"}
