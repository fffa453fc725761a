"""Models whose recipe changes names, types, rows and columns, asked with raw rows."""

from __future__ import annotations

from typing import Any

import pytest

from datasets.recipes import StepSpec
from experiments.training import train
from tests.experiments.tables import CATEGORY, NUMBER, make_plan, make_table

SCALE = StepSpec(step="scale", columns=("size",))
ROW = {"size": 3.0, "kind": "red", "weight": "7.5", "junk": 1.0, "day": "2024-03-01"}


def columns() -> dict[str, tuple[Any, list[Any]]]:
    """Return 90 rows whose size, kind and weight tell the label."""
    places = range(90)
    weights = ["?" if place % 30 == 4 else f"{place % 9}.5" for place in places]
    return {
        "size": (NUMBER, [float(place % 9) for place in places]),
        "kind": (CATEGORY, [("red", "green", "blue")[place % 3] for place in places]),
        "weight": (CATEGORY, weights),
        "junk": (NUMBER, [None if place % 4 else 1.0 for place in places]),
        "day": (CATEGORY, [f"2024-03-{1 + place % 28:02}" for place in places]),
        "label": (CATEGORY, ["high" if p % 9 > 4 else "low" for p in places]),
    }


def step(name: str, *columns: str, **parameters: Any) -> StepSpec:
    return StepSpec(step=name, columns=columns, parameters=parameters)


CASES = {
    "rename": ([step("rename", names={"size": "width"})], ["width", "kind"],
               {"size", "kind"}),
    "rename the target": ([step("rename", names={"label": "class", "junk": "label"})],
                          ["size"], {"size"}),
    "drop": ([step("drop_columns", "junk", "weight")], ["size", "kind"],
             {"size", "kind"}),
    "select": ([step("select_columns", "kind", "size", "label")], ["size", "kind"],
               {"size", "kind"}),
    "onehot": ([step("encode", "kind", method="onehot")], ["size", "kind=red"],
               {"size", "kind"}),
    "onehot and drop": ([step("encode", "kind"), step("drop_columns", "junk")],
                        ["size", "kind=red", "kind=blue"], {"size", "kind"}),
    "label": ([step("encode", "kind", method="label")], ["size", "kind"],
              {"size", "kind"}),
    "mark": ([step("mark_missing", "weight"), step("fill_missing", "weight")],
             ["size", "weight"], {"size", "weight"}),
    "cast": ([step("cast", "day", type="date")], ["size", "day"], {"size", "day"}),
    "filter": ([step("filter_rows", column="junk", operator="present")], ["size"],
               {"size"}),
    "filter by the target": ([step("filter_rows", column="label", operator="present")],
                             ["size"], {"size"}),
    "drop missing": ([step("drop_missing", "junk")], ["size"], {"size"}),
    "drop repeated": ([step("drop_duplicates", "size", "kind", "junk")], ["size"],
                      {"size"}),
    "outliers": ([step("outliers", "size", action="drop")], ["size"], {"size"}),
    "clip": ([step("outliers", "size")], ["size"], {"size"}),
    "forward fill": ([step("forward_fill", "junk")], ["size", "junk"],
                     {"size", "junk"}),
}  # fmt: skip


@pytest.mark.parametrize("learns_first", [True, False], ids=["inside", "before"])
@pytest.mark.parametrize("case", CASES)
def test_raw_rows_go_through_every_step(case: str, learns_first: bool) -> None:
    steps, features, asked = CASES[case]
    width = "width" if case == "rename" else "size"
    after = [StepSpec(step="scale", columns=(width,))]
    recipe = [SCALE, *steps] if learns_first else [*steps, *after]
    target = "class" if case == "rename the target" else "label"
    plan = make_plan("decision_tree", target, features, steps=recipe)

    pipeline = train(plan, make_table(**columns())).pipeline
    low, high = pipeline.predict([ROW, {**ROW, "size": 8.0, "weight": "8.5"}])\
        .predictions  # fmt: skip

    assert {column.name for column in pipeline.signature.columns} == asked
    assert (low.prediction, high.prediction) == ("low", "high")
    assert (low.warnings, high.warnings) == ((), ())


def test_a_gap_is_allowed_where_a_step_fills_it_under_another_name() -> None:
    steps = [
        SCALE,
        step("rename", names={"junk": "useful"}),
        step("fill_missing", "useful"),
    ]
    plan = make_plan("knn", "label", ["size", "useful"], steps=steps)

    pipeline = train(plan, make_table(**columns())).pipeline
    found = pipeline.predict([{**ROW, "junk": None}, {**ROW, "size": None}])

    assert [answer.row for answer in found.predictions] == [0]
    assert found.quarantined[0].reasons[0].column == "size"


def test_a_category_not_seen_before_is_told_before_it_becomes_zeros() -> None:
    steps = [step("encode", "kind")]
    plan = make_plan("decision_tree", "label", ["size", "kind=red"], steps=steps)
    pipeline = train(plan, make_table(**columns())).pipeline

    (unseen, missing) = pipeline.predict(
        [{**ROW, "kind": "violet"}, {**ROW, "kind": None}]
    ).predictions

    assert [reason.code for reason in unseen.warnings] == ["unseen_category"]
    assert missing.warnings == ()
