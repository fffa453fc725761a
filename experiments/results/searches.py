"""A stored search made ready for the page and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasets.words import word
from experiments.metrics import METRICS, noun_of, title_of
from experiments.results.search_charts import in_words, told, written

if TYPE_CHECKING:
    from experiments.models import Result

#: So many of the best trials stand on the page.
SHOWN = 15


class FoundSearch:
    """What the page shows of the trials that hyperparameters were chosen from."""

    def __init__(self, stored: dict[str, Any]) -> None:
        self.stored = stored
        self.names: list[str] = stored["names"]

    @property
    def chosen(self) -> dict[str, Any]:
        """The values that were tried and taken for the model."""
        values = next(
            trial["values"]
            for trial in self.stored["trials"]
            if trial["number"] == self.stored["best"]
        )
        return {name: values[name] for name in self.names}

    @property
    def has_spread(self) -> bool:
        """Whether a score is a mean of several, which deviate from it."""
        return self.stored["on"] != "validation"

    @property
    def title(self) -> str:
        return title_of(self.stored["metric"])

    @property
    def words(self) -> str:
        """How the trials were made and judged, in a sentence or two."""
        count, folds = len(self.stored["trials"]), self.stored["folds"]
        kind, part = self.stored["method"], word(f"{folds} folds")
        if self.stored["on"] == "validation":
            part = word("the validation part")
        metric = noun_of(self.stored["metric"])
        judged = f"{count} trials ({kind}), each judged on {part} by {metric}."
        early = " The time budget ended it early." if self.stored["ended_early"] else ""
        few = " There were too few rows to begin with a part of them."
        return judged + early + (few if self.is_not_halved else "")

    @property
    def is_not_halved(self) -> bool:
        """Whether halving had all rows from the first trial on."""
        everything = all(trial["rows"] == 1 for trial in self.stored["trials"])
        return self.stored["method"] == "halving" and everything

    @property
    def best(self) -> list[dict[str, Any]]:
        """The best trials first, those that could not be tried last."""
        sign = 1 if METRICS[self.stored["metric"]].higher else -1

        def rank(trial: dict[str, Any]) -> tuple[bool, float, float]:
            known = trial["score"] is not None
            return not known, -trial["rows"], -sign * trial["score"] if known else 0

        trials = sorted(self.stored["trials"], key=rank)[:SHOWN]
        return [
            {
                **trial,
                "shown": [told(trial, name) for name in self.names],
                "chosen": trial["number"] == self.stored["best"],
            }
            for trial in trials
        ]

    @property
    def hidden(self) -> int:
        return max(0, len(self.stored["trials"]) - SHOWN)

    @property
    def nested(self) -> list[dict[str, Any]]:
        return [
            {**found, "words": in_words(found, {"search": self.stored})}
            for found in self.stored["nested"]
        ]


def trials_table(result: Result) -> list[list[Any]] | None:
    """Return every trial, one a line, in the order they were tried."""
    search = result.details.get("search")
    if not search:
        return None
    names = search["names"]
    lines = [
        [
            trial["number"],
            *(written(trial["values"][name]) for name in names),
            trial["score"],
            trial["std"],
            trial["rows"],
            trial["seconds"],
            trial["reason"],
        ]
        for trial in search["trials"]
    ]
    figures = [search["metric"], "std", "rows", "seconds", "reason"]
    return [["trial", *names, *figures], *lines]
