"""What a model of numbers has to be better than: one number, features unread."""

from __future__ import annotations

from typing import Any, Literal

from datasets.words import statistics
from experiments.algorithms.parameters import Parameters, Setting, parameter


class DummyRegressorParameters(Parameters):
    """How the baseline for numbers answers."""

    strategy: Literal["mean", "median"] = parameter(
        "mean",
        "Answer",
        "The mean of the training rows, or their median, which outliers do not move.",
        words=statistics("mean", "median"),
    )


def build(parameters: DummyRegressorParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.dummy import DummyRegressor  # noqa: PLC0415 -- heavy import

    return DummyRegressor(strategy=parameters.strategy)
