from __future__ import annotations

import json

import pytest
import vl_convert

from datasets.charts.drawing import PALETTE
from experiments.results.charts import CHARTS, charts_of
from experiments.results.charts.dependence import dependence_marks, scale_of
from experiments.results.charts.drawing import room_of
from experiments.training import train
from tests.experiments.tables import (
    iris_columns,
    iris_plan,
    make_table,
    mixed_columns,
    mixed_plan,
)

#: Pixels that a chart has on a phone, and what a legend's line and gap take.
PHONE, SYMBOL = 330, 26
CURVES = ("roc", "pr", "calibration")


@pytest.fixture(scope="module")
def classified():
    return train(iris_plan(), make_table(**iris_columns())).to_json()


@pytest.fixture(scope="module")
def regressed():
    plan = mixed_plan("linear_regression")
    return train(plan, make_table(**mixed_columns())).to_json()


def check_document(document: dict) -> None:
    assert document["description"].endswith(".")
    assert document["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    vl_convert.vegalite_to_vega(document)


@pytest.mark.parametrize("name", CURVES)
def test_chart_of_a_classification_is_complete(classified, name):
    check_document(CHARTS[name].spec(classified))


def test_residuals_of_a_regression_are_drawn(regressed):
    document = CHARTS["residuals"].spec(regressed)

    check_document(document)
    assert len(document["data"]["values"]) == len(regressed["residuals"]["residual"])


def test_sentences_tell_large_figures_in_full():
    residuals = {"predicted": [1.0, 2.0], "residual": [-195_312.4, 0.5]}

    said = CHARTS["residuals"].words({"residuals": residuals})

    assert "off by -195,312 to 0.5;" in said


@pytest.mark.parametrize("name", ["predicted", "dependence_1", "dependence_3"])
def test_charts_of_numbers_and_categories_are_complete(regressed, name):
    check_document(CHARTS[name].spec(regressed))


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([1, 2, 3], {"zero": False}),
        ([-900, 2, 900], {"zero": False}),
        ([0, 0, 900], {"zero": False}),
        ([1, 2, 900], {"type": "log"}),
        ([0, 0.5, 2, 3, 900], {"type": "symlog", "constant": 0.5}),
    ],
)
def test_values_far_apart_are_not_crowded_at_one_end(values, scale):
    assert scale_of(values) == scale


def test_prediction_that_never_changes_lies_on_an_axis_around_it():
    row = {"class": "yes", "feature": "kind", "mean": 0.5}
    marks = [
        dependence_marks([row | {"value": "a"}, row | {"value": "b", "mean": mean}])
        for mean in (0.5, 0.6)
    ]

    scales = [mark["encoding"]["y"]["scale"] for mark in marks]
    assert scales == [{"domain": [0.45, 0.55]}, {"zero": False}]


def test_legends_leave_no_long_name_out():
    short, long = (
        room_of(names) for names in (["a", "b"], ["a", "beater/complex peak"])
    )

    assert (short, long["columns"]) == ({"columns": 4}, 3)
    assert long["columns"] * (long["labelLimit"] + SYMBOL) <= PHONE


def test_epochs_are_drawn_where_a_network_told_of_them():
    history = [
        {"epoch": 1, "train_loss": 0.9, "seconds": 1.0},
        {"epoch": 2, "train_loss": 0.5, "seconds": 1.0},
    ]

    document = CHARTS["epochs"].spec({"history": history})

    check_document(document)
    assert document["layer"][0]["encoding"]["x"]["axis"] == {"tickMinStep": 1}
    assert [row["loss"] for row in document["data"]["values"]] == [0.9, 0.5]
    assert "training loss 0.5" in document["description"]


@pytest.mark.parametrize(("valid", "is_by_heart"), [(0.85, False), (0.75, True)])
def test_accuracies_by_epoch_tell_what_was_learned_by_heart(valid, is_by_heart):
    history = [
        {"epoch": 1, "train_accuracy": 0.5, "valid_accuracy": 0.5},
        {"epoch": 2, "train_accuracy": 0.9, "valid_accuracy": valid},
    ]

    document = CHARTS["accuracies"].spec({"history": history})

    check_document(document)
    shown = [(row["class"], row["accuracy"]) for row in document["data"]["values"]]
    assert shown[1] == ("training accuracy", 0.9)
    assert shown[3] == ("validation accuracy", valid)
    assert ("it learns by heart" in document["description"]) == is_by_heart


def test_heads_of_longer_horizons_come_later():
    epoch = {f"valid_head_volatility_{days}": 0.5 for days in (30, 1, 7)}

    rows = CHARTS["heads"].rows({"history": [{"epoch": 1.0, **epoch}]})

    assert [row["class"] for row in rows] == [
        f"volatility_{days}, validation" for days in (1, 7, 30)
    ]


def test_results_offer_the_charts_of_their_task(classified, regressed):
    names = [[chart.name for chart in charts_of(r)] for r in (classified, regressed)]

    shapes = [f"dependence_{place}" for place in (1, 2, 3, 4)]
    assert names == [
        [*CURVES, *shapes],
        ["residuals", "predicted", "dependence_1", "dependence_2", "dependence_3"],
    ]


def test_result_without_figures_has_no_chart():
    assert charts_of({}) == []


def test_class_has_the_same_colour_on_every_chart(classified):
    scales = set()
    for name in CURVES:
        colour = CHARTS[name].spec(classified)["layer"][-1]["encoding"]["color"]
        scales.add(json.dumps(colour["scale"], sort_keys=True))

    assert scales == {
        json.dumps(
            {"domain": ["setosa", "versicolor", "virginica"], "range": PALETTE[:3]},
            sort_keys=True,
        )
    }
