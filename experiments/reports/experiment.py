"""The report of an experiment: from the question to how to get the same again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from datamine.speech import spoken
from datamine.templatetags.display import number
from datasets.steps_form import describe_steps
from datasets.words import word
from experiments.reports.documents import Document, figure
from experiments.results.labels import settings_of
from experiments.results.search_charts import NO_VALUE
from experiments.results.searches import FoundSearch
from experiments.results.summaries import Summary
from experiments.results.tables import IMPORTANCES, folds_table

if TYPE_CHECKING:
    from experiments.models import Experiment, Result

#: All figures of a metric in one line: three parts, folds, two baselines.
METRIC_COLUMNS = 7


def experiment_report(result: Result) -> Document:
    """Return what is told of a result, in the order a reader asks."""
    session = result.session
    experiment = session.experiment
    summary = Summary(result, experiment)
    document = Document(
        experiment.name,
        spoken(
            f"{experiment.project.name} · experiment {experiment.pk}, session "
            f"{session.number} · completed {result.created_at:%Y-%m-%d %H:%M} UTC"
        ),
    )
    _question(document, experiment)
    _data(document, result)
    _setup(document, result)
    _results(document, summary)
    _rivals(document, summary)
    _classes(document, summary)
    _features(document, summary)
    document.charts(
        (
            chart.heading(summary.details),
            chart.words(summary.details),
            chart.paper(summary.details),
        )
        for chart in summary.charts
        if chart.is_printed
    )
    _again(document, result)
    return document


def _question(document: Document, experiment: Experiment) -> None:
    document.heading("Question")
    document.text(
        f"Predict “{experiment.target_column}” ({experiment.task}) from "
        f"{len(experiment.feature_columns)} columns: "
        f"{', '.join(experiment.feature_columns)}."
    )
    if experiment.description:
        document.text(experiment.description)


def _data(document: Document, result: Result) -> None:
    session = result.session
    base, version = session.base_version, session.experiment.version
    document.heading("Data")
    document.facts(
        [
            ("Dataset", session.experiment.dataset.name),
            (
                "Version",
                spoken(f"{version.number}; rows were split at version {base.number}"),
            ),
            ("Rows", number(base.rows_count)),
            ("SHA-256 of the rows", base.sha256),
        ]
    )
    steps = session.plan.get("steps") or []
    lines = [
        [spoken(told["title"]), ", ".join(step["columns"]), told["parameters"]]
        for step, told in zip(steps, describe_steps(steps), strict=True)
    ]
    document.text(
        "Steps fitted on the training rows of each fold:"
        if lines
        else "No step is fitted inside the folds."
    )
    document.table(["Step", "Columns", "Parameters"], lines)


def _setup(document: Document, result: Result) -> None:
    experiment = result.session.experiment
    rows = result.details.get("rows") or {}
    search = result.details.get("search")
    found = FoundSearch(search).chosen if search else None
    document.heading("Algorithm and split")
    document.facts(
        [
            ("Algorithm", spoken(experiment.algorithm_title)),
            *(
                (line.label, spoken(NO_VALUE) if line.value is None else line.said)
                for line in settings_of(experiment, found)
            ),
            ("Preprocessing", spoken(experiment.get_preprocessing_display())),
            *((f"Rows to {part}", count) for part, count in rows.items() if count),
            ("Digest of the split", result.split_digest),
        ]
    )


def _results(document: Document, summary: Summary) -> None:
    document.heading("Results")
    for remark in summary.remarks:
        document.note(remark)
    document.text(
        f"On the {summary.evaluated_on}; 95 % intervals by drawing these rows again. "
        f"Baseline: predicting {summary.baseline_name}."
    )
    document.table(
        ["", "Value", "From", "To", "Gain over the baseline"],
        [
            [
                spoken(tile.title),
                *map(figure, (tile.value, tile.low, tile.high, tile.gain)),
            ]
            for tile in summary.tiles
        ],
    )
    titles = [part["title"] for part in summary.part_titles]
    folds = [word("Folds, mean"), word("± folds")] if summary.has_folds else []
    document.table(
        ["Metric", *titles, *folds, "Baseline", "One question"],
        [_metric_line(row, has_folds=summary.has_folds) for row in summary.metric_rows],
        columns=METRIC_COLUMNS,
    )
    if table := folds_table(summary.result):
        names = [0, *(table[0].index(name) for name in summary.fold_metrics)]
        document.table(
            ["Fold", *summary.fold_titles],
            [
                [line[names[0]], *(figure(line[n]) for n in names[1:])]
                for line in table[1:]
            ],
        )


def _metric_line(row: dict[str, Any], *, has_folds: bool) -> list[str]:
    folds = [row["mean"], row["std"]] if has_folds else []
    figures = [*row["parts"], *folds, row["baseline"], row["question"]]
    return [spoken(row["title"]), *map(figure, figures)]


def _rivals(document: Document, summary: Summary) -> None:
    document.table(
        ["Against plain models", *summary.rival_titles, "This model is"],
        [
            [spoken(rival["title"]), *map(figure, rival["figures"]), verdict(rival)]
            for rival in summary.rivals
        ],
    )


def verdict(rival: dict[str, Any]) -> str:
    """Return whether the model beats a plain one, and by what that was decided."""
    if "name" not in rival:
        return ""
    found = gettext("better") if rival["is_beaten"] else gettext("not better")
    metric = gettext("by %(metric)s") % {"metric": spoken(rival["metric"])}
    return f"{found} {metric}"


def _classes(document: Document, summary: Summary) -> None:
    if not summary.report:
        return
    document.heading("Classes")
    names = ("precision", "recall", "f1")
    document.table(
        ["Class", "Precision", "Recall", "F1", "Rows"],
        [
            [line["label"], *(figure(line[n]) for n in names), line["support"]]
            for line in summary.report["classes"]
        ],
    )
    if summary.confusion:
        document.text("Confusion: true class in rows, predicted in columns.")
        document.table(
            ["", *summary.labels],
            [
                [row["label"], *(c["count"] for c in row["cells"])]
                for row in summary.confusion
            ],
        )


def _features(document: Document, summary: Summary) -> None:
    found = summary.details.get("feature_importance") or []
    if not found:
        return
    document.heading("Features")
    document.table(
        ["Feature", "Shuffled, the score drops by", "±", "Own weight"],
        [
            [item[IMPORTANCES[0]], *(figure(item[n]) for n in IMPORTANCES[1:])]
            for item in found
        ],
    )


def _again(document: Document, result: Result) -> None:
    document.heading("To get the same again")
    document.text(
        "The plan below, on rows of the digest above, gives the same split and the "
        f"same figures. The model's file has the SHA-256 {result.artifact_sha256}."
    )
    document.code(json.dumps(result.session.plan, indent=1, ensure_ascii=False))
