from __future__ import annotations

import subprocess
import sys

import pytest

from datasets.recipes import StepSpec, build
from datasets.steps import catalogue
from datasets.steps.base import Step

ENTRIES = catalogue.steps().values()
HEAVY = ("polars", "duckdb", "pandas", "sklearn")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_entry_names_a_step_with_described_parameters(
    entry: catalogue.StepEntry,
) -> None:
    fields = entry.parameters_model().model_fields.values()

    assert issubclass(entry.step_class(), Step)
    assert all(field.title and field.description for field in fields)
    assert entry.title
    assert entry.help.endswith(".")
    assert entry.accepts


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_entry_builds_with_its_defaults(entry: catalogue.StepEntry) -> None:
    parameters = entry.parameters_model()()

    step = entry.step_class()(("x",), parameters)

    assert step.learns == bool(entry.learns)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_entry_s_parameters_make_a_json_schema(entry: catalogue.StepEntry) -> None:
    schema = entry.parameters_model().model_json_schema()

    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False


def test_catalogue_lists_each_name_once() -> None:
    names = [entry.name for entry in catalogue.ENTRIES]

    assert names == list(dict.fromkeys(names))


def test_catalogue_loads_no_heavy_library() -> None:
    code = (
        "import sys, datasets.engines\n"
        "from datasets import recipes\n"
        "from datasets.steps import catalogue\n"
        "[e.parameters_model() for e in catalogue.steps().values()]\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert result.stdout == "[]\n"


@pytest.mark.parametrize(
    ("step", "parameters", "told"),
    [
        ("fill_missing", {"strategy": "constant", "value": 0.5}, ["constant", "0.5"]),
        ("fill_missing", {}, ["median"]),
        ("mark_missing", {"markers": ["?", "!!"]}, ["? !!"]),
        ("forward_fill", {}, []),
        ("outliers", {},
         ["IQR: distance from the quartiles", "1.5", "clip to the bound"]),
        ("outliers", {"method": "zscore", "action": "replace"},
         ["z-score: distance from the mean", "3", "replace with a statistic",
          "median"]),
        ("outliers", {"method": "range", "low": 0},
         ["own bounds", "0 – …", "clip to the bound"]),
        ("encode", {}, ["one-hot: a column for each value"]),
        ("cast", {"type": "integer"}, ["integer"]),
        ("cast", {"type": "date", "format": "dmy"},
         ["date", "day, month, year: 31.03.2024"]),
        ("filter_rows", {"column": "x", "operator": ">", "value": 3}, ["> 3"]),
        ("filter_rows", {"column": "x", "operator": "contains", "value": "y"},
         ["contains “y”"]),
        ("filter_rows", {"column": "x", "operator": "missing"}, ["missing"]),
        ("rename", {"names": {"x": "y"}}, ["x → y"]),
    ],
)  # fmt: skip
def test_a_step_tells_what_was_set(
    step: str, parameters: dict[str, object], told: list[str]
) -> None:
    assert build(StepSpec(step=step, parameters=parameters)).told == told
