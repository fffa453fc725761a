"""Experiments put together by what they have in common: mean and deviation of each."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import TYPE_CHECKING, Any

from datamine.speech import spoken
from datamine.templatetags.display import setting
from datasets.words import word
from experiments.metrics import HEADLINES, METRICS, headline_of, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.comparison.side_by_side import Comparison, Line
    from experiments.models import Experiment

#: Everything but the seeds: what is left over differs by luck alone.
SEEDS = word("all but seeds")
SEED_SETTINGS = ("split: random_seed", "random_state")


Figure = tuple[float, float | None, int]


@dataclass(frozen=True)
class Group:
    """Experiments that share a setting: its value in words, and as it was sent.

    `figures` are mean, deviation and count, or None; one alone deviates from nothing.
    """

    title: str
    value: Any
    experiments: tuple[Experiment, ...]
    figures: tuple[Figure | None, ...]


class Grouping:
    """The experiments of a comparison grouped by one of their settings."""

    def __init__(self, comparison: Comparison, field: str) -> None:
        self.comparison = comparison
        self.choices = [
            (line.title, line.label or line.title) for line in comparison.differences
        ]
        known = {name for name, _ in self.choices} | {SEEDS}
        self.field = field if field in known else ""

    @property
    def label(self) -> str:
        """What the setting is called on pages."""
        return dict(self.choices).get(self.field, self.field)

    @property
    def metrics(self) -> list[str]:
        usual = [name for names in HEADLINES.values() for name in names]
        found = {line.name for line in self.comparison.metrics}
        return [name for name in METRICS if name in usual and name in found]

    @property
    def titles(self) -> list[str]:
        return [title_of(name) for name in self.metrics]

    @property
    def groups(self) -> list[Group]:
        """The groups in the order of their first members; none without a field."""
        if not self.field:
            return []
        shared = self._shared()
        members: dict[str, list[int]] = {}
        for place in range(len(self.comparison.experiments)):
            alike = str([line.values[place] for line in shared])
            members.setdefault(alike, []).append(place)
        return [self._group(shared, places) for places in members.values()]

    def _shared(self) -> list[Line]:
        """Return the settings that are the same within a group."""
        if self.field != SEEDS:
            return [x for x in self.comparison.settings if x.title == self.field]
        return [x for x in self.comparison.differences if x.title not in SEED_SETTINGS]

    def _group(self, shared: list[Line], places: list[int]) -> Group:
        first = places[0]
        found = tuple(self.comparison.experiments[place] for place in places)
        figures = tuple(self._figures(found))
        if self.field != SEEDS:
            (line,) = shared
            return Group(setting(line.told[first]), line.values[first], found, figures)
        said = (
            f"{spoken(x.label or x.title)} {setting(x.told[first])}" for x in shared
        )
        sent = (f"{x.title}={x.values[first]}" for x in shared)
        same = word("the same but for seeds")
        title, value = ", ".join(said), "; ".join(sent)
        return Group(title or spoken(same), value or same, found, figures)

    def _figures(self, found: Sequence[Experiment]) -> list[Figure | None]:
        results = [self.comparison.results.get(e.pk) for e in found]
        headlines = [headline_of(r.metrics) for r in results if r]
        return [
            _figure([head[name] for head in headlines if name in head])
            for name in self.metrics
        ]

    def table(self) -> list[list[Any]]:
        """Return the groups as rows of cells for programs, in no language."""
        if not self.groups:
            return []
        head = [f"by {self.field}", "experiments"]
        for name in self.metrics:
            head += [f"{name}, mean", f"{name}, std"]
        return [
            [],
            head,
            *(
                [
                    group.value,
                    len(group.experiments),
                    *(
                        cell
                        for f in group.figures
                        for cell in (f[:2] if f else ("", ""))
                    ),
                ]
                for group in self.groups
            ),
        ]


def _figure(values: list[float]) -> Figure | None:
    if not values:
        return None
    deviation = pstdev(values) if len(values) > 1 else None
    return fmean(values), deviation, len(values)
