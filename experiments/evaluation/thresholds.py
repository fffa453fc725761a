"""From which probability on a class is answered: what each choice would have brought.

Pages weigh costs with it, so it takes no library. The curves it reads are made by
`experiments.evaluation.threshold_curves`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Costs:
    """What a wrong answer costs, in any unit; being right costs nothing."""

    false_alarm: float = 1.0
    miss: float = 1.0


@dataclass(frozen=True)
class Choice:
    """One threshold and what it brought: it takes all rows that score `score` or more.

    `threshold` lies halfway to the next lower score, so that rounding changes nothing.
    """

    score: float
    threshold: float
    hits: int
    false_alarms: int
    positives: int
    negatives: int

    @property
    def precision(self) -> float | None:
        """Share of what is taken for the class that belongs to it."""
        found = self.hits + self.false_alarms
        return self.hits / found if found else None

    @property
    def recall(self) -> float | None:
        """Share of the class that is found."""
        return self.hits / self.positives if self.positives else None

    @property
    def misses(self) -> int:
        """How many of the class are not found."""
        return self.positives - self.hits

    @property
    def accuracy(self) -> float:
        """Share of all rows that are answered rightly."""
        wrong = self.false_alarms + self.misses
        return 1 - wrong / (self.positives + self.negatives)

    def cost(self, costs: Costs) -> float:
        """Return what the wrong answers to all rows cost together."""
        return costs.false_alarm * self.false_alarms + costs.miss * self.misses


@dataclass(frozen=True)
class Thresholds:
    """The thresholds of one class, from the highest down."""

    label: Any
    choices: tuple[Choice, ...]

    @classmethod
    def of(cls, stored: Mapping[str, Any], label: str) -> Thresholds | None:
        """Return the curve of the class that reads `label`, None if there is none."""
        for curve in stored["curves"]:
            if str(curve["label"]) == label:
                sizes = {name: curve[name] for name in ("positives", "negatives")}
                names = ("score", "threshold", "hits", "false_alarms")
                points = zip(*(curve[name] for name in names), strict=True)
                choices = (Choice(*point, **sizes) for point in points)
                return cls(curve["label"], tuple(choices))
        return None

    def cheapest(self, costs: Costs) -> Choice:
        """Return what costs least; of equals the one nearest to the usual half."""
        return min(self.choices, key=lambda c: (c.cost(costs), abs(c.threshold - 0.5)))

    def at(self, threshold: float) -> Choice:
        """Return what any threshold brings."""
        reached = [c for c in self.choices if c.score >= threshold]
        return reached[-1] if reached else self.choices[0]
