"""Naive Bayes against the formulas, computed here without any library."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

from datasets.tables import ColumnType
from experiments.algorithms.catalogue import algorithm
from experiments.algorithms.parameters import Setting
from experiments.learning.problems import TrainingError
from experiments.training import train
from tests.experiments.algorithms.weka import weka_folds, weka_table
from tests.experiments.tables import (
    CATEGORY,
    NUMBER,
    make_plan,
    make_table,
    mixed_columns,
)

INTEGER = ColumnType.INTEGER

#: Six rows of three counts each, of two classes.
COUNTS = [[2, 0, 1], [3, 1, 0], [1, 0, 0], [0, 2, 4], [0, 1, 3], [1, 3, 2]]
CLASSES = [0, 0, 0, 1, 1, 1]
ASKED = [1, 2, 1]


def shares(scores: list[float]) -> list[float]:
    """Return probabilities of classes from the logarithms of their products."""
    powers = [exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]


def found(name: str, rows: list[list[float]], asked: list[float], **values) -> list:
    model = algorithm(name).build(values, Setting())
    model.fit(np.array(rows, dtype=float), np.array(CLASSES))
    return model.predict_proba(np.array([asked], dtype=float))[0].tolist()


@pytest.mark.parametrize("alpha", [1.0, 0.5])
def test_multinomial_is_that_of_the_formula(alpha):
    scores = []
    for label in (0, 1):
        rows = [row for row, c in zip(COUNTS, CLASSES, strict=True) if c == label]
        sums = [sum(column) for column in zip(*rows, strict=True)]
        weights = [log((s + alpha) / (sum(sums) + 3 * alpha)) for s in sums]
        told = sum(n * w for n, w in zip(ASKED, weights, strict=True))
        scores.append(log(0.5) + told)

    answer = found("naive_bayes_multinomial", COUNTS, ASKED, alpha=alpha)

    assert answer == pytest.approx(shares(scores), abs=1e-12)


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_bernoulli_is_that_of_the_formula(threshold):
    scores = []
    for label in (0, 1):
        rows = [row for row, c in zip(COUNTS, CLASSES, strict=True) if c == label]
        score = log(0.5)
        for place, value in enumerate(ASKED):
            present = sum(row[place] > threshold for row in rows)
            share = (present + 1) / (len(rows) + 2)
            score += log(share if value > threshold else 1 - share)
        scores.append(score)

    answer = found("naive_bayes_bernoulli", COUNTS, ASKED, binarize=threshold)

    assert answer == pytest.approx(shares(scores), abs=1e-12)


def test_gaussian_is_that_of_the_formula():
    rows = [[5.1, 1.4], [4.9, 1.5], [5.4, 1.1], [6.3, 4.9], [5.9, 4.2], [6.8, 5.5]]
    asked = [5.8, 3.0]
    smoothing = 1e-9 * max(np.var(rows, axis=0))
    scores = []
    for label in (0, 1):
        score = log(0.5)
        for place, value in enumerate(asked):
            mine = [r[place] for r, c in zip(rows, CLASSES, strict=True) if c == label]
            mean = sum(mine) / 3
            variance = sum((v - mean) ** 2 for v in mine) / 3 + smoothing
            score -= log(2 * np.pi * variance) / 2
            score -= (value - mean) ** 2 / (2 * variance)
        scores.append(score)

    answer = found("naive_bayes_gaussian", rows, asked)

    assert answer == pytest.approx(shares(scores), abs=1e-12)


def test_classes_may_all_be_likely_from_the_start():
    rows = [*COUNTS[:3], COUNTS[3], COUNTS[0], COUNTS[1]]

    learned = found("naive_bayes_bernoulli", rows, ASKED)
    even = found("naive_bayes_bernoulli", rows, ASKED, fit_prior=False)

    assert learned == pytest.approx(even, abs=1e-12)  # three rows each


def test_pima_is_answered_as_well_as_by_weka():
    """Weka rounds the numbers first, and has 581 of 768 rows right (75.651 %)."""
    table = weka_table("diabetes")
    model, right = algorithm("naive_bayes_gaussian").build({}, Setting()), 0
    for tested in weka_folds(table.y):
        learned = np.setdiff1d(np.arange(len(table.y)), tested)
        model.fit(table.X[learned], table.y[learned])
        right += int((model.predict(table.X[tested]) == table.y[tested]).sum())

    assert right / len(table.y) == pytest.approx(0.75651, abs=0.01)


def test_standardised_bernoulli_asks_whether_a_value_is_above_the_mean():
    rows = [[1.0], [2.0], [3.0], [11.0], [12.0], [13.0]]

    answer = found("naive_bayes_bernoulli", rows, [9.0], standardize=True)

    assert answer == pytest.approx([0.2, 0.8], abs=1e-12)


def test_multinomial_learns_from_counts():
    rng = np.random.default_rng(0)
    topics = rng.integers(0, 2, 200)
    counts = rng.poisson(np.where(topics[:, None], [1, 2, 3], [3, 2, 1]))
    columns = {f"n{n}": (INTEGER, column.tolist()) for n, column in enumerate(counts.T)}
    columns["topic"] = (CATEGORY, [f"topic {code}" for code in topics])
    plan = make_plan("naive_bayes_multinomial", "topic", ["n0", "n1", "n2"])

    outcome = train(plan, make_table(**columns))

    assert outcome.baseline["gain"]["accuracy"]["low"] > 0


def test_negative_values_are_refused_before_training():
    plan = make_plan("naive_bayes_multinomial", "label", ["size", "flag"])

    with pytest.raises(
        TrainingError, match=r"“size” goes down to -2\.3.*counts cannot"
    ):
        train(plan, make_table(**mixed_columns()))


def test_what_a_step_made_negative_is_refused_naming_the_column():
    columns = mixed_columns()
    columns["size"] = (NUMBER, [abs(value) for value in columns["size"][1]])
    steps = [{"step": "scale", "columns": ("size",), "parameters": {}}]
    plan = make_plan("naive_bayes_multinomial", "label", ["size"], steps=steps)

    with pytest.raises(TrainingError, match="“size” goes down to -") as refusal:
        train(plan, make_table(**columns))

    assert [p.code for p in refusal.value.problems] == ["negative_values"]
