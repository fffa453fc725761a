"""What each value does to an answer: the row once more with that value as usual.

A difference says what one value does while all others stay. Values that work together
share their effect, so differences need not add up to anything; nothing is sampled, and
no second model is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.serving import loaded_models

if TYPE_CHECKING:
    from experiments.models import Result
    from registry.serving import Answer

#: The values that matter most are shown.
MOST = 8


@dataclass(frozen=True)
class Contribution:
    """One value of a row: what it is, what is usual, and what it adds to the answer."""

    name: str
    value: Any
    usual: Any
    difference: float

    @property
    def size(self) -> float:
        return abs(self.difference)


def contributions(
    result: Result, row: dict[str, Any], answer: Answer
) -> list[Contribution]:
    """Return what each value of an answered row adds, the greatest first.

    For classes to the probability of the one predicted, for numbers to the prediction.
    Nothing is said of models that make a sample of several rows.
    """
    pipeline = loaded_models.get(result).pipeline
    if not answer.predictions or pipeline.assembler is not None:
        return []
    usual = usual_values(result)
    names = [n for n, value in usual.items() if row.get(n) not in (None, value)]
    others = pipeline.predict([{**row, name: usual[name]} for name in names])
    found = {p["row"]: score(p, answer) for p in others.to_json()["predictions"]}
    here = score(answer.predictions[0], answer)
    told = [
        Contribution(name, row[name], usual[name], here - found[place])
        for place, name in enumerate(names)
        if place in found
    ]
    return sorted(told, key=lambda item: -item.size)[:MOST]


def score(found: dict[str, Any], answer: Answer) -> float:
    """Return the figure that is compared: of the class that was predicted, if any."""
    if "probabilities" not in found:
        return float(found["prediction"])
    share: float = found["probabilities"][str(answer.predictions[0]["prediction"])]
    return share


def usual_values(result: Result) -> dict[str, Any]:
    """Return the median or the most frequent value of each column in training."""
    reference = result.details.get("reference") or {}
    return {
        item["name"]: usual_of(item)
        for item in reference.get("columns", ())
        if item["rows"]
    }


def usual_of(item: dict[str, Any]) -> Any:
    if "values" in item:
        return item["values"][0][0]
    pairs = zip(item["bounds"], item["below"], strict=True)
    return next(bound for bound, below in pairs if below >= 0.5)
