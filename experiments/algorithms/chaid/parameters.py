"""The hyperparameters of CHAID, for classes and for numbers."""

from __future__ import annotations

from experiments.algorithms.parameters import parameter
from experiments.algorithms.trees import TreeLimits


class ChaidParameters(TreeLimits):
    """Hyperparameters that both have."""

    alpha_split: float = parameter(
        0.05,
        "Level to split",
        "A node asks only where its groups differ with a p that is not larger.",
        recommended=(0.001, 0.01, 0.05),
        ge=0.000001,
        le=1,
    )
    alpha_merge: float = parameter(
        0.05,
        "Level to merge",
        "Categories that differ with a larger p are put together; a smaller level "
        "gives fewer, larger groups.",
        recommended=(0.01, 0.05, 0.1),
        ge=0.000001,
        le=1,
    )
    alpha_resplit: float | None = parameter(
        None,
        "Level to divide again",
        "A group put together of three categories or more is divided again where p is "
        "not larger; no more than the level to merge counts. Empty means never.",
        recommended=(0.01, 0.049),
        ge=0.000001,
        le=1,
    )
    bonferroni: bool = parameter(
        True,
        "Count the attempts (Bonferroni)",
        "Multiplies p by the number of groupings that were possible, so that columns "
        "of many categories are not preferred.",
    )
    exhaustive: bool = parameter(
        False,
        "Exhaustive",
        "Merges down to two groups and takes the best grouping on the way.",
    )
    n_bins: int = parameter(
        10,
        "Ranges of numbers",
        "Numbers and dates are put into so many ranges of about equal size first.",
        unit="ranges",
        recommended=(5, 10, 20),
        ge=2,
        le=100,
    )
    min_samples_split: int = parameter(
        20,
        "Rows to split",
        "A node with fewer training rows is not split further.",
        unit="rows",
        recommended=(10, 20, 50, 100),
        ge=2,
        le=10_000,
    )
    min_samples_leaf: int = parameter(
        7,
        "Rows per group",
        "Smaller groups are put to the group they differ least from.",
        unit="rows",
        recommended=(1, 7, 20, 50),
        ge=1,
        le=10_000,
    )
