"""Declarations with other defaults and narrower bounds."""

from __future__ import annotations

import pytest

from datasets.declarations import ParameterError
from experiments.algorithms.catalogue import algorithm
from experiments.algorithms.narrowing import limit_problems, narrowed

DECLARED = algorithm("regime").parameters_model()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"epochs": 101}, "epochs must be between 10 and 100."),
        ({"days": 364}, "days must be between 365 and 1825."),
        ({"hidden_size": 128}, "hidden_size must be between 32 and 64."),
    ],
)
def test_bounds_are_narrower(values, sentence):
    limits = {"epochs": {"max": 100}, "days": {"min": 365}, "hidden_size": {"max": 64}}

    with pytest.raises(ParameterError) as caught:
        narrowed(DECLARED, {}, limits).parse(values)

    assert str(caught.value) == sentence
    assert DECLARED.parse(values)


def test_defaults_are_other_and_the_rest_stays():
    model = narrowed(DECLARED, {"epochs": 50, "gone": 1}, {"batch_size": {"max": 64}})

    schema = model.model_json_schema()["properties"]
    assert (model().epochs, model().days) == (50, DECLARED().days)
    assert schema["batch_size"]["recommended"] == [8, 16, 32, 64]
    assert schema["epochs"]["title"] == "Epochs"


def test_bounds_are_never_widened():
    model = narrowed(DECLARED, {}, {"epochs": {"min": 1, "max": 9000}})

    with pytest.raises(ParameterError, match="between 10 and 500"):
        model.parse({"epochs": 5})


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ([], "Name limits"),
        ({"speed": {"max": 1}}, "speed is not a parameter here."),
        ({"epochs": 3}, "epochs takes “min” and “max”."),
        ({"epochs": {"max": "9"}}, "epochs takes numbers"),
        ({"epochs": {"max": True}}, "epochs takes numbers"),
        ({"epochs": {"max": 501}}, "it is 10 to 500."),
        ({"epochs": {"min": 90, "max": 80}}, "it is 10 to 500."),
        ({"symbols": {"max": 3}}, "symbols can only be narrowed"),
    ],
)
def test_limits_that_cannot_be_are_told(limits, sentence):
    assert sentence in limit_problems(DECLARED, limits)[0]
