"""Linear models against published figures and against what is known of the rows."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.algorithms.catalogue import algorithm
from experiments.algorithms.parameters import Setting
from experiments.evaluation.importances import native_importances
from experiments.learning.problems import TrainingError
from experiments.training import train
from tests.experiments.tables import make_plan, make_table, mixed_columns

#: NIST StRD "Longley": employment, then six economic series of 16 years.
LONGLEY = np.array(
    [
        [60323, 83.0, 234289, 2356, 1590, 107608, 1947],
        [61122, 88.5, 259426, 2325, 1456, 108632, 1948],
        [60171, 88.2, 258054, 3682, 1616, 109773, 1949],
        [61187, 89.5, 284599, 3351, 1650, 110929, 1950],
        [63221, 96.2, 328975, 2099, 3099, 112075, 1951],
        [63639, 98.1, 346999, 1932, 3594, 113270, 1952],
        [64989, 99.0, 365385, 1870, 3547, 115094, 1953],
        [63761, 100.0, 363112, 3578, 3350, 116219, 1954],
        [66019, 101.2, 397469, 2904, 3048, 117388, 1955],
        [67857, 104.6, 419180, 2822, 2857, 118734, 1956],
        [68169, 108.4, 442769, 2936, 2798, 120445, 1957],
        [66513, 110.8, 444546, 4681, 2637, 121950, 1958],
        [68655, 112.6, 482704, 3813, 2552, 123366, 1959],
        [69564, 114.2, 502601, 3931, 2514, 125368, 1960],
        [69331, 115.7, 518173, 4806, 2572, 127852, 1961],
        [70551, 116.9, 554894, 4007, 2827, 130081, 1962],
    ]
)
#: Certified: intercept, then a weight for each series.
CERTIFIED = [
    -3482258.63459582,
    15.0618722713733,
    -0.358191792925910e-01,
    -2.02022980381683,
    -1.03322686717359,
    -0.511041056535807e-01,
    1829.15146461355,
]


def test_linear_regression_gives_the_certified_weights_of_longley():
    model = algorithm("linear_regression").build({}, Setting())

    model.fit(LONGLEY[:, 1:], LONGLEY[:, 0])

    assert [model.intercept_, *model.coef_] == pytest.approx(CERTIFIED, rel=1e-9)


def test_a_hint_of_caution_leaves_ridge_at_least_squares():
    least = algorithm("linear_regression").build({}, Setting())
    ridge = algorithm("ridge_regression").build({"alpha": 1e-6}, Setting())
    X, y = LONGLEY[:, 1:], LONGLEY[:, 0]

    answers = ridge.fit(X, y).predict(X)

    assert answers == pytest.approx(least.fit(X, y).predict(X), rel=1e-5)


def test_polynomial_finds_the_polynomial_that_made_the_rows():
    rng = np.random.default_rng(0)
    X = rng.uniform(-5, 5, (60, 2))
    y = 3 + X[:, 0] - 2 * X[:, 1] + 0.5 * X[:, 0] * X[:, 1] - X[:, 1] ** 2

    bent = algorithm("polynomial_regression").build({"degree": 2}, Setting())
    products = algorithm("polynomial_regression").build(
        {"degree": 2, "interaction_only": True}, Setting()
    )

    assert bent.fit(X, y).predict(X) == pytest.approx(y, abs=1e-9)
    assert products.fit(X, y).score(X, y) < 0.9


@pytest.mark.parametrize(
    ("values", "terms"),
    [({"degree": 3}, 55), ({"degree": 3, "interaction_only": True}, 41)],
)
def test_terms_are_counted_as_they_are_made(values, terms):
    entry = algorithm("polynomial_regression")
    model = entry.build(values | {"standardize": False}, Setting())
    X = np.ones((3, 6)) if "interaction_only" in values else np.ones((3, 5))

    model.fit(X, np.zeros(3))

    counted = entry.parameters_model().parse(values).terms(X.shape[1])
    assert counted == terms == model[0].n_output_features_


def test_too_many_terms_are_refused_in_a_sentence():
    columns = mixed_columns(60)
    rng = np.random.default_rng(0)
    names = [f"x{place}" for place in range(20)]
    columns |= {n: (columns["size"][0], rng.normal(size=60).tolist()) for n in names}
    plan = make_plan(
        "polynomial_regression", "amount", names, hyperparameters={"degree": 6}
    )

    with pytest.raises(TrainingError, match=r"20 columns .* 230,229 terms of degree 6"):
        train(plan, make_table(**columns))


def test_lasso_drops_features_that_tell_nothing():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 4))
    y = (X[:, 0] > 0).astype(int)
    values = {"l1_ratio": 1.0, "C": 0.05}

    model = algorithm("logistic_regression").build(values, Setting()).fit(X, y)

    assert np.flatnonzero(model[-1].coef_[0]).tolist() == [0]


def test_scaled_weights_count_as_importances():
    plan = make_plan("ridge_regression", "amount", ["size", "kind", "flag"])

    outcome = train(plan, make_table(**mixed_columns()))

    shares = {row["feature"]: row["native"] for row in outcome.feature_importance}
    assert shares["size"] > shares["kind"] > shares["flag"]
    assert sum(shares.values()) == pytest.approx(1)


def test_weights_of_terms_are_no_importances_of_features():
    plan = make_plan("polynomial_regression", "amount", ["size", "flag"])

    outcome = train(plan, make_table(**mixed_columns()))

    assert [row["native"] for row in outcome.feature_importance] == [None, None]
    assert native_importances(None, outcome.pipeline.encoder, np.ones((1, 2))) is None
