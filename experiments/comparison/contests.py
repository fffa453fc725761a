"""Experiments against one of them: is the difference more than luck?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from experiments.comparison.side_by_side import over_folds
from experiments.exceptions import NoTestedRowsError
from experiments.metrics import HEADLINES, METRICS, title_of
from experiments.results.tested import tested_rows

if TYPE_CHECKING:
    from experiments.comparison.side_by_side import Comparison
    from experiments.evaluation.paired import FoldTest, RowTest
    from experiments.evaluation.tested import RowAnswers
    from experiments.models import Experiment

#: Below this, adjusted for being several, a difference is called one.
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Duel:
    """One experiment against the reference; each test, or why there is none.

    Differences are those of the experiment minus the reference.
    """

    experiment: Experiment
    folds: FoldTest | None = None
    folds_refused: str = ""
    folds_adjusted: float | None = None
    rows: RowTest | None = None
    rows_refused: str = ""
    rows_adjusted: float | None = None

    @property
    def folds_differ(self) -> bool:
        return self.folds_adjusted is not None and self.folds_adjusted < SIGNIFICANT

    @property
    def rows_differ(self) -> bool:
        return self.rows_adjusted is not None and self.rows_adjusted < SIGNIFICANT

    def to_json(self) -> dict[str, Any]:
        """Return both tests as the API gives them."""
        folds, rows = self.folds, self.rows
        return {
            "experiment": self.experiment.pk,
            "folds": folds
            and {
                "difference": folds.difference,
                "low": folds.low,
                "high": folds.high,
                "p_value": folds.p_value,
                "p_value_adjusted": self.folds_adjusted,
                "folds": folds.n_folds,
            },
            "folds_refused": self.folds_refused,
            "rows": rows
            and {
                "only_this_right": rows.only_first,
                "only_reference_right": rows.only_second,
                "p_value": rows.p_value,
                "p_value_adjusted": self.rows_adjusted,
                "rows": rows.n_rows,
            },
            "rows_refused": self.rows_refused,
        }


class Contest:
    """All experiments of a comparison against the best, or against a chosen one."""

    def __init__(
        self, comparison: Comparison, *, against: str = "", metric: str = ""
    ) -> None:
        self.comparison = comparison
        self.wanted = against
        names = [line.name for line in comparison.folds]
        self.metrics = [(name, title_of(name)) for name in names]
        usual = next((name for name in names if name in FIRST), "")
        self.metric = metric if metric in names else usual

    @property
    def metric_title(self) -> str:
        return title_of(self.metric) if self.metric else ""

    @cached_property
    def contenders(self) -> list[Experiment]:
        """The experiments that have a result."""
        results = self.comparison.results
        return [e for e in self.comparison.experiments if e.pk in results]

    @cached_property
    def reference(self) -> Experiment | None:
        chosen = (e for e in self.contenders if str(e.pk) == self.wanted)
        return next(chosen, None) or self.best

    @property
    def best(self) -> Experiment | None:
        def figure(experiment: Experiment) -> float:
            names = [self.metric] if self.metric else list(FIRST)
            known = (experiment.headline.get(name) for name in names)
            value = next((v for v in known if v is not None), float("-inf"))
            is_loss = self.metric in METRICS and not METRICS[self.metric].higher
            return -value if is_loss else value

        return max(self.contenders, key=figure, default=None)

    @cached_property
    def duels(self) -> list[Duel]:
        """Every other experiment against the reference, p-values adjusted."""
        from experiments.evaluation.paired import (  # noqa: PLC0415 -- heavy import
            adjusted,
        )

        found = [self._duel(e) for e in self.contenders if e != self.reference]
        for kind in ("folds", "rows"):
            places = [i for i, duel in enumerate(found) if getattr(duel, kind)]
            p_values = [getattr(found[i], kind).p_value for i in places]
            for place, p_value in zip(places, adjusted(p_values), strict=True):
                changes: Any = {f"{kind}_adjusted": p_value}
                found[place] = replace(found[place], **changes)
        return found

    def _duel(self, experiment: Experiment) -> Duel:
        from experiments.evaluation.paired import (  # noqa: PLC0415 -- heavy import
            IncomparableError,
        )

        duel = Duel(experiment)
        try:
            duel = replace(duel, folds=self._over_folds(experiment))
        except IncomparableError as refusal:
            duel = replace(duel, folds_refused=str(refusal))
        try:
            return replace(duel, rows=self._over_rows(experiment))
        except (IncomparableError, NoTestedRowsError) as refusal:
            return replace(duel, rows_refused=str(refusal))

    def _over_folds(self, experiment: Experiment) -> FoldTest:
        from experiments.evaluation.paired import (  # noqa: PLC0415 -- heavy import
            IncomparableError,
            fold_test,
        )

        assert self.reference is not None
        pair = (experiment, self.reference)
        results = [self.comparison.results[e.pk] for e in pair]
        found = [over_folds(result, self.metric) for result in results]
        if not all(found):
            raise IncomparableError("Not both have folds.")
        if results[0].split_digest != results[1].split_digest:
            raise IncomparableError("Their folds are not the same.")
        first, second = (item["folds"] for item in found if item)
        return fold_test(first, second, experiment.split.get("cv_folds") or 0)

    def _over_rows(self, experiment: Experiment) -> RowTest:
        from experiments.evaluation.paired import (  # noqa: PLC0415 -- heavy import
            IncomparableError,
            row_test,
        )

        assert self.reference is not None
        targets = {self._target_of(e) for e in (experiment, self.reference)}
        if len(targets) > 1:
            raise IncomparableError("They predict different targets of the data.")
        return row_test(self._answers(experiment), self._answers(self.reference))

    def _target_of(self, experiment: Experiment) -> tuple[int, str]:
        return experiment.dataset_id, experiment.target_column

    def _answers(self, experiment: Experiment) -> RowAnswers:
        if experiment.pk not in self._read:
            result = self.comparison.results[experiment.pk]
            self._read[experiment.pk] = tested_rows(result)
        return self._read[experiment.pk]

    @cached_property
    def _read(self) -> dict[int, RowAnswers]:
        return {}

    def to_json(self) -> dict[str, Any]:
        """Return the tests as the API gives them."""
        return {
            "reference": self.reference.pk if self.reference else None,
            "metric": self.metric or None,
            "against_reference": [duel.to_json() for duel in self.duels],
        }

    def table(self) -> list[list[Any]]:
        """Return the tests as rows of cells, as the page shows them."""
        if self.reference is None or not self.duels:
            return []
        head = [
            f"against {self.reference.name}", "difference", "low", "high", "p, folds",
            "only this right", "only reference right", "p, rows", "remarks",
        ]  # fmt: skip
        return [[], head, *(self._cells(duel) for duel in self.duels)]

    def _cells(self, duel: Duel) -> list[Any]:
        folds, rows = duel.folds, duel.rows
        remarks = [duel.folds_refused, duel.rows_refused]
        return [
            duel.experiment.name,
            *((folds.difference, folds.low, folds.high) if folds else ("", "", "")),
            duel.folds_adjusted if folds else "",
            *((rows.only_first, rows.only_second) if rows else ("", "")),
            duel.rows_adjusted if rows else "",
            " ".join(remark for remark in remarks if remark),
        ]


#: The first headline metric of each task.
FIRST = tuple(names[0] for names in HEADLINES.values())
