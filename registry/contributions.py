"""What each value does to an answer: the row once more with that value as usual.

A difference says what one value does while all others stay. Values that work together
share their effect, so differences need not add up to anything; nothing is sampled, and
no second model is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from registry.exceptions import UnreadableRowsError
from registry.serving import loaded_models

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.models import Result
    from registry.serving import Answer

#: The values that matter most are shown.
MOST = 8
#: Rows that are explained at once by API.
MOST_ROWS = 100
#: Values that a model is asked with at once for that.
MOST_CELLS = 1_000_000


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

    def to_json(self) -> dict[str, Any]:
        return {
            "column": self.name,
            "value": self.value,
            "usual": self.usual,
            "adds": self.difference,
        }


def contributions(
    result: Result, row: dict[str, Any], answer: Answer
) -> list[Contribution]:
    """Return what each value of a row that was asked alone adds, the greatest first."""
    found = explained(result, [row], answer)
    return next(iter(found.values()), [])[:MOST]


def explained(
    result: Result, rows: Sequence[dict[str, Any]], answer: Answer
) -> dict[int, list[Contribution]]:
    """Return what each value of the rows that were answered adds, by place of the row.

    For classes to the probability of the one predicted, for numbers to the prediction.
    Nothing is said of models that make a sample of several rows. Raises
    `UnreadableRowsError` for too many rows: each takes a prediction a column.
    """
    if len(rows) > MOST_ROWS:
        raise UnreadableRowsError(
            _(
                "%(count)s rows are more than the %(most_rows)s that are explained "
                "at once; send them in parts, or without `explain`."
            )
            % {"count": len(rows), "most_rows": MOST_ROWS}
        )
    pipeline = loaded_models.get(result).pipeline
    if pipeline.assembler is not None:
        return {}
    usual = usual_values(result)
    changes = [
        (place, name)
        for place, row in enumerate(rows)
        for name, value in usual.items()
        if row.get(name) not in (None, value)
    ]
    there: dict[int, dict[str, Any]] = {}
    part = max(1, MOST_CELLS // max(1, len(usual)))
    for first in range(0, len(changes), part):
        asked = changes[first : first + part]
        others = pipeline.predict([{**rows[p], name: usual[name]} for p, name in asked])
        there |= {first + found["row"]: found for found in others.answers()}
    told: dict[int, list[Contribution]] = {f["row"]: [] for f in answer.predictions}
    here = {found["row"]: found for found in answer.predictions}
    for at, (place, name) in enumerate(changes):
        if place in here and at in there:
            adds = score(here[place], here[place]) - score(there[at], here[place])
            value = rows[place][name]
            told[place].append(Contribution(name, value, usual[name], adds))
    return {p: sorted(items, key=lambda item: -item.size) for p, items in told.items()}


def explain(result: Result, rows: Sequence[dict[str, Any]], answer: Answer) -> None:
    """Say in an answer what the values of each row add; raises as `explained`."""
    told = explained(result, rows, answer)
    for found in answer.predictions:
        if found["row"] in told:
            items = [item.to_json() for item in told[found["row"]]]
            found["contributions"] = items


def score(found: dict[str, Any], asked: dict[str, Any]) -> float:
    """Return the figure that is compared: of the class predicted for `asked`, if any.

    That is the class the row was given; by a threshold that need not be the likeliest.
    """
    if "probabilities" not in found:
        return float(found["prediction"])
    share: float = found["probabilities"][str(asked["prediction"])]
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
