"""What programs say to people is found without marks."""

from __future__ import annotations

import pytest

from datamine.phrases import is_searched, phrases_of


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ('"A docstring says nothing."', []),
        ('raise E("There is nothing.")', ["There is nothing."]),
        ('raise E(f"No {a.name} in {b}.")', ["No {name} in {b}."]),
        ('f"{a} of {b(a)} and {a} are left."', ["{a} of {a2} and {a} are left."]),
        ('logger.warning("Session %s is lost.")', []),
        ('warning("It is lost.")', ["It is lost."]),
        ('x = Step("scale", title="Scale", kind="row")', ["Scale"]),
        ('x = word("rows") if y else word(f"{n} rows")', ["rows", "{n} rows"]),
        ('x = {"name": "rows", "kind": "a b"}', []),
        ('ask("SELECT * FROM t WHERE a.")', []),
        ('Metric("mse", "Mean squared error")', ["Mean squared error"]),
    ],
)
def test_phrases_of(program, found):
    assert phrases_of(f"x = 1\n{program}") == found


@pytest.mark.parametrize(
    ("path", "searched"),
    [
        ("datasets/steps/scaling.py", True),
        ("experiments/results/charts/residuals.py", True),
        ("experiments/api/views.py", False),
        ("datasets/admin.py", False),
        ("registry/services.py", False),
    ],
)
def test_is_searched(path, searched):
    assert is_searched(path) is searched
