from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from experiments.algorithms.catalogue import (
    UnknownAlgorithmError,
    algorithm,
    algorithms,
)
from experiments.algorithms.parameters import Setting
from tests.experiments.tables import GENERAL

NAMES = [entry.name for entry in algorithms()]


def test_catalogue_loads_no_heavy_library():
    program = (
        "import sys\n"
        "from experiments.algorithms.catalogue import algorithms\n"
        "import experiments.learning.plans, experiments.evaluation.checks\n"
        "import experiments.evaluation.facts\n"
        "for entry in algorithms():\n"
        "    entry.parameters_model().model_json_schema()\n"
        "heavy = {'sklearn', 'numpy', 'pandas', 'polars', 'scipy', 'altair'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )

    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert found.stdout.strip() == "[]"


def test_catalogue_has_the_named_algorithms():
    assert NAMES == [
        "knn",
        "naive_bayes_gaussian",
        "naive_bayes_multinomial",
        "naive_bayes_bernoulli",
        "logistic_regression",
        "support_vectors",
        "decision_tree",
        "decision_tree_c45",
        "decision_tree_chaid",
        "random_forest",
        "gradient_boosting",
        "neural_network",
        "dummy",
        "linear_regression",
        "ridge_regression",
        "polynomial_regression",
        "knn_regressor",
        "decision_tree_regressor",
        "decision_tree_chaid_regressor",
        "support_vectors_regressor",
        "random_forest_regressor",
        "gradient_boosting_regressor",
        "neural_network_regressor",
        "dummy_regressor",
        "diabetes",
        "exoplanet",
        "regime",
        "volatility",
        "stars",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_algorithm_builds_with_defaults_and_presets(name):
    entry = algorithm(name)

    for values in ({}, *(preset.values for preset in entry.presets)):
        assert hasattr(entry.build(values, Setting()), "fit")


@pytest.mark.parametrize("name", NAMES)
def test_every_algorithm_says_what_it_does_with_columns(name):
    entry = algorithm(name)

    assert all(sentence.endswith(".") for sentence in (entry.summary, *entry.notes))
    assert len(entry.notes) == 2 + entry.scales + (entry.negative == "refused")


def test_no_two_algorithms_have_the_same_title():
    titles = [entry.title for entry in algorithms()]

    assert sorted(titles) == sorted(set(titles))


def test_unknown_algorithm_is_named_with_those_there_are():
    with pytest.raises(
        UnknownAlgorithmError, match="no algorithm “svm”; there are knn"
    ):
        algorithm("svm")


@pytest.mark.parametrize("name", GENERAL)
def test_missing_values_are_refused_by_estimators_that_take_none(name):
    entry = algorithm(name)
    X = np.column_stack([np.arange(60.0), np.arange(60.0) % 7])
    X[::9, 1] = np.nan
    y = np.arange(60) % 2
    estimator = entry.build({}, Setting())

    if entry.missing == "native":
        assert len(estimator.fit(X, y).predict(X)) == 60
    else:
        with pytest.raises(ValueError, match="contains NaN"):
            estimator.fit(X, y)


def test_tree_is_grown_by_entropy():
    tree = algorithm("decision_tree").build({}, Setting(seed=7))

    assert (tree.criterion, tree.random_state) == ("entropy", 7)


def test_categories_reach_boosting_by_position():
    built = algorithm("gradient_boosting").build({}, Setting(categorical=(1, 3)))

    assert built.categorical_features == [1, 3]
    assert built.early_stopping is False


def test_forest_takes_shares_of_features():
    entry = algorithm("random_forest_regressor")

    assert entry.build({}, Setting()).max_features == 1.0
    assert entry.build({"max_features": "third"}, Setting()).max_features == 1 / 3
