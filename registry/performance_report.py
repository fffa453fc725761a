"""A performance report as people read it: on its page, as text, as PDF."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datamine.templatetags.display import exact, fixed, number, size
from experiments.reports.documents import Document, figure
from registry.exceptions import NotMeasuredError
from registry.figures import metric_rows
from registry.models import PerformanceReport

if TYPE_CHECKING:
    from registry.models import ModelVersion

#: What came of an extreme input, in words.
OUTCOMES = {
    "finite": gettext_lazy("finite"),
    "refused": gettext_lazy("refused"),
    "not finite": gettext_lazy("NOT FINITE"),
    "error": gettext_lazy("NO ANSWER"),
}
HEAD = (
    gettext_lazy("At a time"),
    gettext_lazy("Median"),
    "95 %",
    gettext_lazy("Of it the model"),
    gettext_lazy("Each"),
    gettext_lazy("A second"),
    gettext_lazy("Memory"),
)
#: Times below so many milliseconds have so many decimals.
DIGITS = ((0.1, 3), (10, 2), (100, 1))
SAMPLES = gettext_lazy(
    "Times are of the model alone: a sample is made of several rows, which takes the "
    "time said above."
)
ROWS = gettext_lazy("Times are of the whole answer: contract, steps and model.")


@dataclass(frozen=True)
class PerformanceView:
    """The parts of a report, every figure with its unit.

    Parameters
    ----------
    title, subtitle : str
    figures : dict
    suggestions : list of str
        As `registry.measuring.Measured` has them.
    metrics : dict
        Of the result, for its figures on tested rows.
    """

    title: str
    subtitle: str
    figures: dict[str, Any]
    suggestions: list[str]
    metrics: dict[str, Any]

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """What is known of the model as a whole."""
        found = self.figures
        single, best = self.batches[0], max(self.batches, key=lambda b: b["per_second"])
        lines = [
            (_("One answer, median"), milliseconds(single["p50_seconds"])),
            (_("One answer, 95 % within"), milliseconds(single["p95_seconds"])),
            (
                _("At most"),
                _("%(count)s a second, %(size)s at a time")
                % {"count": whole(best["per_second"]), "size": number(best["size"])},
            ),
            (_("Artefact"), size(found["size_bytes"])),
            (_("Memory of the model"), megabytes(found["memory_bytes"])),
            (_("Opening it"), milliseconds(found["opening_seconds"])),
        ]
        if found["learned"] is not None:
            lines.append((found["learned_kind"].capitalize(), number(found["learned"])))
        if found["preparing_seconds"] is not None:
            made = milliseconds(found["preparing_seconds"])
            lines.insert(2, (_("Making a sample of its rows"), made))
        return lines

    @property
    def batches(self) -> list[dict[str, Any]]:
        batches: list[dict[str, Any]] = self.figures["batches"]
        return batches

    @property
    def head(self) -> list[str]:
        return [str(title) for title in HEAD]

    @property
    def lines(self) -> list[list[str]]:
        """What answers take, a line for each size of batch."""
        return [
            [
                str(batch["size"]),
                milliseconds(batch["p50_seconds"]),
                milliseconds(batch["p95_seconds"]),
                milliseconds(batch["model_seconds"]),
                milliseconds(1 / batch["per_second"]),
                whole(batch["per_second"]),
                megabytes(batch["memory_bytes"]),
            ]
            for batch in self.batches
        ]

    @property
    def about_times(self) -> str:
        return str(ROWS if self.figures["preparing_seconds"] is None else SAMPLES)

    @property
    def extremes(self) -> list[tuple[str, str, bool]]:
        """What was put in, what came of it, and whether that is as it should be."""
        return [
            (
                extreme["given"],
                str(OUTCOMES[extreme["outcome"]]),
                extreme["outcome"] in {"finite", "refused"},
            )
            for extreme in self.figures["extremes"]
        ]

    @property
    def quality(self) -> list[tuple[str, float]]:
        return metric_rows(self.metrics)

    @property
    def machine(self) -> list[tuple[str, str]]:
        """What was measured on."""
        found = self.figures["machine"]
        libraries = (
            f"{name} {version}" for name, version in found["libraries"].items()
        )
        return [
            (_("Processor"), _("%(processor)s, %(cores)s cores") % found),
            (_("Threads used"), str(found["threads"])),
            (_("System"), found["system"]),
            (_("Libraries"), ", ".join(sorted(libraries))),
        ]

    def document(self) -> Document:
        """Return the report for the typesetter, or to be written as text."""
        document = Document(self.title, self.subtitle)
        document.heading(_("What to do"))
        for suggestion in self.suggestions:
            document.note(suggestion)
        document.heading(_("At a glance"))
        document.facts(self.facts)
        document.heading(_("By batch size"))
        document.text(self.about_times)
        document.table(self.head, self.lines)
        document.heading(_("Extreme inputs"))
        document.table(
            [_("Given"), _("Answer")],
            [[given, said] for given, said, _is_good in self.extremes],
        )
        if self.quality:
            document.heading(_("Quality on tested rows"))
            document.facts((title, figure(value)) for title, value in self.quality)
        document.heading(_("Measured on"))
        document.facts(self.machine)
        return document


def view_of(report: PerformanceReport, version: ModelVersion) -> PerformanceView:
    """Return a report that is completed, to be shown; `version` is the one it is of."""
    experiment = version.session.experiment
    measured = _("measured %(when)s") % {"when": exact(report.completed_at)}
    return PerformanceView(
        title=_("Performance of %(version)s") % {"version": version},
        subtitle=f"{version.project.name} · {experiment.algorithm_title} · {measured}",
        figures=report.figures,
        suggestions=report.suggestions,
        metrics=version.session.result.metrics,
    )


def latest_view(version: ModelVersion) -> PerformanceView:
    """Return the newest report of a version. Raises `NotMeasuredError`."""
    done = PerformanceReport.objects.completed().filter(version=version).first()
    if done is None:
        raise NotMeasuredError(
            _(
                "%(version)s was not measured yet. Measure it on its performance page, "
                "or by a POST to the address of this report."
            )
            % {"version": version.version}
        )
    return view_of(done, version)


def file_name(version: ModelVersion, ending: str) -> str:
    """Return what a report is called when somebody takes it along."""
    return f"{version.version}_performance_report.{ending}"


def milliseconds(seconds: float) -> str:
    """Write a time that is short: 0.42 ms, 17 ms, 1,240 ms."""
    value = seconds * 1000
    digits = next((d for most, d in DIGITS if value < most), 0)
    return f"{fixed(value, digits)} ms"


def whole(value: float) -> str:
    return fixed(value, 0)


def megabytes(count: float | None) -> str:
    """Write bytes in megabytes, or that nobody knows."""
    return "–" if count is None else f"{fixed(count / 1e6, 1)} MB"
