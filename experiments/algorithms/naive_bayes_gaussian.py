"""Gaussian naive Bayes: one normal distribution per feature and class."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.parameters import Parameters, Setting, parameter


class NaiveBayesGaussianParameters(Parameters):
    """Hyperparameters of Gaussian naive Bayes."""

    var_smoothing: float = parameter(
        1e-9,
        "Smoothing of variances",
        "Share of the largest variance that is added to all, so that none is zero.",
        recommended=(1e-12, 1e-9, 1e-6, 1e-3),
        ge=1e-15,
        le=1,
    )


def build(parameters: NaiveBayesGaussianParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.naive_bayes import GaussianNB  # noqa: PLC0415 -- heavy import

    return GaussianNB(var_smoothing=parameters.var_smoothing)
