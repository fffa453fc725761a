"""A multilayer perceptron for classes, followed epoch by epoch."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.neural_networks import NeuralNetworkParameters
from experiments.algorithms.parameters import Setting
from experiments.algorithms.scaling import scaled


def build(parameters: NeuralNetworkParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from experiments.algorithms.perceptrons import (  # noqa: PLC0415 -- heavy import
        FollowedClassifier,
    )

    network = FollowedClassifier(**parameters.arguments(setting))
    network.watch = setting.watch
    return scaled(network, standardize=parameters.standardize)
