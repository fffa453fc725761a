"""The limits that single trees and forests share."""

from __future__ import annotations

from typing import Any

from datasets.words import word
from experiments.algorithms.parameters import Parameters, parameter

#: What a good question of a tree that tells classes gains.
GAINS = {
    "entropy": word("information (entropy)"),
    "gini": word("purity (gini)"),
}


class TreeLimits(Parameters):
    """How far a tree may grow."""

    max_depth: int | None = parameter(
        None,
        "Greatest depth",
        "How many questions in a row a tree may ask; empty means no limit.",
        unit="levels",
        recommended=(3, 5, 10, 20),
        ge=1,
        le=100,
    )
    min_samples_split: int = parameter(
        2,
        "Rows to split",
        "A node with fewer training rows is not split further.",
        unit="rows",
        recommended=(2, 5, 10, 20),
        ge=2,
        le=10_000,
    )
    min_samples_leaf: int = parameter(
        1,
        "Rows per leaf",
        "Every leaf keeps at least this many training rows.",
        unit="rows",
        recommended=(1, 2, 5, 10),
        ge=1,
        le=10_000,
    )


def pruning_parameter() -> Any:
    """Declare how much a question must gain to stay; forests do without."""
    return parameter(
        0.0,
        "Pruning (ccp_alpha)",
        "Questions that gain less than this for each leaf they add are taken back; 0 "
        "keeps all.",
        recommended=(0, 0.001, 0.01, 0.1),
        ge=0,
        le=1000,
    )
