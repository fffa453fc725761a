"""Random forest for numbers: the mean of what many trees say."""

from __future__ import annotations

from typing import Any, Literal

from experiments.algorithms.forests import FEATURES_ASKED, ForestParameters
from experiments.algorithms.parameters import Setting, parameter


class RandomForestRegressorParameters(ForestParameters):
    """Hyperparameters of the random forest for numbers."""

    max_features: Literal["sqrt", "log2", "third", "all"] = parameter(
        "all",
        "Features per question",
        "How many features each question may choose from, drawn anew every time.",
        words=FEATURES_ASKED,
    )


def build(parameters: RandomForestRegressorParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.ensemble import RandomForestRegressor  # noqa: PLC0415 -- heavy import

    return RandomForestRegressor(**parameters.arguments(setting))
