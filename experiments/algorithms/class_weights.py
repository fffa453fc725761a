"""How much rows of rare classes count, declared once for all that can weigh rows."""

from __future__ import annotations

from typing import Any, Literal

from datasets.words import word
from experiments.algorithms.parameters import parameter

ClassWeight = Literal["none", "balanced"]


def class_weight_parameter() -> Any:
    """Declare whether classes count by their rows, or all the same."""
    return parameter(
        "none",
        "Class weights",
        "Whether every row counts the same, or rows of rare classes more, so that all "
        "classes count the same (balanced). Probabilities then no longer follow how "
        "often classes occur.",
        words={
            "none": word("every row counts the same"),
            "balanced": word("every class counts the same (balanced)"),
        },
    )


def class_weights(choice: ClassWeight) -> str | None:
    """Return the choice as scikit-learn takes it."""
    return None if choice == "none" else choice
