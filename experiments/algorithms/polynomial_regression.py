"""Polynomial regression: linear in powers and products of the features."""

from __future__ import annotations

from math import comb
from typing import Any

from typing_extensions import override

from experiments.algorithms.parameters import Parameters, Setting, parameter
from experiments.algorithms.scaling import scaled, standardize_parameter

#: More terms are more than rows can tell apart, and take too much memory.
MOST_TERMS = 5_000
MOST_CELLS = 20_000_000


class PolynomialRegressionParameters(Parameters):
    """Hyperparameters of polynomial regression."""

    degree: int = parameter(
        2,
        "Degree",
        "The highest power: 1 is a straight line, 2 bends once, more bends more often.",
        recommended=(2, 3),
        ge=1,
        le=6,
    )
    interaction_only: bool = parameter(
        False,
        "Products only",
        "Takes products of different features alone, without powers of one.",
    )
    alpha: float = parameter(
        0.0,
        "Caution (alpha)",
        "Pulls weights towards zero, as ridge regression does; 0 is least squares.",
        recommended=(0, 0.01, 0.1, 1, 10),
        ge=0,
        le=1e6,
    )
    fit_intercept: bool = parameter(
        True,
        "Intercept",
        "Whether the curve may cross zero anywhere, or must pass through it.",
    )
    standardize: bool = standardize_parameter(True)

    @override
    def reason_unfit(self, n_samples: int, n_columns: int) -> str | None:
        terms = self.terms(n_columns)
        if terms <= MOST_TERMS and terms * n_samples <= MOST_CELLS:
            return None
        return (
            f"{n_columns} columns of numbers give {terms:,} terms of degree "
            f"{self.degree}, too many for {n_samples:,} rows to learn from: lower "
            "“degree”, or take fewer features (each category counts as one column)."
        )

    def terms(self, n_columns: int) -> int:
        """Return how many powers and products so many columns give."""
        if not self.interaction_only:
            return comb(n_columns + self.degree, self.degree) - 1
        sizes = range(1, min(self.degree, n_columns) + 1)
        return sum(comb(n_columns, size) for size in sizes)


def build(parameters: PolynomialRegressionParameters, setting: Setting) -> Any:
    """Return the unfitted estimator.

    Features are scaled before their powers are taken, and powers once more: otherwise
    the largest would hide all others in the rounding.
    """
    from sklearn.linear_model import (  # noqa: PLC0415 -- heavy import
        LinearRegression,
        Ridge,
    )
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415 -- heavy import
    from sklearn.preprocessing import (  # noqa: PLC0415 -- heavy import
        PolynomialFeatures,
    )

    weights = (
        Ridge(alpha=parameters.alpha, fit_intercept=parameters.fit_intercept)
        if parameters.alpha
        else LinearRegression(fit_intercept=parameters.fit_intercept)
    )
    powers = PolynomialFeatures(
        parameters.degree,
        interaction_only=parameters.interaction_only,
        include_bias=False,
    )
    curve = make_pipeline(powers, scaled(weights, standardize=parameters.standardize))
    return scaled(curve, standardize=parameters.standardize)
