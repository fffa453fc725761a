"""Decisions: from which probability on a class is answered, and what that costs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction

from experiments.evaluation.thresholds import Choice, Costs, Thresholds
from experiments.exceptions import DecisionError, NoTestedRowsError
from experiments.models import Decision
from experiments.results.tested import labels_of_result, tested_rows
from projects.activities import record_activity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.learning.predictions import Predictions
    from experiments.models import Result
    from projects.models import User

#: What is answered where nothing was decided: the likelier of two classes.
USUAL = 0.5


@dataclass(frozen=True)
class Weighing:
    """The thresholds of one class of a result, weighed by what errors cost."""

    thresholds: Thresholds
    costs: Costs
    threshold: float

    @property
    def chosen(self) -> Choice:
        return replace(self.thresholds.at(self.threshold), threshold=self.threshold)

    @property
    def usual(self) -> Choice:
        return replace(self.thresholds.at(USUAL), threshold=USUAL)

    @property
    def cheapest(self) -> Choice:
        return self.thresholds.cheapest(self.costs)


def classes_to_decide(result: Result) -> list[str]:
    """Return the classes a threshold may be chosen for; none where there is no basis.

    It takes two classes, and folds or a validation part: test rows never choose.
    """
    stored = result.details.get("thresholds")
    return [str(curve["label"]) for curve in stored["curves"]] if stored else []


def weigh(
    result: Result, label: str, costs: Costs, threshold: float | None = None
) -> Weighing:
    """Return the thresholds of a class; the cheapest is taken unless one is said.

    Raises `DecisionError` where there is no such class, or no rows to choose on.
    """
    stored = result.details.get("thresholds")
    if not stored:
        raise DecisionError(
            "A threshold is chosen for one of two classes, on folds or on a validation "
            "part, and this session has none: train with folds first."
        )
    thresholds = Thresholds.of(stored, label)
    if thresholds is None:
        known = " and ".join(f"“{name}”" for name in classes_to_decide(result))
        raise DecisionError(f"There is no class “{label[:60]}”; there are {known}.")
    figures = [costs.false_alarm, costs.miss, 0 if threshold is None else threshold]
    if not all(math.isfinite(figure) and figure >= 0 for figure in figures):
        raise DecisionError("Costs and threshold are numbers of 0 or more.")
    if threshold is None:
        threshold = thresholds.cheapest(costs).threshold
    if threshold > 1:
        raise DecisionError("A threshold is a probability, from 0 to 1.")
    return Weighing(thresholds, costs, threshold)


@transaction.atomic
def decide(result: Result, weighing: Weighing | None, *, actor: User) -> Decision:
    """Keep what was chosen as the result's decision; None brings the usual back."""
    values: dict[str, Any] = {}
    if weighing is not None:
        values = {
            "label": weighing.thresholds.label,
            "threshold": weighing.threshold,
            "cost_false_alarm": weighing.costs.false_alarm,
            "cost_miss": weighing.costs.miss,
        }
    made = Decision.objects.create(result=result, created_by=actor, **values)
    record_activity(actor, made, "decided")
    return made


def decision_of(result: Result) -> dict[str, Any] | None:
    """Return the decision that counts, as answers name it; None for the usual one."""
    latest = result.decisions.first()
    return latest.to_json() if latest else None


def on_test_rows(result: Result, decision: Decision) -> Choice | None:
    """Return what a decision brings on the test rows, which had no part in it."""
    is_held_out = result.details.get("evaluated_on") == "test"
    if decision.threshold is None or not is_held_out:
        return None
    try:
        tested = tested_rows(result)
    except NoTestedRowsError:
        return None
    place = labels_of_result(result).index(decision.label)
    counts = tested.counted(place, decision.threshold)
    return Choice(decision.threshold, decision.threshold, *counts)


def decided(
    found: Predictions, labels: Sequence[Any] | None, decision: dict[str, Any]
) -> Predictions:
    """Return predictions with the decision's class from its threshold on."""
    label, threshold = decision["label"], decision["threshold"]
    if found.shares is None or labels is None or label not in labels:
        return found
    place = list(labels).index(label)
    other = labels[1 - place]
    is_over = (found.shares[:, place] >= threshold).tolist()
    values = [label if over else other for over in is_over]
    told = f"“{label}” is answered from a probability of {threshold:.3g} on."
    return replace(found, values=values, notices=[*found.notices, told])
