"""The star family end to end: rows of stars in, classes and periods out."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import torch

from datasets.monitor import SilentMonitor
from experiments.evaluation import performance
from experiments.families.stars.declaration import StarsParameters
from experiments.families.stars.summary import NAMES
from experiments.learning.artifacts import (
    LoadedArtifact,
    load_artifact,
    write_artifact,
)
from experiments.learning.problems import TrainingError
from experiments.networks.star_hybrid import (
    CONFIGS,
    MultiBranchStarModelHybrid,
    StarLoss,
    StarModelConfig,
)
from experiments.results.charts import CHARTS
from experiments.training import train
from tests.experiments.families.drawn import check_drawn
from tests.experiments.families.sky import (
    CLASSES,
    FEATURES,
    QUICK,
    sky,
    sky_plan,
    sky_table,
)

KEY = b"a key outside the database"


@pytest.fixture(scope="module")
def trained():
    plan = sky_plan()
    return train(plan, sky_table(sky())), plan


def batch(size: int):
    return (
        torch.randn(size, 2, 1024),
        torch.randn(size, 2, 512),
        torch.randn(size, 8, 200),
        torch.randn(size, 8, 2),
        torch.randn(size, len(NAMES)),
    )


@pytest.mark.parametrize(
    ("name", "millions"), [("compact", 1.5), ("optimal", 4.7), ("large", 10.8)]
)
def test_networks_have_the_weights_that_were_asked_for(name, millions):
    network = MultiBranchStarModelHybrid(CONFIGS[name], 14, len(NAMES))

    weights = sum(p.numel() for p in network.parameters())

    assert weights / 1e6 == pytest.approx(millions, rel=0.03)


def test_sizes_are_those_that_were_asked_for():
    asked = {
        "compact": (128, 64, 4, 2),
        "optimal": (192, 96, 6, 3),
        "large": (256, 128, 8, 4),
    }

    found = {
        n: (c.embedding, c.cnn_hidden, c.heads, c.layers) for n, c in CONFIGS.items()
    }

    assert found == asked


def test_a_network_of_ones_own_size_answers_classes_and_candidates():
    network = MultiBranchStarModelHybrid(StarModelConfig(32, 16, 2, 1), 5, len(NAMES))

    logits, scores = network(*batch(3))

    assert logits.shape == (3, 5)
    assert scores.shape == (3, 2, 8)


def test_the_phase_a_fold_begins_with_changes_nothing():
    network = MultiBranchStarModelHybrid(CONFIGS["compact"], 14, len(NAMES)).eval()
    curve, periodogram, folded, facts, summary = batch(2)

    with torch.inference_mode():
        logits, _ = network(curve, periodogram, folded, facts, summary)
        turned, _ = network(curve, periodogram, folded.roll(8, 2), facts, summary)

    assert torch.allclose(logits, turned, atol=1e-4)


def test_stars_without_a_period_count_for_nothing_in_the_loss_of_periods():
    logits = torch.zeros(2, 3)
    candidates = torch.tensor([[0.0, 1.0], [0.0, 1.0]])
    sure = torch.tensor([[[9.0, -9.0], [0.0, 0.0]], [[-9.0, 9.0], [0.0, 0.0]]])
    nothing = torch.tensor([[float("nan")] * 2] * 2)
    first_only = torch.tensor([[0.0, float("nan")], [float("nan")] * 2])
    classes = torch.zeros(2, 1)

    def loss(known):
        targets = torch.cat([classes, known, candidates], dim=1)
        return StarLoss()((logits, sure), targets).item()

    assert loss(nothing) == pytest.approx(np.log(3))
    assert loss(first_only) == pytest.approx(np.log(3), abs=0.001)
    assert loss(first_only + 1.0) > np.log(3) + 1


def test_a_sample_is_a_star_and_is_held_against_plain_trees(trained):
    outcome, _ = trained

    assert sum(outcome.rows.values()) == 6 * len(CLASSES)
    assert outcome.signature.labels == CLASSES
    assert [rival["name"] for rival in outcome.rivals] == ["boosting"]
    assert next(iter(outcome.timings)) == "Making samples"
    assert 0 <= outcome.metrics["test"]["period_within_5"] <= 1
    assert outcome.metrics["test"]["period2_mae_dex"] >= 0
    assert (
        outcome.metrics["test"]["period_within_1"]
        <= (outcome.metrics["test"]["period_within_5"])
    )


def test_two_trainings_give_equal_numbers(trained):
    outcome, plan = trained

    again = train(plan, sky_table(sky()))

    assert again.metrics["test"] == outcome.metrics["test"]
    assert again.pipeline.estimator.weights_ == outcome.pipeline.estimator.weights_


def test_a_star_is_answered_once_with_the_periods_its_class_has(trained, tmp_path):
    path = tmp_path / "model.zip"
    receipt = write_artifact(*trained, path, KEY)
    pipeline = load_artifact(path, receipt.sha256, receipt.hmac, KEY).pipeline
    new = sky(n_per_class=1, seed=5).with_columns(
        star_id="new " + pl.col("star_id"), time=pl.col("time") + 60_000
    )
    rows = new.select(FEATURES).to_dicts()

    told = pipeline.predict([*rows, {**rows[0], "star_id": "one point"}]).to_json()

    answers = told["predictions"]
    assert len(answers) == len(CLASSES)
    assert all("warnings" not in answer for answer in answers)
    for answer in answers:
        has_second = answer["prediction"] == "resolved distant peaks"
        outputs = answer["outputs"]
        assert (outputs["period2_days"] is not None) == has_second
        assert (outputs["period_days"] is None) == (
            answer["prediction"] == "long term trend"
        )
    (refused,) = told["quarantined"]
    assert refused["row"] == len(rows)


def test_a_network_of_stars_is_measured_sample_by_sample(trained, monkeypatch):
    for name, value in {"SECONDS": 0.0, "FEWEST": 1, "BATCHES": (1, 4)}.items():
        monkeypatch.setattr(performance, name, value)
    outcome, _ = trained
    loaded = LoadedArtifact(outcome.pipeline, {"self_check": outcome.self_check})

    found = performance.measure(loaded, SilentMonitor())

    assert found.learned / 1e6 == pytest.approx(1.5, rel=0.03)
    assert found.preparing_seconds > 0
    assert [extreme for extreme in found.extremes if not extreme.is_steady] == []


def test_stars_with_few_measurements_are_left_out_with_a_notice():
    rows = pl.concat([sky(), sky().head(4).with_columns(star_id=pl.lit("short"))])

    outcome = train(sky_plan(), sky_table(rows))

    assert sum(outcome.rows.values()) == 6 * len(CLASSES)
    assert "1 stars have fewer than 10 measurements and were left out." in (
        outcome.notices
    )


def test_a_table_without_any_long_star_is_refused():
    rows = sky().group_by("star_id", maintain_order=True).head(5)

    with pytest.raises(TrainingError, match="No star has 10 measurements or more"):
        train(sky_plan(), sky_table(rows))


def test_a_star_with_two_labels_is_named():
    rows = sky()
    name = rows["star_id"][0]
    label = next(label for label in CLASSES if label != rows["label"][0])
    last = pl.int_range(pl.len()) == int((rows["star_id"] == name).sum()) - 1
    rows = rows.with_columns(
        pl.when(last).then(pl.lit(label)).otherwise("label").alias("label")
    )

    with pytest.raises(
        TrainingError, match=f"star “{name}” carry more than one “label”"
    ):
        train(sky_plan(), sky_table(rows))


def test_periods_and_errors_may_be_unknown():
    rows = sky().drop("period", "period2", "flux_err")
    plan = sky_plan().model_copy(update={"features": FEATURES[:3]})

    outcome = train(plan, sky_table(rows))

    assert outcome.metrics["test"]["period_mae_dex"] is None
    assert outcome.metrics["test"]["accuracy"] >= 0


def test_the_order_of_rows_does_not_matter(trained):
    outcome, plan = trained
    mixed = sky().sample(fraction=1.0, shuffle=True, seed=3)

    again = train(plan, sky_table(mixed))

    assert again.metrics["test"] == outcome.metrics["test"]


def test_periods_are_looked_for_in_order():
    with pytest.raises(ValueError, match="at least twice the shortest_period"):
        StarsParameters(shortest_period=3, longest_period=5)


def test_a_star_of_each_class_is_drawn_as_the_network_saw_it(trained):
    outcome, _ = trained
    details = outcome.to_json()

    check_drawn(details, "heads", "light_curves", "periodograms", "folded")

    stars = details["story"]["stars"]
    assert [CLASSES[one["true"]] for one in stars] == list(CLASSES)
    for one in stars:
        assert one["days"] == sorted(one["days"])
        assert len(one["flux"]) == len(one["days"]) > 50
    words = CHARTS["folded"].words(details)
    assert "eclipsing binaries: " in words
    assert words.count("known: ") == 2
    strips = {row["strip"] for row in CHARTS["folded"].rows(details)}
    assert strips == {0, 1, 2}


OWN = {"config": "custom", "embedding": 32, "cnn_hidden": 16, "heads": 2, "layers": 1}


def test_a_size_of_ones_own_is_learned_and_read_back(tmp_path):
    plan = sky_plan(hyperparameters=QUICK | OWN)
    path = tmp_path / "model.zip"

    receipt = write_artifact(train(plan, sky_table(sky())), plan, path, KEY)

    loaded = load_artifact(path, receipt.sha256, receipt.hmac, KEY).pipeline.estimator
    assert loaded.size == (32, 16, 2, 1)
    weights = sum(part.numel() for part in loaded.fitted_module().parameters())
    assert weights < 300_000


def test_a_size_of_ones_own_fits_together():
    with pytest.raises(ValueError, match="embedding must be a multiple of heads"):
        StarsParameters(**OWN | {"heads": 5})
    assert StarsParameters(heads=5).own_size is None
