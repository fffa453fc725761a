"""Bernoulli naive Bayes: how often each feature is present in each class."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.naive_bayes_counts import CountingParameters
from experiments.algorithms.parameters import Setting, parameter
from experiments.algorithms.scaling import scaled, standardize_parameter


class NaiveBayesBernoulliParameters(CountingParameters):
    """Hyperparameters of Bernoulli naive Bayes."""

    binarize: float = parameter(
        0.0,
        "Threshold",
        "A feature counts as present where its value is above this. With standardised "
        "features, 0 is the mean of each.",
        recommended=(0, 0.5, 1),
        ge=-1e6,
        le=1e6,
    )
    standardize: bool = standardize_parameter(False)


def build(parameters: NaiveBayesBernoulliParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.naive_bayes import BernoulliNB  # noqa: PLC0415 -- heavy import

    counting = BernoulliNB(
        alpha=parameters.alpha,
        fit_prior=parameters.fit_prior,
        binarize=parameters.binarize,
    )
    return scaled(counting, standardize=parameters.standardize)
