from __future__ import annotations

from typing import Any

import pytest

from datasets.declarations import ParameterError, plain
from experiments.algorithms.catalogue import algorithm, algorithms
from experiments.algorithms.parameters import Setting
from experiments.training import train
from tests.experiments.tables import (
    GENERAL,
    make_table,
    mixed_columns,
    mixed_plan,
    quick,
)

#: Their upper bounds only take long: building them is enough.
COUNTS = {"n_estimators", "max_iter"}


def bounded() -> list[tuple[str, str, dict[str, Any]]]:
    """List algorithm, parameter and schema of each parameter with bounds."""
    found = []
    for entry in algorithms():
        properties = entry.parameters_model().model_json_schema()["properties"]
        for parameter, schema in properties.items():
            for branch in schema.get("anyOf", [schema]):
                if "minimum" in branch:
                    found.append((entry.name, parameter, branch))
    return found


def chosen() -> list[tuple[str, str, list[str]]]:
    """List algorithm, parameter and choices of each parameter with choices."""
    return [
        (entry.name, parameter, schema["enum"])
        for entry in algorithms()
        for parameter, schema in entry.parameters_model()
        .model_json_schema()["properties"]
        .items()
        if "enum" in schema
    ]


@pytest.mark.parametrize(("name", "parameter", "schema"), bounded())
def test_each_bound_can_be_learned_with(name, parameter, schema):
    table = make_table(**mixed_columns(40))

    for bound in (schema["minimum"], schema["maximum"]):
        assert hasattr(algorithm(name).build({parameter: bound}, Setting()), "fit")
        if parameter not in COUNTS and name in GENERAL:
            values = {**quick(name), parameter: bound}
            train(mixed_plan(name, hyperparameters=values), table)


@pytest.mark.parametrize(("name", "parameter", "schema"), bounded())
def test_beyond_each_bound_is_refused_naming_it(name, parameter, schema):
    low, high = schema["minimum"], schema["maximum"]
    expected = f"{parameter} must be .*between {plain(low)} and {plain(high)}"

    for value in (low - 1, high + 1):
        with pytest.raises(ParameterError, match=expected.replace("+", r"\+")):
            algorithm(name).build({parameter: value}, Setting())


@pytest.mark.parametrize(("name", "parameter", "choices"), chosen())
def test_other_choices_are_refused_naming_those_there_are(name, parameter, choices):
    for choice in choices:
        assert hasattr(algorithm(name).build({parameter: choice}, Setting()), "fit")

    with pytest.raises(ParameterError, match=f"must be one of {', '.join(choices)}"):
        algorithm(name).build({parameter: "x"}, Setting())


def test_neighbours_have_the_bounds_of_the_document():
    properties = algorithm("knn").parameters_model().model_json_schema()["properties"]

    neighbours = properties["n_neighbors"]
    assert (neighbours["minimum"], neighbours["maximum"]) == (1, 20)
    assert (neighbours["unit"], neighbours["recommended"]) == ("rows", [1, 3, 5, 7, 11])
    assert properties["weights"]["enum"] == ["uniform", "distance"]
    assert properties["metric"]["enum"] == ["euclidean", "manhattan"]


def test_every_wrong_parameter_is_told_once():
    with pytest.raises(ParameterError, match="k is not a parameter here") as refusal:
        algorithm("knn").build({"k": 3, "n_neighbors": "many"}, Setting())

    assert [problem["attr"] for problem in refusal.value.problems] == [
        "n_neighbors",
        "k",
    ]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None, "x", [1]])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ParameterError, match=r"must be a number between 0\.001 and 1"):
        algorithm("gradient_boosting").build({"learning_rate": value}, Setting())
