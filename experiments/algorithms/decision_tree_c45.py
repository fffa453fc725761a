"""One decision tree (C4.5, as Weka's J48): a branch for every category."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.parameters import Setting, parameter
from experiments.algorithms.trees import TreeLimits


class DecisionTreeC45Parameters(TreeLimits):
    """Hyperparameters of C4.5."""

    confidence: float = parameter(
        0.25,
        "Confidence",
        "How far pruning believes the training rows: a smaller one gives a smaller "
        "tree.",
        recommended=(0.05, 0.1, 0.25, 0.5),
        ge=0.0001,
        le=0.5,
    )
    min_samples_leaf: int = parameter(
        2,
        "Rows per branch",
        "At least two branches of every question keep this many training rows.",
        unit="rows",
        recommended=(1, 2, 5, 10),
        ge=1,
        le=10_000,
    )
    unpruned: bool = parameter(
        False,
        "Leave unpruned",
        "Keeps branches that only follow the training rows.",
    )
    subtree_raising: bool = parameter(
        True,
        "Raise branches",
        "Pruning may also put a node's heaviest branch in its place.",
    )


def build(parameters: DecisionTreeC45Parameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from experiments.algorithms.c45.estimator import (  # noqa: PLC0415 -- heavy import
        C45Classifier,
    )

    return C45Classifier(
        **parameters.model_dump(), categorical_features=setting.categorical
    )
