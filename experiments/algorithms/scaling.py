"""Features brought to one scale before an estimator, learned on the training rows."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.parameters import parameter


def standardize_parameter(default: bool) -> Any:
    """Declare whether features are brought to one scale."""
    return parameter(
        default,
        "Standardise features",
        "Brings every feature to mean 0 and deviation 1, learned on the training rows, "
        "so that a feature with large numbers does not outweigh the others.",
    )


def scaled(estimator: Any, *, standardize: bool) -> Any:
    """Return the estimator, behind a scaler where that is wanted."""
    if not standardize:
        return estimator
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415 -- heavy import
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415 -- heavy import

    return make_pipeline(StandardScaler(), estimator)


def with_scaled_target(estimator: Any) -> Any:
    """Return the estimator of numbers, taught by a target of mean 0 and deviation 1.

    Where errors have a size that matters, or steps a length, the unit of the target
    must not decide. Answers come in the unit of the target again.
    """
    from sklearn.compose import (  # noqa: PLC0415 -- heavy import
        TransformedTargetRegressor,
    )
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415 -- heavy import

    return TransformedTargetRegressor(
        regressor=estimator, transformer=StandardScaler(), check_inverse=False
    )
