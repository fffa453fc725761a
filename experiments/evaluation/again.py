"""A finished model tried on other rows: how good it is there, row by row in batches."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.values import ValueTypeError, parse_value, to_json
from experiments.evaluation.intervals import (
    classification_intervals,
    regression_intervals,
)
from experiments.evaluation.numbers import plain
from experiments.evaluation.scoring import Answered, scorer
from experiments.families.contracts import plainly
from experiments.learning.problems import LARGEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.learning.pipelines import FittedPipeline
    from experiments.learning.predictions import Predictions

Json = dict[str, Any]
Matrix = np.ndarray[Any, np.dtype[np.float64]]

#: So many reasons why rows were not answered are told, the most frequent first.
REASONS = 20
#: And so many of those rows one by one.
ROWS_TOLD = 100
#: Why a sample that could not be made is not asked about.
UNUSABLE = {
    "column": None,
    "code": "unusable_sample",
    "detail": "Its rows make no sample: some value of it is missing or too large.",
}
#: Rows from which on figures and intervals mean something.
FEWEST = 2


@dataclass
class Retest:
    """Answers of a model to rows whose target is known, collected batch by batch.

    Parameters
    ----------
    pipeline : FittedPipeline
    spellings : dict of str to str
        Other ways to write a class, as `families.contracts.plainly` has them.
    without_target, unknown_class, quarantined : int
        Rows that count in no figure: their target is missing, is a class the model does
        not know, or the model does not take them.
    reasons : Counter
        Why rows were not answered, in words.
    told : list of dict
        The first `ROWS_TOLD` of those rows by number, with their reasons.
    """

    pipeline: FittedPipeline
    spellings: Mapping[str, str] = field(default_factory=dict)
    without_target: int = 0
    unknown_class: int = 0
    quarantined: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    told: list[Json] = field(default_factory=list)
    _y: list[Any] = field(default_factory=list)
    _answers: list[Any] = field(default_factory=list)

    def add(self, numbers: Sequence[int], rows: Sequence[Mapping[str, Any]]) -> None:
        """Ask the model some rows and keep what it says beside what is true."""
        target = self.pipeline.signature.target
        truths = [self._truth(row.get(target)) for row in rows]
        missing = [row.get(target) is None for row in rows]
        self.without_target += sum(missing)
        self.unknown_class += truths.count(None) - sum(missing)
        known = [place for place, truth in enumerate(truths) if truth is not None]
        found = self.pipeline.predict([rows[place] for place in known])
        for item in found.quarantined:
            reasons = [reason.to_json() for reason in item.reasons]
            self.refuse(numbers[known[item.row]], reasons)
        self._y += [truths[known[place]] for place in found.rows]
        self._answers += answers_of(found)

    def add_samples(
        self, numbers: Sequence[int], X: Matrix, targets: Sequence[Any]
    ) -> np.ndarray[Any, Any]:
        """Ask the model some samples as it is given them; return which of them count.

        `numbers` are their rows, and `targets` what is true of each.
        """
        truths = [self._truth(target) for target in targets]
        missing = sum(target is None for target in targets)
        self.without_target += missing
        self.unknown_class += truths.count(None) - missing
        usable = (np.abs(X) <= LARGEST).all(axis=1)  # neither is NaN
        for place in np.flatnonzero(~usable).tolist():
            self.refuse(numbers[place] + 1, [UNUSABLE])
        known = np.array([truth is not None for truth in truths], dtype=bool)
        kept = np.flatnonzero(usable & known)
        if len(kept):
            self._y += [truths[place] for place in kept]
            self._answers += self.pipeline.ask(X[kept]).tolist()
        return kept

    def refuse(self, number: int, reasons: Sequence[Json]) -> None:
        """Count a row that was not answered, and keep it if it is among the first."""
        self.quarantined += 1
        self.reasons.update(reason["detail"] for reason in reasons)
        if len(self.told) < ROWS_TOLD:
            self.told.append({"row": number, "reasons": list(reasons)})

    def _truth(self, value: Any) -> Any:
        """Return the code of a class, or a number; None where it is neither."""
        if value is None:
            return None
        label = self.spellings.get(plainly(value))
        with suppress(ValueTypeError):  # what is of another type is no class either
            kind = self.pipeline.signature.target_type
            value = to_json(parse_value(value, kind))
        if self._places is not None:
            return self._places.get(label or str(value))
        is_number = isinstance(value, int | float) and np.isfinite(value)
        return float(value) if is_number else None

    @cached_property
    def _places(self) -> dict[str, int] | None:
        labels = self.pipeline.signature.labels
        if labels is None:
            return None
        return {str(label): place for place, label in enumerate(labels)}

    @property
    def counted(self) -> int:
        """How many rows the figures are about."""
        return len(self._y)

    def metrics(self) -> Json:
        """Return all metrics; none where there are too few rows."""
        if self.counted < FEWEST:
            return {}
        found: Json = plain(self._scorer.metrics(*self.pair))
        return found

    def details(self, seed: int) -> Json:
        """Return intervals, matrix, report and curves, and what was left out."""
        left_out = {
            "rows": self.counted,
            "without_target": self.without_target,
            "unknown_class": self.unknown_class,
            "quarantined": self.quarantined,
            "reasons": [
                {"detail": detail, "count": count}
                for detail, count in self.reasons.most_common(REASONS)
            ],
            "quarantined_rows": self.told,
        }
        if self.counted < FEWEST:
            return left_out
        y, predicted = self.pair
        is_number = self.pipeline.signature.labels is None
        intervals = regression_intervals if is_number else classification_intervals
        values, _ = intervals(y, predicted, predicted, seed)
        answered = Answered(y, predicted, predicted, predicted)
        found: Json = plain(
            {
                **left_out,
                "intervals": values,
                **self._scorer.details(answered, seed),
            }
        )
        return found

    @property
    def _scorer(self) -> Any:
        labels = self.pipeline.signature.labels
        return scorer(None if labels is None else list(labels))

    @property
    def pair(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """What is true, and what the model said, of all rows that count."""
        return np.array(self._y), np.array(self._answers, dtype=float)


def answers_of(found: Predictions) -> list[Any]:
    """Return probabilities, or numbers, of the rows that were answered."""
    return list(found.values if found.shares is None else found.shares)
