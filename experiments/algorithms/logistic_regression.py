"""Logistic regression: a weight per feature and class, turned into probabilities."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.class_weights import (
    ClassWeight,
    class_weight_parameter,
    class_weights,
)
from experiments.algorithms.parameters import Parameters, Setting, parameter
from experiments.algorithms.scaling import scaled, standardize_parameter


class LogisticRegressionParameters(Parameters):
    """Hyperparameters of logistic regression."""

    C: float = parameter(
        1.0,
        "Trust in the rows (C)",
        "How freely weights may grow to fit the training rows; smaller is more "
        "cautious.",
        recommended=(0.01, 0.1, 1, 10, 100),
        ge=1e-4,
        le=1e4,
    )
    l1_ratio: float = parameter(
        0.0,
        "Share of L1",
        "0 makes all weights small (ridge), 1 sets weights to zero (lasso), between "
        "them both.",
        recommended=(0, 0.5, 1),
        ge=0,
        le=1,
    )
    fit_intercept: bool = parameter(
        True,
        "Intercept",
        "Whether classes may be likely from the start, or all the same.",
    )
    max_iter: int = parameter(
        1000,
        "Most rounds",
        "Where weights have not settled by then, training says so.",
        unit="rounds",
        recommended=(100, 1000, 5000),
        ge=10,
        le=10_000,
    )
    class_weight: ClassWeight = class_weight_parameter()
    standardize: bool = standardize_parameter(True)


def build(parameters: LogisticRegressionParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 -- heavy import

    # The other solvers are faster, and know no L1.
    weights = LogisticRegression(
        C=parameters.C,
        l1_ratio=parameters.l1_ratio,
        solver="saga" if parameters.l1_ratio else "lbfgs",
        fit_intercept=parameters.fit_intercept,
        max_iter=parameters.max_iter,
        class_weight=class_weights(parameters.class_weight),
        random_state=setting.seed,
    )
    return scaled(weights, standardize=parameters.standardize)
