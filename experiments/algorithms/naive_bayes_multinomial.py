"""Multinomial naive Bayes: how the counts of a row are spread over the features."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.naive_bayes_counts import CountingParameters
from experiments.algorithms.parameters import Setting


class NaiveBayesMultinomialParameters(CountingParameters):
    """Hyperparameters of multinomial naive Bayes."""


def build(parameters: NaiveBayesMultinomialParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.naive_bayes import MultinomialNB  # noqa: PLC0415 -- heavy import

    return MultinomialNB(alpha=parameters.alpha, fit_prior=parameters.fit_prior)
