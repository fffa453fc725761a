"""One decision tree (CHAID): asks for what differs most, in groups that differ."""

from __future__ import annotations

from typing import Any, Literal

from datasets.words import word
from experiments.algorithms.chaid.parameters import ChaidParameters
from experiments.algorithms.parameters import Setting, parameter


class DecisionTreeChaidParameters(ChaidParameters):
    """Hyperparameters of CHAID for classes."""

    statistic: Literal["pearson", "likelihood_ratio"] = parameter(
        "pearson",
        "Statistic",
        "Which χ² says how far groups differ.",
        words={
            "pearson": word("Pearson's"),
            "likelihood_ratio": word("of the likelihood ratio"),
        },
    )


def build(parameters: DecisionTreeChaidParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from experiments.algorithms.chaid.estimator import (  # noqa: PLC0415 -- heavy import
        ChaidClassifier,
    )

    return ChaidClassifier(
        **parameters.model_dump(), categorical_features=setting.categorical
    )
