from __future__ import annotations

import numpy as np
import pytest

from datasets.recipes import StepSpec
from experiments.algorithms.catalogue import lookup
from experiments.learning.artifacts import load_artifact, write_artifact
from experiments.learning.problems import TrainingError
from experiments.training import train
from tests.experiments.families.toy import ENTRY
from tests.experiments.tables import CATEGORY, NUMBER, make_plan, make_table

KEY = b"a key outside the database"


@pytest.fixture(autouse=True)
def toy_family(monkeypatch):
    """Let the catalogue know a family whose samples are boxes of marbles."""
    lookup.algorithms.cache_clear()
    monkeypatch.setattr(lookup, "_ENTRIES", (*lookup._ENTRIES, ENTRY))
    yield
    lookup.algorithms.cache_clear()


def boxes(n_boxes: int = 24, **changes):
    """Make three marbles a box, the rows of all boxes mixed; heavy boxes are iron."""
    rng = np.random.default_rng(1)
    order = rng.permutation(np.repeat(np.arange(n_boxes), 3))
    heavy = order % 2 == 0
    return make_table(
        **{
            "box": (CATEGORY, [f"box {number:02}" for number in order]),
            "weight": (NUMBER, (rng.normal(size=len(order)) + 9 * heavy).tolist()),
            "kind": (CATEGORY, np.where(heavy, "iron", "glass").tolist()),
            "price": (NUMBER, (order + 1.0).tolist()),
        }
        | changes
    )


def boxes_plan(**changes):
    return make_plan("boxes", "kind", ["box", "weight"], **changes)


def test_a_sample_is_made_of_several_rows():
    outcome = train(boxes_plan(split={"cv_folds": 3}), boxes())

    assert sum(outcome.rows.values()) == 24
    assert outcome.metrics["test"]["accuracy"] == 1.0
    assert outcome.notices == ["24 boxes."]
    assert {row["feature"] for row in outcome.feature_importance} == {"mean", "counts"}


def test_further_targets_reach_estimator_and_measures():
    outcome = train(boxes_plan(), boxes())

    assert outcome.pipeline.estimator.taught_.shape == (19, 2)
    assert 1 <= outcome.metrics["test"]["mae"] <= 24


def test_answers_are_about_the_row_that_stands_for_a_sample(tmp_path):
    plan = boxes_plan()
    path = tmp_path / "model.zip"
    receipt = write_artifact(train(plan, boxes()), plan, path, KEY)
    pipeline = load_artifact(path, receipt.sha256, receipt.hmac, KEY).pipeline

    told = pipeline.predict(
        [
            {"box": "a", "weight": 9.0},
            {"box": "b", "weight": 0.1},
            {"box": "a"},
            {"box": "a", "weight": 8.5},
        ]
    )

    assert list(told.rows) == [0, 1]
    assert told.values == ["iron", "glass"]
    assert [item.row for item in told.quarantined] == [2]


def test_what_makes_no_sample_is_refused():
    columns = {
        "box": (CATEGORY, ["a", "a", "b", "c", "c"]),
        "weight": (NUMBER, [1.0, 2.0, 3.0, 4.0, 5.0]),
        "kind": (CATEGORY, ["iron", "iron", "iron", "glass", "glass"]),
        "price": (NUMBER, [1.0, 1.0, 2.0, 3.0, 3.0]),
    }

    with pytest.raises(TrainingError, match="A box has one marble only"):
        train(boxes_plan(split={"stratified": False}), boxes(**columns))


def test_steps_that_learn_are_refused_where_rows_are_no_samples():
    plan = boxes_plan(steps=[StepSpec(step="scale", columns=("weight",))])

    with pytest.raises(TrainingError, match="cannot be learned inside the folds"):
        train(plan, boxes())
