"""One decision tree (CART): questions about single features, readable as rules."""

from __future__ import annotations

from typing import Any, Literal

from experiments.algorithms.class_weights import (
    ClassWeight,
    class_weight_parameter,
    class_weights,
)
from experiments.algorithms.parameters import Setting, parameter
from experiments.algorithms.trees import GAINS, TreeLimits, pruning_parameter


class DecisionTreeParameters(TreeLimits):
    """Hyperparameters of the decision tree."""

    criterion: Literal["entropy", "gini"] = parameter(
        "entropy",
        "Split criterion",
        "What a good question gains: information (entropy) or purity (Gini).",
        words=GAINS,
    )
    ccp_alpha: float = pruning_parameter()
    class_weight: ClassWeight = class_weight_parameter()


def build(parameters: DecisionTreeParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415 -- heavy import

    return DecisionTreeClassifier(
        **parameters.model_dump(exclude={"class_weight"}),
        class_weight=class_weights(parameters.class_weight),
        random_state=setting.seed,
    )
