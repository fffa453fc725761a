"""One decision tree (CART): questions about single features, readable as rules."""

from __future__ import annotations

from typing import Any, Literal

from experiments.algorithms.parameters import Setting, parameter
from experiments.algorithms.trees import TreeLimits


class DecisionTreeParameters(TreeLimits):
    """Hyperparameters of the decision tree."""

    criterion: Literal["entropy", "gini"] = parameter(
        "entropy",
        "Split criterion",
        "What a good question gains: information (entropy) or purity (Gini).",
    )


def build(parameters: DecisionTreeParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415 -- heavy import

    return DecisionTreeClassifier(
        criterion=parameters.criterion,
        max_depth=parameters.max_depth,
        min_samples_split=parameters.min_samples_split,
        min_samples_leaf=parameters.min_samples_leaf,
        random_state=setting.seed,
    )
