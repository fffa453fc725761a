"""Presets that algorithms of several tasks share."""

from __future__ import annotations

from experiments.algorithms.entry import Preset

NEIGHBOURS = (
    Preset("closest", "Closest row", {"n_neighbors": 1}),
    Preset("smooth", "Smooth", {"n_neighbors": 15, "weights": "distance"}),
)
READABLE_TREE = (
    Preset("readable", "Readable", {"max_depth": 4, "min_samples_leaf": 5}),
)
KERNELS = (
    Preset("straight", "Straight", {"kernel": "linear"}),
    Preset("close", "Close to the rows", {"C": 10.0}),
)
NETWORKS = (
    Preset("small", "Small", {"hidden_layer_sizes": (32,), "max_iter": 100}),
    Preset("deep", "Deep", {"hidden_layer_sizes": (128, 64, 32), "max_iter": 500}),
)
STEADY_FOREST = Preset("thorough", "Thorough", {"n_estimators": 500})
QUICK_FOREST = Preset("quick", "Quick", {"n_estimators": 50, "max_depth": 10})
CHAID = (
    Preset("readable", "Readable", {"max_depth": 3, "min_samples_leaf": 50}),
    Preset("exhaustive", "Exhaustive", {"exhaustive": True}),
)
BOOSTING = (
    Preset("quick", "Quick", {"max_iter": 50, "max_leaf_nodes": 15}),
    Preset(
        "thorough",
        "Thorough",
        {"max_iter": 500, "learning_rate": 0.03, "l2_regularization": 1.0},
    ),
)
