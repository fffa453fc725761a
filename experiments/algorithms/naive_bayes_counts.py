"""The hyperparameters of the naive Bayes that count: multinomial and Bernoulli."""

from __future__ import annotations

from experiments.algorithms.parameters import Parameters, parameter


class CountingParameters(Parameters):
    """What every naive Bayes that counts is told."""

    alpha: float = parameter(
        1.0,
        "Smoothing",
        "Is added to every count, so that what was never seen is not impossible "
        "(Laplace: 1).",
        recommended=(0.01, 0.1, 0.5, 1),
        ge=1e-10,
        le=1000,
    )
    fit_prior: bool = parameter(
        True,
        "Learn class shares",
        "Whether frequent classes are likelier from the start, or all the same.",
    )
