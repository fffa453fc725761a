"""Plain models beside a family's own, learned and tested on the very same rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.learning.answers import answers
from experiments.learning.problems import Problem
from experiments.metrics import headline_of, title_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from experiments.algorithms.catalogue import Algorithm
    from experiments.algorithms.parameters import Parameters, Setting
    from experiments.evaluation.scoring import Classification, Regression
    from experiments.families.family import Family
    from experiments.learning.fits import Tried

    Array = np.ndarray[Any, np.dtype[np.float64]]
    Json = dict[str, Any]

#: How often a model that is no better may count as better, where that is tested.
ERROR_RATE = 0.05


@dataclass(frozen=True)
class Rivals:
    """The fitted rivals of one fit, by name."""

    estimators: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def fitted(
        cls, family: Family | None, setting: Setting, X: Array, y: np.ndarray[Any, Any]
    ) -> Rivals:
        """Learn every rival of a family from the rows its own model learned from."""
        return cls(
            tuple(
                (rival.name, rival.build(setting).fit(X, y))
                for rival in (family.rivals if family else ())
            )
        )

    def answers(self, X: Array, labels: Sequence[Any] | None) -> dict[str, Array]:
        """Return what each says about some rows."""
        return {name: answers(one, X, labels) for name, one in self.estimators}


def contests(
    entry: Algorithm, scorer: Classification | Regression, tested: list[Tried]
) -> list[Json]:
    """Return how the model stands against each rival, on all tested rows together.

    Each is `name`, `title`, `metric`, `model` and `rival` (their figures), `is_beaten`,
    `p_value` (that the model is no better, None where figures decide), and all
    `metrics` of the rival, `model_metrics` of the model.
    """
    family = entry.family
    if family is None:
        return []
    y = np.concatenate([item.answered.y for item in tested])
    predicted = np.concatenate([item.answered.predicted for item in tested])
    model = scorer.metrics(y, predicted) | family.score(y, predicted)
    found = []
    for rival in family.rivals:
        said = np.concatenate([item.rivals[rival.name] for item in tested])
        metrics = scorer.metrics(y, said) | family.score(y, said)
        ours, theirs = model[rival.metric], metrics[rival.metric]
        chance = rival.probability(y, predicted, said)
        found.append(
            {
                "name": rival.name,
                "title": rival.title,
                "metric": rival.metric,
                "model": ours,
                "rival": theirs,
                "is_beaten": rival.is_beaten(ours, theirs) and not _is_chance(chance),
                "p_value": chance,
                "metrics": metrics,
                "model_metrics": model,
            }
        )
    return found


def _is_chance(probability: float | None) -> bool:
    """Whether a difference may well be chance; where none is told, figures decide."""
    return probability is not None and probability >= ERROR_RATE


def marks(
    entry: Algorithm, parameters: Parameters, metrics: Json, rivals: list[Json]
) -> Iterator[Problem]:
    """Yield a warning for every rival that is as good, and what is not reached."""
    if entry.family is not None:
        yield from entry.family.not_reached(parameters, headline_of(metrics))
    for rival in rivals:
        if not rival["is_beaten"]:
            chance = rival["p_value"]
            said = "" if chance is None else f" (p = {chance:.3f})"
            yield Problem(
                None,
                "not_better",
                f"Not better than “{rival['title']}”: {title_of(rival['metric'])} "
                f"{figure(rival['model'])} against {figure(rival['rival'])} of the "
                f"plain model{said}. Prefer the plain model, or train longer.",
            )


def figure(value: float | None) -> str:
    """Return a figure as sentences show it."""
    return "unknown" if value is None else f"{value:.3f}"
