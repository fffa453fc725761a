"""Ridge regression: least squares that keeps its weights small."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.parameters import Parameters, Setting, parameter
from experiments.algorithms.scaling import scaled, standardize_parameter


class RidgeRegressionParameters(Parameters):
    """Hyperparameters of ridge regression."""

    alpha: float = parameter(
        1.0,
        "Caution (alpha)",
        "Pulls weights towards zero; larger is more cautious.",
        recommended=(0.01, 0.1, 1, 10, 100),
        ge=1e-6,
        le=1e6,
    )
    fit_intercept: bool = parameter(
        True,
        "Intercept",
        "Whether the line may cross zero anywhere, or must pass through it.",
    )
    standardize: bool = standardize_parameter(True)


def build(parameters: RidgeRegressionParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.linear_model import Ridge  # noqa: PLC0415 -- heavy import

    weights = Ridge(alpha=parameters.alpha, fit_intercept=parameters.fit_intercept)
    return scaled(weights, standardize=parameters.standardize)
