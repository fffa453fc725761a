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
    from experiments.comparison.side_by_side import Comparison
    from experiments.models import Experiment

#: Everything but the seeds: what is left over differs by luck alone.
SEEDS = word("all but seeds")
SEED_SETTINGS = ("split: random_seed", "random_state")


Figure = tuple[float, float | None, int]


@dataclass(frozen=True)
class Group:
    """Experiments that share a setting.

    `figures` are mean, deviation and count, or None; one alone deviates from nothing.
    """

    title: str
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
        members: dict[str, list[Experiment]] = {}
        for place, experiment in enumerate(self.comparison.experiments):
            members.setdefault(self._value(place), []).append(experiment)
        return [
            Group(title, tuple(found), tuple(self._figures(found)))
            for title, found in members.items()
        ]

    def _value(self, place: int) -> str:
        lines = self.comparison.settings
        if self.field == SEEDS:
            rest = [
                x for x in self.comparison.differences if x.title not in SEED_SETTINGS
            ]
            told = (
                f"{spoken(x.label or x.title)} {setting(x.values[place])}" for x in rest
            )
            return ", ".join(told) or word("the same but for seeds")
        line = next(line for line in lines if line.title == self.field)
        return setting(line.values[place])

    def _figures(self, found: list[Experiment]) -> list[Figure | None]:
        results = [self.comparison.results.get(e.pk) for e in found]
        headlines = [headline_of(r.metrics) for r in results if r]
        return [
            _figure([head[name] for head in headlines if name in head])
            for name in self.metrics
        ]

    def table(self) -> list[list[Any]]:
        """Return the groups as rows of cells, as the page shows them."""
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
                    group.title,
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
