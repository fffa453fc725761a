"""Two models on the same rows: is one better than the other, or is it chance?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

#: How often one of two equal models is called better, at most; and worse likewise.
ERROR_RATE = 0.05
#: With fewer rows nothing is said.
LEAST_ROWS = 20
DRAWS, SEED = 2000, 0


class Verdict(StrEnum):
    """How a candidate compares; all but the first need a reason to be activated."""

    BETTER = "better"
    ALIKE = "alike"
    WORSE = "worse"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Paired:
    """What was found on rows that both answered: a verdict and both figures."""

    verdict: Verdict
    rows: int
    metric: str
    candidate: float
    other: float


def compare_classes(
    y: Sequence[Any], candidate: Sequence[Any], other: Sequence[Any]
) -> Paired:
    """Compare predicted classes by McNemar's test, one-sided each way."""
    from experiments.evaluation.paired import mcnemar  # noqa: PLC0415 -- heavy import

    pairs = list(zip(candidate, other, y, strict=True))
    won = sum(ours == truth != theirs for ours, theirs, truth in pairs)
    lost = sum(theirs == truth != ours for ours, theirs, truth in pairs)
    verdict = Verdict.ALIKE
    if won != lost and mcnemar(won, lost) / 2 <= ERROR_RATE:
        verdict = Verdict.BETTER if won > lost else Verdict.WORSE
    shares = [
        sum(a == truth for a, truth in zip(answers, y, strict=True)) / len(y)
        for answers in (candidate, other)
    ]
    return Paired(verdict, len(y), "accuracy", *shares)


def compare_numbers(y: Numbers, candidate: Numbers, other: Numbers) -> Paired:
    """Compare predicted numbers by their absolute errors, by a paired bootstrap.

    Rows are drawn again with replacement; the candidate is better where its mean error
    is smaller in all but `ERROR_RATE` of the draws.
    """
    import numpy as np  # noqa: PLC0415 -- heavy import

    first, second = np.abs(candidate - y), np.abs(other - y)
    saved = second - first
    rng = np.random.default_rng(SEED)
    means = np.array(
        [saved[rng.integers(0, len(y), len(y))].mean() for _ in range(DRAWS)]
    )
    verdict = Verdict.ALIKE
    if (means <= 0).mean() <= ERROR_RATE:
        verdict = Verdict.BETTER
    elif (means >= 0).mean() <= ERROR_RATE:
        verdict = Verdict.WORSE
    shown = float(first.mean()), float(second.mean())
    return Paired(verdict, len(y), "mean absolute error", *shown)
