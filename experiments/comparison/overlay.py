"""The ROC curves of several experiments over each other, for one class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datamine.templatetags.display import fixed
from datasets.charts.drawing import frame
from datasets.words import word
from experiments.models import Result
from experiments.results.charts import lines, share_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasets.charts.drawing import Row, Spec
    from experiments.comparison.side_by_side import Comparison


class Overlay:
    """The curves of a comparison; `label` is the class, or the last one there is."""

    def __init__(self, comparison: Comparison, label: str = "") -> None:
        self.names = {
            comparison.results[e.pk].pk: e.name
            for e in comparison.experiments
            if e.pk in comparison.results
        }
        found = dict(
            Result.objects.filter(pk__in=self.names).values_list(
                "pk", "details__curves__roc"
            )
        )
        # In the order of the comparison, which gives the colours.
        self.curves = {pk: found.get(pk) or [] for pk in self.names}
        self.labels = list(
            dict.fromkeys(
                str(curve["label"])
                for curves in self.curves.values()
                for curve in curves
            )
        )
        known = label if label in self.labels else ""
        self.label = known or (self.labels[-1] if self.labels else "")

    @property
    def rows(self) -> list[Row]:
        return [
            {"class": name, "order": place, "fpr": fpr, "tpr": tpr}
            for name, curve in self.chosen()
            for place, (fpr, tpr) in enumerate(
                zip(curve["fpr"], curve["tpr"], strict=True)
            )
        ]

    def chosen(self) -> list[tuple[str, dict[str, Any]]]:
        """Return each experiment's name, made unique, and its curve of the class."""
        names = unique(list(self.names.values()))
        return [
            (name, curve)
            for name, curves in zip(names, self.curves.values(), strict=True)
            for curve in curves
            if str(curve["label"]) == self.label
        ]

    @property
    def words(self) -> str:
        areas = (f"{name} {fixed(curve['auc'])}" for name, curve in self.chosen())
        return f"Area under the curve of class {self.label}: {', '.join(areas)}."

    def spec(self) -> Spec:
        """Return the chart as Vega-Lite."""
        draw = lines(
            share_axis("fpr", "False positive rate"),
            share_axis("tpr", "True positive rate"),
            diagonal=True,
        )
        marks = {"data": {"values": self.rows}, **draw(self.rows)}
        return frame(word("ROC of several experiments"), self.words, marks)


def unique(names: Sequence[str]) -> list[str]:
    """Return names of which no two are equal: later ones get a number."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
