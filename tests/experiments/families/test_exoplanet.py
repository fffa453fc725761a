from __future__ import annotations

import numpy as np
import pytest
import torch

from experiments.evaluation.extremes import extremes_of
from experiments.learning.artifacts import load_artifact, write_artifact
from experiments.learning.problems import TrainingError
from experiments.networks.transit import TransitLoss, TransitNetwork
from experiments.results.charts import CHARTS
from experiments.training import train
from tests.experiments.families.drawn import check_drawn
from tests.experiments.families.transits import transits_plan, transits_table
from tests.experiments.tables import NUMBER

KEY = b"a key outside the database"
PLANET = {
    "period": 365.25, "duration": 13.0, "depth": 84.0, "impact": 0.1, "snr": 20.0,
    "steff": 5772.0, "srad": 1.0, "slogg": 4.44, "tmag": 11.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def trained():
    plan = transits_plan()
    return train(plan, transits_table()), plan


def test_layers_are_those_that_were_asked_for():
    network = TransitNetwork(6, 3, 0.2)
    sizes = {name: tuple(p.shape) for name, p in network.named_parameters()}
    weights = [sizes[name] for name in sizes if name.endswith("weight")]

    assert weights == [
        (32, 1, 7), (64, 32, 3), (128, 64, 3),
        (64, 6), (32, 64),
        (128, 160), (64, 128),
        (3, 64), (1, 64), (1, 64),
    ]  # fmt: skip
    heads = network(torch.zeros(2, 2001, 1), torch.zeros(2, 6))
    assert [tuple(head.shape) for head in heads] == [(2, 3), (2, 1), (2, 1)]


def test_loss_weighs_label_1_and_the_other_heads_a_half():
    logits = torch.tensor([[0.0, 0.0, 0.0]])
    heads = (logits, torch.tensor([[3.0]]), torch.tensor([[-1.0]]))

    loss = TransitLoss()(heads, torch.tensor([[1.0, 1.0, 1.0]]))

    assert loss.item() == pytest.approx(np.log(3) + 0.5 * 4 + 0.5 * 4)


def test_verdicts_have_names_and_further_heads_figures(trained):
    outcome, _ = trained

    assert outcome.signature.labels == ("CANDIDATE", "CONFIRMED", "FALSE POSITIVE")
    assert outcome.metrics["test"]["period_mae"] > 0
    assert outcome.metrics["test"]["depth_mae"] > 0
    assert [rival["name"] for rival in outcome.rivals] == ["boosting"]


def test_classes_below_a_hundred_rows_are_told(trained):
    outcome, _ = trained

    (few,) = [w.detail for w in outcome.warnings if w.code == "few_of_class"]
    assert few.startswith("Fewer than 100 rows of a class: ")
    assert few.count("” 20") == 3


def test_an_answer_has_period_depth_and_radius(trained, tmp_path):
    path = tmp_path / "model.zip"
    receipt = write_artifact(*trained, path, KEY)
    loaded = load_artifact(path, receipt.sha256, receipt.hmac, KEY)

    (answer,) = loaded.pipeline.predict([PLANET]).to_json()["predictions"]

    outputs = answer["outputs"]
    assert sum(answer["probabilities"].values()) == pytest.approx(1)
    # An 84 ppm transit of the Sun is the Earth's.
    assert outputs["planet_radius_earths"] == pytest.approx(1.0, abs=0.001)
    assert outputs["period_error_days"] == pytest.approx(
        outputs["period_days"] - PLANET["period"]
    )


def test_what_no_transit_has_is_refused_and_no_input_gives_rubbish(trained):
    pipeline, rows = trained[0].pipeline, [PLANET]

    impossible = [{**PLANET, name: 0.0} for name in ("period", "duration", "depth")]
    told = pipeline.predict([*impossible, {**PLANET, "depth": -500.0}])

    assert [[r.code for r in one.reasons] for one in told.quarantined] == (
        [["out_of_bounds"]] * 4
    )
    found = extremes_of(pipeline, rows, pipeline.matrix(rows))
    assert [one.given for one in found if not one.is_steady] == []


def test_missing_values_are_named_with_rows_and_the_step_that_fills_them():
    impact = (NUMBER, [0.1] * 58 + [None, 0.2])

    with pytest.raises(TrainingError) as refusal:
        train(transits_plan(), transits_table(impact=impact))

    assert "“impact” has one missing value; use the step" in str(refusal.value)
    assert str(refusal.value).endswith("It is in row 59.")


def test_a_share_instead_of_ppm_is_refused_or_suspected():
    depth = (NUMBER, [0.0001 * (i + 1) for i in range(60)])

    outcome = train(transits_plan(), transits_table(depth=depth))

    (doubt,) = [w for w in outcome.warnings if w.code == "unusual_unit"]
    assert doubt.detail.endswith("between 0.5 and 1.6e+06 ppm. Is it in this unit?")


def test_each_head_and_a_transit_of_each_verdict_are_drawn(trained):
    outcome, _ = trained
    details = outcome.to_json()

    check_drawn(details, "heads", "transits")

    heads = CHARTS["heads"].rows(details)
    assert {row["class"] for row in heads} == {
        f"{head}, {part}"
        for head in ("label", "period", "depth")
        for part in ("training", "validation")
    }
    told = details["story"]["transits"]
    assert [one["true"] for one in told] == [0, 1, 2]
    for one in told:
        assert max(one["lost"]) == pytest.approx(one["depth"], rel=0.01)
        assert one["hours"][-1] > 24 * one["period"] > one["hours"][1]
    assert "every " in CHARTS["transits"].words(details)


def test_losses_of_heads_make_the_loss(trained):
    outcome, _ = trained
    last = outcome.history[-1]

    parts = [last[f"train_head_{head}"] for head in ("label", "period", "depth")]

    assert parts[0] + 0.5 * parts[1] + 0.5 * parts[2] == pytest.approx(
        last["train_loss"], rel=1e-4
    )
