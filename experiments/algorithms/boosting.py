"""The hyperparameters of gradient boosting, for classes and for numbers."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.parameters import Parameters, Setting, parameter


class BoostingParameters(Parameters):
    """Hyperparameters of histogram gradient boosting."""

    max_iter: int = parameter(
        100,
        "Rounds",
        "How many times trees are added that correct those before.",
        unit="rounds",
        recommended=(50, 100, 200, 500),
        ge=1,
        le=2000,
    )
    learning_rate: float = parameter(
        0.1,
        "Learning rate",
        "How much of each correction is taken. Smaller needs more rounds.",
        recommended=(0.03, 0.1, 0.3),
        ge=0.001,
        le=1,
    )
    max_leaf_nodes: int = parameter(
        31,
        "Leaves per tree",
        "How finely one tree may divide the rows.",
        unit="leaves",
        recommended=(7, 15, 31, 63),
        ge=2,
        le=255,
    )
    max_depth: int | None = parameter(
        None,
        "Greatest depth",
        "How many questions in a row a tree may ask; empty means no limit.",
        unit="levels",
        recommended=(3, 6, 10),
        ge=1,
        le=100,
    )
    min_samples_leaf: int = parameter(
        20,
        "Rows per leaf",
        "Every leaf keeps at least this many training rows.",
        unit="rows",
        recommended=(5, 10, 20, 50),
        ge=1,
        le=10_000,
    )
    l2_regularization: float = parameter(
        0.0,
        "Regularisation (L2)",
        "Pulls what leaves say towards zero; larger is more cautious.",
        recommended=(0, 0.1, 1, 10),
        ge=0,
        le=1000,
    )

    def arguments(self, setting: Setting) -> dict[str, Any]:
        """Return what both estimators of scikit-learn are given."""
        return {
            **self.model_dump(),
            # All training rows are learned from; which rows validate is ours to say.
            "early_stopping": False,
            "categorical_features": list(setting.categorical) or None,
            "random_state": setting.seed,
        }
