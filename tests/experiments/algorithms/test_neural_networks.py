from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.neural_network import MLPClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from datasets.declarations import ParameterError
from datasets.monitor import Cancelled, SilentMonitor
from experiments.algorithms.catalogue import algorithm
from experiments.algorithms.parameters import Setting
from experiments.algorithms.perceptrons import FollowedClassifier, FollowedRegressor
from experiments.training import train
from tests.experiments.tables import make_table, mixed_columns, mixed_plan

X, Y = make_classification(200, 5, n_informative=3, random_state=0)


class Watching(SilentMonitor):
    """A monitor that keeps what it is told, and stops after so many epochs."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.epochs: list[dict[str, float]] = []
        self.stop_after = stop_after

    def epoch(self, metrics: dict[str, float]) -> None:
        self.epochs.append(metrics)

    def check(self) -> None:
        if self.stop_after is not None and len(self.epochs) >= self.stop_after:
            raise Cancelled


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(
    [FollowedClassifier(max_iter=20), FollowedRegressor(max_iter=60)]
)
def test_networks_keep_the_contract_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("early_stopping", [False, True])
def test_numbers_are_those_of_scikit_learn(early_stopping):
    values = {"hidden_layer_sizes": [8, 4], "max_iter": 12, "standardize": False}
    ours = algorithm("neural_network").build(
        values | {"early_stopping": early_stopping}, Setting(seed=3)
    )
    theirs = MLPClassifier(
        (8, 4),
        max_iter=12,
        early_stopping=early_stopping,
        random_state=3,
    )

    found = ours.fit(X, Y).predict_proba(X)

    assert found.tolist() == theirs.fit(X, Y).predict_proba(X).tolist()


@pytest.mark.parametrize(
    ("name", "score"),
    [("neural_network", "valid_accuracy"), ("neural_network_regressor", "valid_r2")],
)
def test_every_epoch_of_the_model_is_told(name, score):
    monitor = Watching()
    plan = mixed_plan(name, hyperparameters={"max_iter": 7, "patience": 100})

    outcome = train(plan, make_table(**mixed_columns(100)), monitor)

    assert [told["epoch"] for told in monitor.epochs] == [1, 2, 3, 4, 5, 6, 7]
    assert outcome.history == monitor.epochs
    assert set(monitor.epochs[0]) == {"epoch", "train_loss", score}


def test_network_stops_between_epochs():
    monitor = Watching(stop_after=3)

    with pytest.raises(Cancelled):
        train(mixed_plan("neural_network"), make_table(**mixed_columns(100)), monitor)

    assert len(monitor.epochs) == 3


def test_patience_ends_the_epochs_before_the_last():
    monitor = Watching()
    values = {"patience": 2, "learning_rate": 0.05}

    train(
        mixed_plan("neural_network", hyperparameters=values),
        make_table(**mixed_columns(200)),
        monitor,
    )

    assert 3 <= len(monitor.epochs) < 200


def test_too_few_rows_to_keep_apart_are_all_learned_from():
    small = algorithm("neural_network").build({"max_iter": 3}, Setting())

    with pytest.warns(UserWarning, match="Maximum iterations"):
        small.fit(X[:30], Y[:30])

    assert small[-1].validation_scores_ is None
    assert small[-1].early_stopping is True


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_unit_of_the_target_does_not_matter():
    entry, values = algorithm("neural_network_regressor"), {"max_iter": 30}
    target = X[:, 0] + X[:, 1]

    small = entry.build(values, Setting()).fit(X, target).predict(X)
    large = entry.build(values, Setting()).fit(X, target * 1e6).predict(X)

    assert large / 1e6 == pytest.approx(small, rel=1e-6)


@pytest.mark.parametrize("sizes", [[], [0], [1001], [1] * 6, ["x"], 5])
def test_other_layers_are_refused(sizes):
    with pytest.raises(ParameterError, match="hidden_layer_sizes must be a list"):
        algorithm("neural_network").build({"hidden_layer_sizes": sizes}, Setting())


def test_layers_may_be_as_large_and_many_as_is_said():
    for sizes in ([1], [1000], [1] * 5):
        built = algorithm("neural_network").build(
            {"hidden_layer_sizes": sizes}, Setting()
        )
        assert built[-1].hidden_layer_sizes == tuple(sizes)


def test_what_was_reported_to_stays_out_of_the_model():
    plan = mixed_plan("neural_network", hyperparameters={"max_iter": 3})

    outcome = train(plan, make_table(**mixed_columns(60)), Watching())

    network = outcome.pipeline.estimator[-1]
    assert network.__getstate__()["watch"] is None
    assert np.isfinite(network.loss_)
