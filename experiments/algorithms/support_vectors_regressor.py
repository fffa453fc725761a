"""Support vectors for numbers: a curve that only far rows may bend."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.kernels import KernelParameters
from experiments.algorithms.parameters import Setting, parameter
from experiments.algorithms.scaling import scaled, with_scaled_target


class SupportVectorsRegressorParameters(KernelParameters):
    """Hyperparameters of support vectors for numbers."""

    epsilon: float = parameter(
        0.1,
        "Tolerance (epsilon)",
        "Errors below this do not count.",
        unit="deviations of the target",
        recommended=(0.01, 0.1, 0.3),
        ge=0,
        le=10,
    )


def build(parameters: SupportVectorsRegressorParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.svm import SVR  # noqa: PLC0415 -- heavy import

    vectors = SVR(epsilon=parameters.epsilon, **parameters.arguments())
    return with_scaled_target(scaled(vectors, standardize=parameters.standardize))
