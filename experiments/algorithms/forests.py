"""The hyperparameters of forests, for classes and for numbers."""

from __future__ import annotations

from typing import Any, Literal

from datasets.words import word
from experiments.algorithms.parameters import Setting, parameter
from experiments.algorithms.trees import TreeLimits

#: How many features a question chooses from.
FEATURES_ASKED = {
    "sqrt": word("square root of their number"),
    "log2": word("logarithm of their number (log2)"),
    "third": word("a third of them"),
    "all": word("all of them"),
}


class ForestParameters(TreeLimits):
    """What every forest is told."""

    n_estimators: int = parameter(
        100,
        "Trees",
        "How many trees vote. More are steadier and slower, never worse.",
        unit="trees",
        recommended=(50, 100, 200, 500),
        ge=1,
        le=2000,
    )
    max_features: Literal["sqrt", "log2", "third", "all"] = parameter(
        "sqrt",
        "Features per question",
        "How many features each question may choose from, drawn anew every time.",
        words=FEATURES_ASKED,
    )

    def arguments(self, setting: Setting) -> dict[str, Any]:
        """Return what both estimators of scikit-learn are given."""
        shares: dict[str, Any] = {"third": 1 / 3, "all": 1.0}
        return {
            "n_estimators": self.n_estimators,
            "max_features": shares.get(self.max_features, self.max_features),
            "max_depth": self.max_depth,
            "min_samples_split": self.min_samples_split,
            "min_samples_leaf": self.min_samples_leaf,
            "random_state": setting.seed,
            "n_jobs": setting.threads,
        }
