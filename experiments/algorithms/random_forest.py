"""Random forest for classes: many trees on drawn rows and features vote."""

from __future__ import annotations

from typing import Any, Literal

from experiments.algorithms.class_weights import (
    ClassWeight,
    class_weight_parameter,
    class_weights,
)
from experiments.algorithms.forests import ForestParameters
from experiments.algorithms.parameters import Setting, parameter
from experiments.algorithms.trees import GAINS


class RandomForestParameters(ForestParameters):
    """Hyperparameters of the random forest for classes."""

    criterion: Literal["gini", "entropy"] = parameter(
        "gini",
        "Split criterion",
        "What a good question gains: purity (Gini) or information (entropy).",
        words=GAINS,
    )
    class_weight: ClassWeight = class_weight_parameter()


def build(parameters: RandomForestParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 -- heavy import

    return RandomForestClassifier(
        criterion=parameters.criterion,
        class_weight=class_weights(parameters.class_weight),
        **parameters.arguments(setting),
    )
