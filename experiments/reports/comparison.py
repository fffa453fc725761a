"""The report of a comparison: all that the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from datamine.speech import spoken
from datamine.templatetags.display import NOTHING
from datasets.words import word
from experiments.metrics import title_of
from experiments.reports.documents import Document, figure

if TYPE_CHECKING:
    from experiments.comparison.contests import Contest, Duel
    from experiments.comparison.groups import Figure, Grouping
    from experiments.comparison.overlay import Overlay
    from experiments.comparison.side_by_side import Comparison, Line
    from experiments.evaluation.paired import FoldTest


def comparison_report(
    comparison: Comparison,
    lines: list[Line],
    contest: Contest,
    grouping: Grouping,
    overlay: Overlay,
) -> Document:
    """Return what is told of experiments side by side."""
    names = [experiment.name for experiment in comparison.experiments]
    project = comparison.experiments[0].project.name
    document = Document(
        spoken("Comparison of experiments"), f"{project} · {', '.join(names)}"
    )
    if not comparison.same_split:
        document.note(
            "Not all of these were tested on the same rows: differences between "
            "figures are partly differences between rows."
        )
    alone = all(line.differs for line in lines)
    document.heading("Setup that differs" if alone else "Setup")
    document.table(
        ["", *names],
        [[spoken(line.label or line.title), *line.told] for line in lines],
    )
    document.heading("Test metrics")
    document.table(
        ["", *names],
        [
            [spoken(line.title), *map(figure, line.values)]
            for line in comparison.metrics
        ],
    )
    if comparison.folds:
        document.heading("Over folds, mean ± deviation")
        document.table(
            ["", *names],
            [
                [spoken(line.title), *map(_spread, line.values)]
                for line in comparison.folds
            ],
        )
    _tests(document, contest)
    _groups(document, grouping)
    if overlay.rows:
        title = word(f"ROC of class {overlay.label}")
        document.charts([(title, overlay.words, overlay.spec())])
    document.heading("Splits")
    digests = [digest or spoken("not trained") for digest in comparison.digests]
    document.facts(zip(names, digests, strict=True))
    return document


def _spread(value: dict[str, Any] | None) -> str:
    return f"{figure(value['mean'])} ± {figure(value['std'])}" if value else NOTHING


def _tests(document: Document, contest: Contest) -> None:
    if contest.reference is None or not contest.duels:
        return
    document.heading(f"Against {contest.reference.name}: more than luck?")
    document.table(
        ["", f"{contest.metric_title or 'Difference'} over folds", "p, t-test",
         "Right alone", "p, McNemar"],
        [_duel(duel) for duel in contest.duels],
    )  # fmt: skip
    document.text(
        "Paired t-test over the same folds, its variance corrected (Nadeau and "
        "Bengio); McNemar's test on the same rows; p-values adjusted (Holm)."
    )


def _interval(folds: FoldTest) -> str:
    between = {"low": figure(folds.low), "high": figure(folds.high)}
    return f"{figure(folds.difference)} ({gettext('%(low)s to %(high)s') % between})"


def _duel(duel: Duel) -> list[str]:
    folds, rows = duel.folds, duel.rows
    return [
        duel.experiment.name,
        _interval(folds) if folds else spoken(duel.folds_refused),
        figure(duel.folds_adjusted),
        f"{rows.only_first} : {rows.only_second}"
        if rows
        else spoken(duel.rows_refused),
        figure(duel.rows_adjusted),
    ]


def _groups(document: Document, grouping: Grouping) -> None:
    if not grouping.groups:
        return
    field = spoken(grouping.label)
    document.heading(f"Grouped by {field}: mean ± deviation")
    document.table(
        ["", "Experiments", *(title_of(name) for name in grouping.metrics)],
        [
            [
                group.title,
                len(group.experiments),
                *map(_deviation, group.figures),
            ]
            for group in grouping.groups
        ],
    )


def _deviation(found: Figure | None) -> str:
    if found is None:
        return NOTHING
    mean, deviation, _ = found
    return (
        figure(mean) if deviation is None else f"{figure(mean)} ± {figure(deviation)}"
    )
