from __future__ import annotations

from math import inf
from typing import Any

import pytest

from datasets.trials import BARS, Shape, shape_of


def shape(values: list[Any], *, is_numeric: bool) -> Shape:
    return shape_of([(row, [value]) for row, value in enumerate(values)], 0, is_numeric)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 10.0, None], Shape([1] + [0] * 18 + [1], ["0", "10"], 1)),
        ([5, 5], Shape([2] + [0] * 19, ["5", "5"], 0)),
        ([inf, None], Shape([], [], 1)),
        ([], Shape([], [], 0)),
    ],
)
def test_numbers_lie_in_bars(values: list[Any], expected: Shape) -> None:
    assert shape(values, is_numeric=True) == expected


def test_numbers_as_far_apart_as_can_be_lie_in_bars() -> None:
    counts = shape([-1.7e308, 1.7e308], is_numeric=True).counts

    assert (len(counts), counts[0], counts[-1]) == (BARS, 1, 1)


def test_words_lie_by_frequency() -> None:
    found = shape(["b", "a", "b", None, True], is_numeric=False)

    assert found == Shape([2, 1, 1], ["b", "a", "True"], 1)
