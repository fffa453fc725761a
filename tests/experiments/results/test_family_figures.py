"""Figures that only families have, in tables and downloads."""

from __future__ import annotations

from experiments.metrics import in_order
from experiments.models import Experiment, Result
from experiments.results.summaries import Summary
from experiments.results.tables import metrics_table
from registry.figures import metric_rows

TEST = {"zeal": 0.5, "qlike": 0.2, "r2": 0.1, "mae": 3.0}
RIVAL = {"name": "garch", "title": "GARCH", "metrics": {"qlike": 0.3}}


def result() -> Result:
    return Result(
        metrics={"test": TEST, "cross_validation": {}},
        baseline={"name": "mean", "metrics": {"r2": 0.0}},
        details={"rivals": [RIVAL]},
    )


def test_known_figures_come_first_and_none_is_lost():
    assert list(in_order(TEST)) == ["r2", "mae", "qlike", "zeal"]


def test_download_has_all_figures_and_those_of_the_rivals():
    rows = [row[:3] for row in metrics_table(result())]

    assert ["test", "qlike", 0.2] in rows
    assert ["test", "zeal", 0.5] in rows
    assert ["rival_garch", "qlike", 0.3] in rows


def test_pages_have_all_figures():
    asked = Experiment(task="regression", algorithm="volatility")

    shown = [row["title"] for row in Summary(result(), asked).metric_rows]

    assert shown[-2:] == ["QLIKE", "zeal"]
    assert [title for title, _ in metric_rows({"test": TEST})][-2:] == ["QLIKE", "zeal"]
