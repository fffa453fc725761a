"""The hyperparameters of support vectors, for classes and for numbers."""

from __future__ import annotations

from typing import Any, Literal

from datasets.words import word
from experiments.algorithms.parameters import Parameters, parameter
from experiments.algorithms.scaling import standardize_parameter

#: Megabytes for what was computed of pairs of rows.
CACHE = 500


class KernelParameters(Parameters):
    """What every kind of support vectors is told."""

    C: float = parameter(
        1.0,
        "Trust in the rows (C)",
        "How much a row on the wrong side costs; smaller is more cautious.",
        recommended=(0.1, 1, 10, 100),
        ge=1e-3,
        le=1e3,
    )
    kernel: Literal["rbf", "linear", "poly", "sigmoid"] = parameter(
        "rbf",
        "Kernel",
        "The shape that may separate: round (rbf), straight (linear), of a degree "
        "(poly), or S-shaped (sigmoid).",
        words={
            "rbf": word("round (rbf)"),
            "linear": word("straight (linear)"),
            "poly": word("of a degree (poly)"),
            "sigmoid": word("S-shaped (sigmoid)"),
        },
    )
    gamma: Literal["scale", "auto"] = parameter(
        "scale",
        "Reach (gamma)",
        "How far one row reaches: by the features' spread and number (scale), or by "
        "their number alone (auto).",
        words={
            "scale": word("spread and number (scale)"),
            "auto": word("number alone (auto)"),
        },
    )
    degree: int = parameter(
        3,
        "Degree",
        "The degree of the kernel “poly”; others do not look at it.",
        recommended=(2, 3, 4),
        ge=1,
        le=6,
    )
    standardize: bool = standardize_parameter(True)

    def arguments(self) -> dict[str, Any]:
        """Return what both estimators of scikit-learn are given."""
        names = {"C", "kernel", "gamma", "degree"}
        return {**self.model_dump(include=names), "cache_size": CACHE}
