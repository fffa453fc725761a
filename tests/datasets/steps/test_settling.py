"""What a step learns from many rows does not depend on how they were added up."""

from __future__ import annotations

import random
from math import inf

import pytest

from datasets.engines import engine
from datasets.recipes import StepSpec, fit_recipe
from datasets.steps.settling import settled
from datasets.tables import ColumnType
from tests.datasets.comparison import schema_of

ROWS = 200_000
STEPS = [
    ("scale", {"method": "zscore"}),
    ("fill_missing", {"strategy": "mean"}),
    ("outliers", {"method": "zscore"}),
]


@pytest.fixture(params=[0.0, 2_460_000.5], ids=["near zero", "far away"])
def orders(request):
    """The same numbers in two orders, whose sums differ in their last bits."""
    source = random.Random(7)
    numbers = [request.param + source.lognormvariate(0, 1) for _ in range(ROWS)]
    return [*numbers, None], [None, *sorted(numbers)]


@pytest.mark.parametrize(("step", "parameters"), STEPS, ids=[name for name, _ in STEPS])
def test_learned_figures_do_not_depend_on_the_order(orders, step, parameters):
    schema = schema_of({"amount": ColumnType.NUMBER})
    polars = engine("polars")
    spec = StepSpec(step=step, columns=("amount",), parameters=parameters)
    [column] = schema.columns

    learned = [
        fit_recipe([spec], polars.table({column.id: numbers}, schema), polars)[0]
        for numbers in orders
    ]

    assert learned[0] == learned[1]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, None), (0.1 + 0.2, 0.3), (0.0, 0.0), (-1e300, -1e300), (inf, inf)],
)
def test_settled_keeps_twelve_digits(value, expected):
    assert settled(value) == expected


def test_settled_counts_digits_from_the_scale():
    assert settled(1e-13, scale=0.5) == 0.0
    assert settled(1.23456e-9, scale=100.0) == 1e-9
