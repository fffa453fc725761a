from __future__ import annotations

import json

import pytest
import vl_convert

from experiments.evaluation import charts
from experiments.training import train
from tests.experiments.tables import (
    iris_columns,
    iris_plan,
    make_table,
    mixed_columns,
    mixed_plan,
)

CLASSIFIED = (
    charts.roc_chart,
    charts.precision_recall_chart,
    charts.calibration_chart,
    charts.importance_chart,
)


@pytest.fixture(scope="module")
def classified():
    return train(iris_plan(), make_table(**iris_columns())).to_json()


@pytest.fixture(scope="module")
def regressed():
    plan = mixed_plan("linear_regression")
    return train(plan, make_table(**mixed_columns())).to_json()


def check_document(document: dict) -> None:
    assert document["title"]
    assert document["description"].endswith(".")
    assert document["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    vl_convert.vegalite_to_vega(document)


def marks(document: dict) -> int:
    return sum(len(rows) for rows in document["datasets"].values())


@pytest.mark.parametrize("chart", CLASSIFIED)
def test_chart_of_a_classification_is_complete(classified, chart):
    check_document(chart(classified))


def test_residuals_of_a_regression_are_drawn(regressed):
    check_document(charts.residual_chart(regressed))


def test_learning_curve_is_drawn():
    history = [{"epoch": n, "loss": 1 / n, "accuracy": None} for n in range(1, 20_000)]

    document = charts.history_chart(history)

    check_document(document)
    assert marks(document) <= charts.MARKS


@pytest.mark.parametrize("chart", [*CLASSIFIED, charts.residual_chart])
def test_result_without_figures_has_no_chart(chart):
    assert chart({}) is None


def test_history_without_epochs_has_no_chart():
    assert charts.history_chart([]) is None


def test_regression_has_no_curves(regressed):
    assert charts.roc_chart(regressed) is None


def test_class_has_the_same_colour_on_every_chart(classified):
    colours = set()
    for chart in CLASSIFIED[:3]:
        layers = chart(classified).get("layer") or [chart(classified)]
        scale = layers[-1]["encoding"]["color"]["scale"]
        colours.add(json.dumps(scale, sort_keys=True))

    assert len(colours) == 1


def test_many_large_curves_stay_within_the_marks():
    points = [n / 4000 for n in range(4000)]
    curves = [
        {"label": str(k), "fpr": points, "tpr": points, "auc": 0.5} for k in range(12)
    ]

    document = charts.roc_chart({"curves": {"roc": curves}})

    assert 4_000 < marks(document) <= charts.MARKS
