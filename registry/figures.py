"""Figures of versions beside each other: a table, a chart over time, a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from datamine.speech import spoken
from datamine.templatetags.display import fixed
from datasets.charts.drawing import axis, class_colour, frame, tips
from experiments.comparison.side_by_side import Comparison, Line, metric_lines
from experiments.metrics import headline_of, in_order, title_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasets.charts.drawing import Row, Spec
    from experiments.comparison.side_by_side import MetricLine
    from registry.models import ModelVersion, RegisteredModel

#: Columns of a table of versions, where one of them has such a figure.
SHOWN = (
    "accuracy", "f1_macro", "precision_macro", "recall_macro", "log_loss",
    "r2", "rmse", "mae",
)  # fmt: skip
#: Lines of the chart: all are best at 1, so that they share an axis.
DRAWN = ("accuracy", "f1_macro", "precision_macro", "recall_macro", "r2")
#: How the line of each is broken: one that lies upon another leaves it to be seen.
DASHES = ([1, 0], [7, 5], [2, 4], [12, 6], [7, 3, 2, 3])
#: Older versions than these are not drawn.
MOST_DRAWN = 100


@dataclass(frozen=True)
class VersionTable:
    """Some versions with their test metrics, a column each."""

    versions: Sequence[ModelVersion]

    @cached_property
    def metrics(self) -> list[dict[str, float]]:
        return [headline_of(v.session.result.metrics) for v in self.versions]

    @cached_property
    def names(self) -> list[str]:
        """The metrics that any of the versions has; those of classes if none has."""
        known = {name for metrics in self.metrics for name in metrics}
        return [name for name in SHOWN if name in known] or list(SHOWN[:5])

    @property
    def titles(self) -> list[str]:
        return [title_of(name) for name in self.names]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {"version": version, "figures": [metrics.get(n) for n in self.names]}
            for version, metrics in zip(self.versions, self.metrics, strict=True)
        ]


@dataclass(frozen=True)
class VersionChart:
    """The test metrics of a model's versions in the order they were registered."""

    active: str
    rows: list[Row]

    @classmethod
    def of(cls, model: RegisteredModel) -> VersionChart:
        newest = model.versions.values_list("version", "session__result__metrics")
        versions = [(name, headline_of(m)) for name, m in newest[:MOST_DRAWN]]
        titles = {metric: spoken(title_of(metric)) for metric in DRAWN}
        rows = [
            {"version": name, "class": titles[metric], "value": metrics[metric]}
            for name, metrics in reversed(versions)
            for metric in DRAWN
            if metric in metrics
        ]
        return cls(model.active_version.version if model.active_version else "", rows)

    @cached_property
    def is_worth_drawing(self) -> bool:
        """Whether there are two versions at least."""
        return len({row["version"] for row in self.rows}) > 1

    @cached_property
    def titles(self) -> list[str]:
        return list(dict.fromkeys(row["class"] for row in self.rows))

    @cached_property
    def words(self) -> str:
        """The chart in sentences, for those who do not see it."""
        return " ".join([*map(self._said, self.titles), *self._told_as_equal()])

    def _told_as_equal(self) -> list[str]:
        """Say which metrics are one line, having the same values in all versions."""
        alike: dict[tuple[tuple[str, float], ...], list[str]] = {}
        for title in self.titles:
            line = tuple((r["version"], r["value"]) for r in self._lines(title))
            alike.setdefault(line, []).append(title)
        return [
            _("These have the same values, and lie upon each other: %(metrics)s.")
            % {"metrics": "; ".join(titles)}
            for titles in alike.values()
            if len(titles) > 1 and self.is_worth_drawing
        ]

    def _lines(self, title: str) -> list[Row]:
        return [row for row in self.rows if row["class"] == title]

    def _said(self, title: str) -> str:
        lines = self._lines(title)
        best = max(lines, key=lambda row: row["value"])
        found = {
            "metric": title,
            "best": fixed(best["value"]),
            "version": best["version"],
        }
        now = [row["value"] for row in lines if row["version"] == self.active]
        if not now:
            return _("%(metric)s: at best %(best)s (%(version)s).") % found
        found["now"] = fixed(now[0])
        return (
            _("%(metric)s: at best %(best)s (%(version)s), in service %(now)s.") % found
        )

    def _by_version(self) -> list[Row]:
        """Return one row a version: a row for each metric were three times as long."""
        found: dict[str, Row] = {}
        for row in self.rows:
            own = found.setdefault(row["version"], {"version": row["version"]})
            own[row["class"]] = row["value"]
        return list(found.values())

    def spec(self) -> Spec:
        """Return the chart as Vega-Lite; a dashed line stands at what serves."""
        quiet = {"labels": False, "ticks": False}  # names are as wide as the chart
        x = axis(
            "version", _("Versions, oldest first"), "ordinal", sort=None, axis=quiet
        )
        layer = [self._drawn(x)]
        if any(row["version"] == self.active for row in self.rows):
            serving: Spec = {
                "data": {"values": [{"version": self.active}]},
                "mark": {"type": "rule", "strokeDash": [4, 4], "color": "#888888"},
                "encoding": {"x": x},
            }
            layer.append(serving)
        return frame(_("Metrics of the versions"), self.words, {"layer": layer})

    def _drawn(self, x: Spec) -> Spec:
        """Return lines and points of all metrics, none hidden by those upon it."""
        colour = class_colour(self.titles, _("Metric"))
        colour["legend"] |= {"columns": 2, "symbolType": "stroke", "symbolSize": 900}
        dash = {
            **colour,
            "scale": {"domain": self.titles, "range": list(DASHES[: len(self.titles)])},
        }
        # Points that lie upon each other are rings around one another.
        sizes = [90 - 18 * place for place in range(len(self.titles))]
        # No scale: it would have a legend, which Vega joins with that of the colours.
        size = {
            "condition": [
                {"test": {"field": "class", "equal": title}, "value": size}
                for title, size in zip(self.titles, sizes, strict=True)
            ],
            "value": sizes[0],
        }
        return {
            "data": {"values": self._by_version()},
            "transform": [
                {"fold": self.titles, "as": ["class", "value"]},
                {"filter": "isValid(datum.value)"},
            ],
            "encoding": {
                "x": x,
                "y": axis("value", _("Test metric"), scale={"zero": False}),
                "color": colour,
                "tooltip": tips(
                    version="nominal", value="quantitative", **{"class": "nominal"}
                ),
            },
            "layer": [
                {
                    "mark": {"type": "line", "strokeWidth": 2},
                    "encoding": {"strokeDash": dash},
                },
                {
                    "mark": {"type": "point", "filled": True, "opacity": 1},
                    "encoding": {"size": size},
                },
            ],
        }


