"""How fast, large and steady models are: figures that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from datasets.monitor import Cancelled, SilentMonitor
from experiments.algorithms.catalogue import Task
from experiments.evaluation import performance
from experiments.evaluation.performance import (
    NothingToAskError,
    learned_by,
    measure,
)
from experiments.evaluation.performance_advice import Background, Sibling, advice
from experiments.learning.artifacts import LoadedArtifact
from experiments.training import train
from tests.experiments.families.patients import patients_plan, patients_table
from tests.experiments.tables import iris_columns, iris_plan, make_table

QUICK = {"SECONDS": 0.0, "FEWEST": 2, "BATCHES": (1, 16)}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for name, value in QUICK.items():
        monkeypatch.setattr(performance, name, value)


def loaded(plan, table) -> LoadedArtifact:
    outcome = train(plan, table)
    return LoadedArtifact(outcome.pipeline, {"self_check": outcome.self_check})


@pytest.fixture(scope="module")
def iris():
    plan = iris_plan("logistic_regression", hyperparameters={})
    return loaded(plan, make_table(**iris_columns()))


@pytest.fixture(scope="module")
def patients():
    return loaded(patients_plan(), patients_table())


def test_a_model_of_rows_is_measured_whole(iris):
    found = measure(iris, SilentMonitor())

    assert [batch.size for batch in found.batches] == [1, 16]
    for batch in found.batches:
        assert 0 < batch.p50_seconds <= batch.p95_seconds
        assert batch.model_seconds > 0
        assert batch.per_second == pytest.approx(batch.size / batch.p50_seconds)
    assert found.preparing_seconds is None
    assert (found.learned, found.learned_kind) == (3 * (4 + 1), "coefficients")


def test_a_network_is_measured_like_any_model(patients):
    found = measure(patients, SilentMonitor())

    module = patients.pipeline.estimator.fitted_module()
    assert found.learned_kind == "weights"
    assert found.learned == sum(part.numel() for part in module.parameters())
    assert {extreme.outcome for extreme in found.extremes} <= {"finite", "refused"}


def test_rows_without_values_are_refused_and_zeros_answered(iris):
    outcomes = {e.given: e.outcome for e in measure(iris, SilentMonitor()).extremes}

    assert outcomes["no value in any number"] == "refused"
    assert outcomes["infinity in every number"] == "refused"
    assert outcomes["zero in every number"] == "finite"
    assert outcomes["the model alone: nothing but 0"] == "finite"


def test_rubbish_and_errors_are_told(iris, monkeypatch):
    def spoiled(X):
        if np.abs(X).max() > 1e5:
            return np.full((len(X), 3), np.nan)
        raise ZeroDivisionError

    monkeypatch.setattr(iris.pipeline.estimator, "predict_proba", spoiled)
    found = performance.extremes_of(
        iris.pipeline,
        iris.metadata["self_check"]["rows"],
        np.zeros((1, 4)),
    )
    outcomes = {extreme.given: extreme.outcome for extreme in found}

    assert outcomes["−1,000,000 in every number"] == "not finite"
    assert outcomes["the model alone: nothing but 0"] == "error"
    assert not all(extreme.is_steady for extreme in found)


def test_a_model_that_answers_no_row_is_not_measured(iris):
    nothing = LoadedArtifact(iris.pipeline, {"self_check": {"rows": []}})

    with pytest.raises(NothingToAskError, match="train it again"):
        measure(nothing, SilentMonitor())


def test_measuring_stops_when_asked_to(iris):
    class Impatient(SilentMonitor):
        def check(self) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        measure(iris, Impatient())


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [
        ("random_forest", "nodes of trees"),
        ("gradient_boosting", "nodes of trees"),
        ("decision_tree", "nodes"),
        ("decision_tree_c45", "nodes"),
        ("decision_tree_chaid", "nodes"),
        ("knn", "rows kept"),
        ("support_vectors", "rows kept"),
        ("neural_network", "weights"),
        ("naive_bayes_gaussian", "means and variances"),
    ],
)
def test_what_a_model_consists_of_is_counted(algorithm, kind):
    model = loaded(iris_plan(algorithm), make_table(**iris_columns()))

    count, found = learned_by(model.pipeline.estimator)

    assert found == kind
    assert count > 2


def test_advice_follows_from_the_figures(iris):
    found = measure(iris, SilentMonitor())
    single = found.batches[0]
    known = Background(
        task=Task.CLASSIFICATION,
        size_bytes=1000,
        metrics={"train": {"accuracy": 0.99}, "test": {"accuracy": 0.80}},
        support=[40, 6],
        history=[{"valid_loss": 0.5}, {"valid_loss": 0.4}],
        epochs=2,
        rivals=[{"title": "Trees", "metric": "accuracy", "is_beaten": False}],
        siblings=[
            Sibling("small", {"accuracy": 0.798}, 140, single.p50_seconds),
            Sibling("worse", {"accuracy": 0.7}, 140, single.p50_seconds),
        ],
    )

    said = " ".join(advice(found, known))

    assert "Ask for 16 at a time" in said
    assert "“small” is within 0.2% in accuracy, at 14% of the size and 100%" in said
    assert "“worse”" not in said
    assert "it learns by heart" in said
    assert "The last of 2 epochs was the best" in said
    assert "“Trees” is no worse on the same rows" in said
    assert "A class has 6 tested rows" in said


def test_where_nothing_stands_out_general_advice_is_given(iris, monkeypatch):
    monkeypatch.setattr(performance, "BATCHES", (1,))
    found = measure(iris, SilentMonitor())

    (said,) = advice(found, Background(Task.CLASSIFICATION, size_bytes=1000))

    assert said.startswith("Nothing stands out.")
