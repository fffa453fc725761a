"""A result made ready for the page: tiles, the heat map, bars and tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from datasets.words import word
from experiments.algorithms.catalogue import Task
from experiments.algorithms.reading.drawing import draw
from experiments.algorithms.reading.rules import rules
from experiments.decisions import classes_to_decide, decision_of
from experiments.metrics import HEADLINES, gain, headline_of, in_order, title_of
from experiments.results.charts import FAMILY_CHARTS, charts_of
from experiments.results.labels import search_in_words
from experiments.results.searches import FoundSearch
from experiments.results.trees import tree_of, writers_of

if TYPE_CHECKING:
    from experiments.models import Experiment, Result
    from experiments.results.chart import Chart

#: More classes than this make a heat map nobody reads; the page says so.
HEAT_CLASSES = 30
#: So many lines of a tree's rules stand on the page; the file has all.
TREE_LINES = 200
BASELINES = {"most_frequent": word("the most frequent class"), "mean": word("the mean")}
#: What counts comes first: a narrow screen shows no more than the first of them.
PARTS = (
    ("test", word("Test")),
    ("validation", word("Validation")),
    ("train", word("Training")),
)


@dataclass(frozen=True)
class Tile:
    """One headline metric with its interval and what it gains over the baseline."""

    name: str
    value: float
    low: float | None
    high: float | None
    gain: float | None

    @property
    def title(self) -> str:
        return title_of(self.name)

    @property
    def is_loss(self) -> bool:
        return self.gain is not None and self.gain < 0


class Summary:
    """What the page shows of a stored result; every figure is computed here."""

    def __init__(self, result: Result, experiment: Experiment) -> None:
        self.result = result
        self.details = search_in_words(result.details, experiment.algorithm)
        self.task = Task(experiment.task)

    @cached_property
    def headline(self) -> dict[str, float]:
        return headline_of(self.result.metrics)

    @property
    def may_be_decided(self) -> bool:
        """Whether there is a threshold to choose, and rows to choose it on."""
        return bool(classes_to_decide(self.result))

    @cached_property
    def decision(self) -> dict[str, Any] | None:
        return decision_of(self.result) if self.may_be_decided else None

    @cached_property
    def tree(self) -> dict[str, Any] | None:
        """Drawing and rules of the tree, as much as the page has room for."""
        view = tree_of(self.result)
        if view is None:
            return None
        lines = rules(view).splitlines()
        hidden = max(0, len(lines) - TREE_LINES)
        return {
            "drawing": draw(view, whole=False),
            "text": "\n".join(lines[:TREE_LINES]),
            "hidden": hidden,
            "left_out": view.left_out,
            "files": writers_of(view),
        }

    @property
    def evaluated_on(self) -> str:
        folds = self.details.get("evaluated_on") == "cross_validation"
        return word("rows left out of each fold") if folds else word("test rows")

    @property
    def tiles(self) -> list[Tile]:
        """The large figures: the usual four of the task, as far as they are known."""
        intervals = self.details.get("intervals") or {}
        baseline = (self.result.baseline or {}).get("metrics") or {}
        return [
            Tile(
                name,
                self.headline[name],
                (intervals.get(name) or {}).get("low"),
                (intervals.get(name) or {}).get("high"),
                self._gain(name, baseline.get(name)),
            )
            for name in HEADLINES[self.task]
            if name in self.headline
        ]

    @property
    def baseline_name(self) -> str:
        name = (self.result.baseline or {}).get("name", "")
        return BASELINES.get(name, name.replace("_", " "))

    @property
    def question(self) -> dict[str, Any]:
        """The second baseline: one question about one feature."""
        return (self.result.baseline or {}).get("question") or {}

    @property
    def metric_rows(self) -> list[dict[str, Any]]:
        """Every metric of every part, the baseline beside it."""
        metrics = self.result.metrics
        folds = metrics.get("cross_validation") or {}
        baseline = (self.result.baseline or {}).get("metrics") or {}
        known = {name for part, _ in PARTS for name in metrics.get(part) or {}}
        names = in_order(dict.fromkeys(known | set(folds)))
        return [
            {
                "name": name,
                "title": title_of(name),
                "parts": [(metrics.get(part) or {}).get(name) for part in self.parts],
                "mean": (folds.get(name) or {}).get("mean"),
                "std": (folds.get(name) or {}).get("std"),
                "baseline": baseline.get(name),
                "question": (self.question.get("metrics") or {}).get(name),
            }
            for name in names
        ]

    @property
    def parts(self) -> list[str]:
        """The parts that had rows."""
        return [name for name, _ in PARTS if self.result.metrics.get(name)]

    @property
    def part_titles(self) -> list[dict[str, Any]]:
        rows = self.details.get("rows") or {}
        titles = dict(PARTS)
        return [{"title": titles[n], "rows": rows.get(n)} for n in self.parts]

    @property
    def has_folds(self) -> bool:
        return bool(self.result.metrics.get("cross_validation"))

    @property
    def confusion(self) -> list[dict[str, Any]]:
        """The heat map: per true class its cells, with their share of the row."""
        matrix = self.details.get("confusion_matrix") or {}
        labels = matrix.get("labels") or []
        if len(labels) > HEAT_CLASSES:
            return []
        return [
            {"label": label, "cells": heat_cells(counts)}
            for label, counts in zip(labels, matrix.get("matrix") or [], strict=False)
        ]

    @property
    def labels(self) -> list[Any]:
        return (self.details.get("confusion_matrix") or {}).get("labels") or []

    @property
    def report(self) -> dict[str, Any]:
        return self.details.get("classification_report") or {}

    @property
    def importances(self) -> list[dict[str, Any]]:
        """The features by weight, with the length of each bar from 0 to 1."""
        found = self.details.get("feature_importance") or []
        key = self.importance_kind
        values = [max(item.get(key) or 0, 0) for item in found]
        longest = max(values, default=0) or 1
        return [
            {
                "feature": item["feature"],
                "value": item.get(key),
                "std": item.get("permutation_std") if key == "permutation" else None,
                "bar": value / longest,
            }
            for item, value in zip(found, values, strict=True)
        ]

    @property
    def importance_kind(self) -> str:
        """Shuffling is comparable between algorithms; else the estimator's weights."""
        found = self.details.get("feature_importance") or []
        shuffled = any(item.get("permutation") is not None for item in found)
        return "permutation" if shuffled else "native"

    @property
    def folds(self) -> list[dict[str, Any]]:
        """One line a fold with the headline metrics."""
        found = self.result.metrics.get("cross_validation") or {}
        columns = [found[n].get("folds") or [] for n in self.fold_metrics]
        return [
            {"number": number, "values": values}
            for number, values in enumerate(zip(*columns, strict=False), start=1)
        ]

    @property
    def fold_metrics(self) -> list[str]:
        found = self.result.metrics.get("cross_validation") or {}
        return [name for name in HEADLINES[self.task] if name in found]

    @property
    def fold_titles(self) -> list[str]:
        return [title_of(name) for name in self.fold_metrics]

    @cached_property
    def charts(self) -> list[Chart]:
        return charts_of(self.details)

    @property
    def chart_words(self) -> list[dict[str, Any]]:
        """Each chart with its name, title and what it says in words."""
        return [
            {
                "name": c.name,
                "title": c.heading(self.details),
                "words": c.words(self.details),
            }
            for c in self.charts
        ]

    @property
    def family_words(self) -> list[dict[str, Any]]:
        """The same of the charts that only a family has."""
        return [chart for chart in self.chart_words if chart["name"] in FAMILY_CHARTS]

    @property
    def rivals(self) -> list[dict[str, Any]]:
        """The model first, then the plain models a family is held against.

        Each with its title, its `figures` in the order of `rival_titles`, and the
        metric that decides whether it is beaten.
        """
        found = self.details.get("rivals") or []
        if not found:
            return []
        ours = {
            "title": word("This model"),
            "metrics": found[0].get("model_metrics") or {},
        }
        return [
            {
                **line,
                "figures": [line["metrics"].get(n) for n in self._rival_metrics],
                "metric": title_of(line.get("metric", "")),
            }
            for line in (ours, *found)
        ]

    @property
    def rival_titles(self) -> list[str]:
        return [title_of(name) for name in self._rival_metrics]

    @property
    def _rival_metrics(self) -> list[str]:
        """The metrics that decide, then the usual ones of the task."""
        deciding = [rival["metric"] for rival in self.details.get("rivals") or []]
        return list(dict.fromkeys([*deciding, *HEADLINES[self.task]]))

    @property
    def search(self) -> FoundSearch | None:
        """The trials hyperparameters were chosen from, None where they were set."""
        stored = self.details.get("search")
        return FoundSearch(stored) if stored else None

    @property
    def remarks(self) -> list[str]:
        """What training warned of and noticed, in sentences."""
        warned = [warning["detail"] for warning in self.result.warnings]
        return warned + list(self.details.get("notices") or [])

    def _gain(self, name: str, simple: float | None) -> float | None:
        # What always says the same is perfectly calibrated, and worth nothing.
        if simple is None or name == "ece":
            return None
        return gain(name, self.headline[name], simple)


def heat_cells(counts: list[int]) -> list[dict[str, Any]]:
    """Return a row's cells with share and one of eleven strengths of colour."""
    total = sum(counts) or 1
    return [
        {"count": count, "share": count / total, "heat": round(10 * count / total)}
        for count in counts
    ]
