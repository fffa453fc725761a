"""Linear regression: a weight per feature, found by least squares."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.parameters import Parameters, Setting, parameter


class LinearRegressionParameters(Parameters):
    """Hyperparameters of linear regression."""

    fit_intercept: bool = parameter(
        True,
        "Intercept",
        "Whether the line may cross zero anywhere, or must pass through it.",
    )


def build(parameters: LinearRegressionParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.linear_model import LinearRegression  # noqa: PLC0415 -- heavy import

    return LinearRegression(
        fit_intercept=parameters.fit_intercept, n_jobs=setting.threads
    )
