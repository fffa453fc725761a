"""Pipelines as ONNX: what answers the same is handed out, the rest says why not."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from experiments.learning import onnx_export
from experiments.learning.onnx_export import (
    NotExportableError,
    NotRunError,
    ask_onnx,
    to_onnx,
)
from experiments.training import train
from tests.experiments.families.patients import FEATURES, QUICK, patients
from tests.experiments.tables import make_plan, make_table, mixed_columns, quick, scaled

pytestmark = pytest.mark.integration


def trained(name: str, target: str = "label", **changes):
    plan = make_plan(name, target, ["size", "kind"], **changes)
    return train(plan, make_table(**mixed_columns(60)))


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("decision_tree", "label"),
        ("random_forest", "label"),
        ("logistic_regression", "label"),
        ("neural_network", "label"),
        ("ridge_regression", "amount"),
        ("support_vectors_regressor", "amount"),  # learned a scaled target
    ],
)
def test_graph_answers_rows_as_the_pipeline_does(name, target):
    outcome = trained(name, target, hyperparameters=quick(name))
    rows = [
        {"size": size, "kind": kind} for size in (-1, 2.5) for kind in ("red", "blue")
    ]

    content = to_onnx(outcome.pipeline, outcome.self_check["rows"])

    told = outcome.pipeline.predict(rows)
    expected = np.array(told.values if told.shares is None else told.shares)
    found = ask_onnx(content, rows, outcome.pipeline)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["decision_tree", "random_forest"])
def test_trees_that_learned_of_missing_values_say_so_at_once(name):
    columns = mixed_columns(60)
    columns["size"][1][::4] = [None] * 15
    plan = make_plan(name, "label", ["size", "kind"], hyperparameters=quick(name))
    outcome = train(plan, make_table(**columns))

    with pytest.raises(NotExportableError, match="learned where missing values go"):
        to_onnx(outcome.pipeline, outcome.self_check["rows"])


def test_boosted_trees_go_out_without_categories_only():
    said = {"hyperparameters": quick("gradient_boosting")}
    columns = mixed_columns(60)
    columns["size"][1][::4] = [None] * 15  # which the converter is told of
    table = make_table(**columns)
    numbers = train(make_plan("gradient_boosting", "label", ["size"], **said), table)
    plan = make_plan("gradient_boosting", "label", ["size", "kind"], **said)
    categories = train(plan, table)

    content = to_onnx(numbers.pipeline, numbers.self_check["rows"])

    assert onnx.load_from_string(content).graph.input[0].name == "size"
    with pytest.raises(NotExportableError, match="several categories at once"):
        to_onnx(categories.pipeline, categories.self_check["rows"])


def test_network_goes_out_with_its_scaler_and_cuts():
    plan = make_plan("diabetes", "CLASS", list(FEATURES), hyperparameters=QUICK)
    outcome = train(plan, make_table(**patients()))

    content = to_onnx(outcome.pipeline, outcome.self_check["rows"])

    graph = onnx.load_from_string(content)
    assert [node.name for node in graph.graph.input] == list(FEATURES)
    told = {entry.key: entry.value for entry in graph.metadata_props}
    assert told["labels"] == '["N", "P", "Y"]'
    assert "no medical device" in told["notice"]


def test_graph_that_answers_otherwise_is_found_out():
    outcome = trained("logistic_regression")
    rows = outcome.self_check["rows"]
    graph = onnx.load_from_string(to_onnx(outcome.pipeline, rows))
    shift = next(t for t in graph.graph.initializer if t.name.endswith("shift"))

    shift.CopyFrom(numpy_helper.from_array(np.array(0.001), shift.name))

    doubt = onnx_export._doubt(graph, outcome.pipeline, rows)
    assert (
        doubt == f"The graph answers otherwise: up to 0.001 apart on {len(rows)} rows."
    )


def test_graph_that_could_not_be_asked_is_no_refusal_for_good():
    outcome = trained("logistic_regression")
    rows = outcome.self_check["rows"]
    graph = onnx.load_from_string(to_onnx(outcome.pipeline, rows))
    graph.graph.node[0].op_type = "Unheard"

    with pytest.raises(NotRunError, match="runtime does not take the graph"):
        onnx_export._doubt(graph, outcome.pipeline, rows)


@pytest.mark.parametrize(
    ("name", "changes", "sentence"),
    [
        ("decision_tree_c45", {}, "no way to write a C45Classifier"),
        ("decision_tree", {"steps": scaled("minmax")}, "prepares its rows by steps"),
    ],
)
def test_what_has_no_counterpart_says_so(name, changes, sentence):
    outcome = trained(name, **changes)

    with pytest.raises(NotExportableError, match=sentence):
        to_onnx(outcome.pipeline, outcome.self_check["rows"])