@dataclass(frozen=True)
class VersionComparison:
    """Two or more versions: what they were made of, and what came out."""

    versions: Sequence[ModelVersion]

    @property
    def same_rows(self) -> bool:
        """Whether all were tested on the same rows, so that figures are comparable."""
        return len({v.session.result.split_digest for v in self.versions}) == 1

    @property
    def lines(self) -> list[Line]:
        """Data, parameters and what else the versions were made of."""
        sessions = [version.session for version in self.versions]
        settings = Comparison(
            [session.experiment for session in sessions],
            results=[session.result for session in sessions],
        ).settings
        return [
            *settings,
            self._line(_("Rows from"), lambda v: str(v.session.base_version)),
            self._line(
                _("Data, SHA-256"), lambda v: v.session.base_version.sha256[:12]
            ),
            self._line(_("Rows learned from"), lambda v: v.rows_learned),
            self._line(_("Tested rows"), lambda v: v.session.result.split_digest[:12]),
        ]

    @property
    def differences(self) -> list[Line]:
        return [line for line in self.lines if line.differs]

    @property
    def metrics(self) -> list[MetricLine]:
        return metric_lines([v.session.result.metrics for v in self.versions])

    @property
    def times(self) -> list[float | None]:
        return [version.session.training_time_seconds for version in self.versions]

    def to_json(self) -> dict[str, Any]:
        """Return the answer of the API."""
        return {
            "versions": [version.version for version in self.versions],
            "same_rows": self.same_rows,
            "differences": [
                {"setting": line.title, "values": list(line.values)}
                for line in self.differences
            ],
            "metrics": [
                {"metric": line.name, "values": list(line.values), "best": line.best}
                for line in self.metrics
            ],
            "training_time": self.times,
        }

    def _line(self, title: str, value: Callable[[ModelVersion], Any]) -> Line:
        return Line(title, tuple(map(value, self.versions)))


def said_beside(version: ModelVersion, active: ModelVersion | None) -> str:
    """Say how a version that was trained did, and how the one in service did."""
    versions = [version, active] if active else [version]
    lines = metric_lines([one.session.result.metrics for one in versions])
    known = {line.name: line for line in lines if None not in line.values}
    line = next((known[name] for name in SHOWN if name in known), None)
    if line is None:
        return _("%(version)s is trained.") % {"version": version.version}
    values = [fixed(value) for value in line.values]
    found = {"version": version.version, "metric": line.title, "value": values[0]}
    if active is None:
        return _("%(version)s is trained: %(metric)s %(value)s.") % found
    found |= {"other": values[1], "active": active.version}
    if not VersionComparison(versions).same_rows:
        return (
            _(
                "%(version)s is trained: %(metric)s %(value)s, and %(active)s in "
                "service has %(other)s, but on other test rows."
            )
            % found
        )
    return (
        _(
            "%(version)s is trained: %(metric)s %(value)s, against %(other)s of "
            "%(active)s in service."
        )
        % found
    )


def metric_rows(metrics: dict[str, Any]) -> list[tuple[str, float]]:
    """Return every test metric of a version under its title, in the usual order."""
    found = headline_of(metrics)
    return [(title_of(name), value) for name, value in in_order(found).items()]
