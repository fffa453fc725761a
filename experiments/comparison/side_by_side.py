"""Experiments side by side: what differs in their setup, and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.translation import pgettext

from datamine.speech import spoken
from datamine.templatetags.display import word as said_word
from datasets.words import word
from experiments.choices import Preprocessing, SessionStatus
from experiments.metrics import HEADLINES, METRICS, headline_of, in_order, title_of
from experiments.models import Result
from experiments.results.labels import labels_of, said_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.models import Experiment
    from experiments.results.labels import Field

#: More columns than this cannot be read beside each other.
MOST = 20
#: The setting that names another experiment whose split is taken.
SHARED_SPLIT = "split: same_as"


@dataclass(frozen=True)
class Line:
    """One setting of all experiments, in their order.

    For people there is a `label`, and values are `said` in words where these differ.
    """

    title: str
    values: tuple[Any, ...]
    label: str = ""
    said: tuple[Any, ...] = ()

    @property
    def told(self) -> tuple[Any, ...]:
        """The values as people read them."""
        return self.said or self.values

    @property
    def differs(self) -> bool:
        return any(value != self.values[0] for value in self.values)


@dataclass(frozen=True)
class MetricLine:
    """One metric of all experiments; None where it is not known."""

    name: str
    values: tuple[float | None, ...]

    @property
    def title(self) -> str:
        return title_of(self.name)

    @property
    def best(self) -> float | None:
        known = [value for value in self.values if value is not None]
        if not known:
            return None
        higher = METRICS[self.name].higher if self.name in METRICS else True
        return max(known) if higher else min(known)

    @property
    def cells(self) -> list[dict[str, Any]]:
        """Return each value with the length of its bar, from 0 to 1."""
        known = [abs(value) for value in self.values if value is not None]
        longest = max(known, default=0) or 1
        return [
            {
                "value": value,
                "bar": None if value is None else max(value, 0) / longest,
                "is_best": same_as_shown(value, self.best),
            }
            for value in self.values
        ]


@dataclass(frozen=True)
class FoldLine:
    """One metric over the folds of all experiments; None where there are no folds."""

    name: str
    values: tuple[dict[str, Any] | None, ...]

    @property
    def title(self) -> str:
        return title_of(self.name)

    def column(self, key: str) -> list[float | None]:
        return [value[key] if value else None for value in self.values]


def search_of(experiment: Experiment) -> str | None:
    """Return how hyperparameters were searched for, None where they were set."""
    search = experiment.search or {}
    nested = [word("nested")] if search.get("nested") else []
    return ", ".join([search["method"], *nested]) if search else None


def say_search(told: str | None) -> str | None:
    return ", ".join(map(said_word, told.split(", "))) if told else None


def same_as_shown(value: float | None, best: float | None) -> bool:
    """Whether a value looks like the best one on the page, which shows three digits."""
    return value is not None and best is not None and f"{value:.3f}" == f"{best:.3f}"


def metric_lines(results: Sequence[dict[str, Any]]) -> list[MetricLine]:
    """Return the test metrics that any of the results has, in the usual order."""
    found = [headline_of(metrics) for metrics in results]
    known = {name for metrics in found for name in metrics}
    return [
        MetricLine(name, tuple(m.get(name) for m in found))
        for name in in_order(dict.fromkeys(known))
    ]


def metrics_of(result: Result | None) -> dict[str, Any]:
    return result.metrics if result else {}


def over_folds(result: Result | None, name: str) -> dict[str, Any] | None:
    """Return `mean`, `std` and `folds` of a metric; None where there is none."""
    found = (metrics_of(result).get("cross_validation") or {}).get(name)
    return found if found and found.get("mean") is not None else None


def latest_results(experiments: Sequence[Experiment]) -> dict[int, Result]:
    """Return the latest result of each experiment that has one, by experiment."""
    found = (
        Result.objects.filter(
            session__experiment__in=[e.pk for e in experiments],
            session__status=SessionStatus.COMPLETED,
        )
        .select_related("session")
        .only(
            "metrics",
            "split_digest",
            "tested",
            "tested_sha256",
            "session__experiment",
            "session__number",
            "session__training_time_seconds",
        )
        .order_by("pk")
    )
    return {result.session.experiment_id: result for result in found}


class Comparison:
    """Some experiments with the results of their latest completed sessions.

    `order` names a metric to put them in order of, the best first. `results`, one for
    each place, are spoken of instead of the latest: an experiment may stand twice.
    """

    def __init__(
        self,
        experiments: Sequence[Experiment],
        order: str = "",
        results: Sequence[Result] = (),
    ) -> None:
        self.experiments = list(experiments)
        self.placed: list[Result | None] = list(results)
        if not results:
            latest = latest_results(self.experiments)
            self.placed = [latest.get(e.pk) for e in self.experiments]
        self.order = order if order in METRICS else ""
        if self.order:
            places = sorted(range(len(self.placed)), key=self._rank)
            self.experiments = [self.experiments[place] for place in places]
            self.placed = [self.placed[place] for place in places]

    def _rank(self, place: int) -> tuple[bool, float]:
        value = headline_of(metrics_of(self.placed[place])).get(self.order)
        if value is None:
            return True, 0.0
        return False, -value if METRICS[self.order].higher else value

    @cached_property
    def results(self) -> dict[int, Result]:
        """The result of each experiment that has one, by experiment."""
        pairs = zip(self.experiments, self.placed, strict=True)
        return {experiment.pk: result for experiment, result in pairs if result}

    @cached_property
    def found(self) -> list[dict[str, Any]]:
        """What searches put in the place of the hyperparameters asked for, by place."""
        pairs = zip(self.experiments, self.placed, strict=True)
        searched = [result.pk if e.search and result else None for e, result in pairs]
        if not any(searched):
            return [{} for _place in searched]
        rows = Result.objects.filter(pk__in=[pk for pk in searched if pk])
        chosen = dict(rows.values_list("pk", "details__hyperparameters"))
        return [chosen.get(pk) or {} for pk in searched]

    @property
    def digests(self) -> list[str | None]:
        """The digest of each split: equal ones tested on the same rows."""
        return [result.split_digest if result else None for result in self.placed]

    @property
    def same_split(self) -> bool:
        """Whether all were tested on the same rows, so that figures are comparable."""
        return len(set(self.digests)) == 1 and None not in self.digests

    @property
    def settings(self) -> list[Line]:
        """What was set, by people or a search, hyperparameters one by one."""
        lines = [
            self._line(word("Algorithm"), lambda e: e.algorithm_title, spoken),
            self._line(word("Dataset"), lambda e: e.dataset.name),
            self._line(word("Version"), lambda e: e.version.number),
            self._line(word("Target"), lambda e: e.target_column),
            self._line(word("Features"), lambda e: ", ".join(e.feature_columns)),
            self._line(
                word("Preprocessing"),
                lambda e: e.preprocessing,
                lambda name: str(Preprocessing(name).label),
            ),
            self._line(
                "Search", search_of, say_search, label=pgettext("noun", "Search")
            ),
        ]
        return [*lines, *self._settings("hyperparameters"), *self._settings("split")]

    @property
    def differences(self) -> list[Line]:
        """What was asked for otherwise; on the same rows, not whose split was taken."""
        return [
            line
            for line in self.settings
            if line.differs and not (self.same_split and line.title == SHARED_SPLIT)
        ]

    @property
    def metrics(self) -> list[MetricLine]:
        """The test metrics that any of them has, in the usual order."""
        return metric_lines([metrics_of(result) for result in self.placed])

    @property
    def folds(self) -> list[FoldLine]:
        """Mean and deviation over folds of the usual metrics, where there are folds."""
        names = [name for task in HEADLINES for name in HEADLINES[task]]
        lines = [
            FoldLine(name, tuple(over_folds(result, name) for result in self.placed))
            for name in names
        ]
        return [line for line in lines if any(line.values)]

    @property
    def times(self) -> list[float | None]:
        return [r.session.training_time_seconds if r else None for r in self.placed]

    def table(self, shown: Sequence[Line] | None = None) -> list[list[Any]]:
        """Return what the page shows as rows of cells, the first one the head.

        `shown` are the settings; those that differ, unless said.
        """
        settings = self.differences if shown is None else shown
        names = [experiment.name for experiment in self.experiments]
        return [
            ["", *names],
            *([line.title, *line.values] for line in settings),
            *([line.name, *line.values] for line in self.metrics),
            *(
                [f"{line.name}, folds {key}", *line.column(key)]
                for line in self.folds
                for key in ("mean", "std")
            ),
            ["training_time_seconds", *self.times],
            ["split_digest", *self.digests],
        ]

    def to_json(self) -> dict[str, Any]:
        """Return the answer of the API."""
        return {
            "same_split": self.same_split,
            "experiments": [
                {"id": e.pk, "name": e.name, "split_digest": digest}
                for e, digest in zip(self.experiments, self.digests, strict=True)
            ],
            "differences": [
                {"setting": line.title, "values": list(line.values)}
                for line in self.differences
            ],
            "metrics": [
                {"metric": line.name, "values": list(line.values), "best": line.best}
                for line in self.metrics
            ],
            "folds": [
                {"metric": line.name, "values": list(line.values)}
                for line in self.folds
            ],
            "training_time_seconds": self.times,
        }

    def _line(
        self, title: str, value: Any, say: Any = None, *, label: str = ""
    ) -> Line:
        values = tuple(value(experiment) for experiment in self.experiments)
        return Line(title, values, label, tuple(map(say, values)) if say else ())

    def _settings(self, field: Field) -> list[Line]:
        prefix = "split: " if field == "split" else ""
        set_to = [
            getattr(e, field) | ({} if prefix else found)
            for e, found in zip(self.experiments, self.found, strict=True)
        ]
        # Algorithms may call one name by other words: all of them are told.
        labels: dict[str, dict[str, None]] = {}
        for experiment in self.experiments:
            for name, label in labels_of(experiment, field).items():
                labels.setdefault(name, {})[label] = None
        return [
            Line(
                f"{prefix}{name}",
                tuple(chosen.get(name) for chosen in set_to),
                " / ".join(told),
                tuple(
                    said_of("" if prefix else e.algorithm, name, chosen.get(name))
                    for e, chosen in zip(self.experiments, set_to, strict=True)
                ),
            )
            for name, told in labels.items()
        ]
