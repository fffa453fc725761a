"""Presets that algorithms of several tasks share."""

from __future__ import annotations

from experiments.algorithms.entry import Preset

NEIGHBOURS = (
    Preset(
        "closest",
        "Closest row",
        {"n_neighbors": 1},
        remark="Copies the most similar row; for data without noise.",
    ),
    Preset(
        "smooth",
        "Smooth",
        {"n_neighbors": 15, "weights": "distance"},
        remark="Takes many rows together, close ones most; for noisy data.",
    ),
)
READABLE_TREE = (
    Preset(
        "readable",
        "Readable",
        {"max_depth": 4, "min_samples_leaf": 5},
        remark="A tree that fits on a page, to be read as rules.",
    ),
)
KERNELS = (
    Preset(
        "straight",
        "Straight",
        {"kernel": "linear"},
        remark="Straight borders; for many columns or few rows.",
    ),
    Preset(
        "close",
        "Close to the rows",
        {"C": 10.0},
        remark="Borders that follow single rows; for data without noise.",
    ),
)
NETWORKS = (
    Preset(
        "small",
        "Small",
        {"hidden_layer_sizes": (32,), "max_iter": 100},
        remark="A first try that ends soon.",
    ),
    Preset(
        "deep",
        "Deep",
        {"hidden_layer_sizes": (128, 64, 32), "max_iter": 500},
        remark="For many rows and columns that work together; takes long.",
    ),
)
STEADY_FOREST = Preset(
    "thorough",
    "Thorough",
    {"n_estimators": 500},
    remark="More trees, for steadier answers.",
)
QUICK_FOREST = Preset(
    "quick",
    "Quick",
    {"n_estimators": 50, "max_depth": 10},
    remark="Fewer and flatter trees, for a first look.",
)
CHAID = (
    Preset(
        "readable",
        "Readable",
        {"max_depth": 3, "min_samples_leaf": 50},
        remark="A small tree of large groups, to be read as rules.",
    ),
    Preset(
        "exhaustive",
        "Exhaustive",
        {"exhaustive": True},
        remark="Tries more ways to group categories; slower, sometimes finer.",
    ),
)
BOOSTING = (
    Preset(
        "quick",
        "Quick",
        {"max_iter": 50, "max_leaf_nodes": 15},
        remark="Few rounds of small trees, for a first look.",
    ),
    Preset(
        "thorough",
        "Thorough",
        {"max_iter": 500, "learning_rate": 0.03, "l2_regularization": 1.0},
        remark="Many small steps, held back; for the last bit of quality.",
    ),
)
