"""One decision tree for numbers (CART): each leaf answers the mean of its rows."""

from __future__ import annotations

from typing import Any, Literal

from datasets.words import word
from experiments.algorithms.parameters import Setting, parameter
from experiments.algorithms.trees import TreeLimits, pruning_parameter


class DecisionTreeRegressorParameters(TreeLimits):
    """Hyperparameters of the decision tree for numbers."""

    criterion: Literal["squared_error", "absolute_error"] = parameter(
        "squared_error",
        "Split criterion",
        "What a good question makes smaller: squared errors (leaves answer means) or "
        "absolute ones (leaves answer medians).",
        words={
            "squared_error": word("squared errors"),
            "absolute_error": word("absolute errors"),
        },
    )
    ccp_alpha: float = pruning_parameter()


def build(parameters: DecisionTreeRegressorParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.tree import DecisionTreeRegressor  # noqa: PLC0415 -- heavy import

    return DecisionTreeRegressor(**parameters.model_dump(), random_state=setting.seed)
