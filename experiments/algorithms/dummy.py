"""What a model has to be better than: classes by their shares, features unread."""

from __future__ import annotations

from typing import Any, Literal

from datasets.words import word
from experiments.algorithms.parameters import Parameters, Setting, parameter


class DummyParameters(Parameters):
    """How the baseline for classes answers."""

    strategy: Literal["prior", "most_frequent", "stratified"] = parameter(
        "prior",
        "Answer",
        "The most frequent class with the share of each (prior) or with certainty "
        "(most frequent), or a class drawn by these shares (stratified).",
        words={
            "prior": word("most frequent, with all shares (prior)"),
            "most_frequent": word("most frequent, with certainty"),
            "stratified": word("drawn by the shares (stratified)"),
        },
    )


def build(parameters: DummyParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.dummy import DummyClassifier  # noqa: PLC0415 -- heavy import

    return DummyClassifier(strategy=parameters.strategy, random_state=setting.seed)
