"""Answers written as columns are, byte for byte, the answers written one by one."""

from __future__ import annotations

import numpy as np
import orjson
import pytest

from experiments.learning.predictions import Predictions
from experiments.learning.signature import Reason

pytestmark = pytest.mark.unit

ODD = Reason("size", "out_of_range", "“size” is 9, “quoted, and so on”.")
SHARES = np.array([[0.25, 0.75], [1.0, 0.0], [1 / 3, 2 / 3]])
CASES = {
    "none": Predictions(),
    "classes": Predictions([0, 2, 3], ["b", "a", "b"], SHARES, ("a", 'b",')),
    "equal shares": Predictions(
        range(4), ["a", "5%", "a", "a"], SHARES[[1, 0, 1, 1]], ("a", "5%")
    ),
    "whole numbers as classes": Predictions([0], [7], SHARES[:1], ("3", "7")),
    "single precision": Predictions([0], ["a"], SHARES[2:].astype("f4"), ("a", "b")),
    "numbers": Predictions(range(3), [1.5, -2e300, 0.1]),
    "a number that is none": Predictions(range(2), [None, 2.5]),
    "warnings": Predictions([1, 4], ["a", "a"], SHARES[:2], ("a", "b"), {4: [ODD]}),
    "a warning of a row without answer": Predictions(
        [0, 2], ["a", "a"], SHARES[:2], ("a", "b"), {1: [ODD], 2: [ODD]}
    ),
    "outputs": Predictions(
        [0, 1], [1.0, 2.0], warnings={0: [ODD, ODD]}, outputs={"low": [0.5, None]}
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_written_answers_are_those_written_one_by_one(name):
    found = CASES[name]

    assert found.written_answers() == orjson.dumps(found.answers())
