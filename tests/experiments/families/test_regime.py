"""Regimes foretold: samples, training with its rival, serving, and refusals."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from experiments.evaluation.again import Retest
from experiments.evaluation.samples_again import try_samples
from experiments.families.regime.declaration import FAMILY
from experiments.families.regime.network import flips_a_year
from experiments.families.regime.rivals import Transitions
from experiments.families.regime.rules import REGIMES
from experiments.families.regime.samples import SHOWN, RegimeAssembler
from experiments.learning.artifacts import load_artifact, write_artifact
from experiments.learning.problems import TrainingError
from experiments.networks.days import AttentionOverDays
from experiments.results.charts import CHARTS
from experiments.training import train
from tests.experiments.families.drawn import check_drawn
from tests.experiments.families.markets import (
    FEATURES,
    first_days,
    market_plan,
    prices,
    prices_table,
)
from tests.experiments.tables import make_frame

KEY = b"a key outside the database"
COLUMNS = {name: name for name in FEATURES}
QUICK = {"epochs": 10, "window": 10, "batch_size": 128, "days": 500}


def regime_plan(**changes):
    changes.setdefault("hyperparameters", QUICK)
    ahead = changes["hyperparameters"].get("horizon", 7)
    return market_plan("regime", "regime", ahead, **changes)


def assembled(columns, *, learning=True, days=9999, symbols=None):
    assembler = RegimeAssembler(COLUMNS, 10, days, 7, symbols)
    return assembler.assemble(make_frame(**columns), learning=learning)


@pytest.fixture(scope="module")
def trained():
    plan = regime_plan()
    return train(plan, prices_table(700, ("BTC", "ETH"))), plan


def test_other_days_are_tried_with_the_family_s_own_figures(trained):
    outcome, _ = trained
    retest = Retest(outcome.pipeline)
    days = prices(300, ("BTC",), seed=9)

    seen, measured = try_samples(retest, make_frame(**days), (), FAMILY)

    assert seen == 0
    assert 0 <= retest.metrics()["accuracy"] <= 1
    assert measured["flips_a_year"] >= 0


def test_layers_are_those_that_were_asked_for():
    network = AttentionOverDays(26, 32, 4, 0.2)
    sizes = [tuple(p.shape) for n, p in network.named_parameters() if "weight" in n]

    assert sizes == [(64, 26), (32, 64), (96, 32), (32, 32), (16, 32), (4, 16)]
    assert network.attention.num_heads == 4


def test_untaught_network_says_what_is_usual():
    usual = torch.log(torch.tensor([[0.7, 0.1, 0.1, 0.1]]))

    logits = AttentionOverDays(26, 32, 4, 0.2)(torch.randn(1, 10, 26), usual)

    assert torch.equal(logits, usual)


def test_a_sample_shows_the_days_up_to_it_and_learns_the_regime_to_come():
    columns = prices(150)

    samples = assembled(columns)

    # 60 days for indicators, 10 to show, 7 ahead.
    assert len(samples.frame) == 150 - 69 - 7
    assert samples.frame.rows[[0, -1]].tolist() == [69, 142]
    assert samples.X.shape == (74, 2 + 10 * (len(SHOWN) + 1))
    later = assembled(columns, learning=False)
    today = [REGIMES[int(code)] for code in later.X[7:, -1]]
    assert samples.frame.column("regime").to_list() == today


def test_nothing_of_a_sample_is_from_later_days():
    columns = prices(200, ("BTC", "ETH"))

    samples = assembled(columns, learning=False)
    earlier = assembled(first_days(columns, 240), learning=False)

    assert len(earlier.frame) == 2 * (120 - 69)
    assert np.array_equal(samples.X[: len(earlier.X)], earlier.X)


def test_members_of_a_sample_are_the_days_it_is_made_of():
    samples = assembled(prices(120, ("BTC", "ETH")))

    members = samples.members(np.array([0, 1]))

    assert members.tolist() == list(range(140))


def test_only_the_latest_days_are_learned_from():
    samples = assembled(prices(300, ("BTC", "ETH")), days=90)

    assert len(samples.frame) == 180
    assert samples.notices[-1].startswith("90 days are little: figures from fewer")


def test_too_few_days_are_told_with_what_is_needed():
    with pytest.raises(TrainingError, match="are 60 days; more than 77 are needed: 60"):
        assembled(prices(60))


def test_short_symbols_are_left_out_by_name():
    columns = prices(200, ("BTC", "ETH"))
    is_kept = [s == "BTC" or n < 100 for n, s in enumerate(columns["symbol"][1])]
    short = {
        name: (kind, [v for v, kept in zip(values, is_kept, strict=True) if kept])
        for name, (kind, values) in columns.items()
    }

    notices = assembled(short).notices

    assert notices[0] == "ETH has 50 days, fewer than 77, and was left out."


def test_rows_are_split_by_day_with_the_horizon_between(trained):
    outcome, _ = trained

    columns = prices(700, ("BTC", "ETH"))
    days = np.array(columns["date"][1])
    learned, tested = days[outcome.split["train"]], days[outcome.split["test"]]
    assert (tested.min() - learned.max()).days == 8
    assert len(tested) == 200


def test_regimes_are_named_and_held_against_persistence(trained):
    outcome, _ = trained

    assert set(outcome.signature.labels) <= set(REGIMES)
    (rival,) = outcome.rivals
    assert (rival["name"], rival["metric"]) == ("persistence", "log_loss")
    assert rival["is_beaten"] == (rival["model"] < rival["rival"])
    assert outcome.metrics["test"]["true_flips_a_year"] > 0


def test_persistence_counts_what_followed():
    X = np.array([[0.0], [0.0], [0.0], [2.0]])

    shares = Transitions().fit(X, np.array([0, 0, 2, 2])).predict_proba(X[2:])

    # Half a day more for each pair: of 3 + 1 days in 0, 2.5 went on.
    assert shares.tolist() == [[2.5 / 4, 1.5 / 4], [0.5 / 2, 1.5 / 2]]


def test_flips_are_counted_within_a_symbol():
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [2, 0]], dtype=float)

    assert flips_a_year(np.array([0, 1, 0, 1, 2]), X) == pytest.approx(365 / 3)


def test_equal_seeds_give_equal_numbers(trained):
    outcome, plan = trained

    again = train(plan, prices_table(700, ("BTC", "ETH")))

    assert again.metrics == outcome.metrics


def test_loaded_model_answers_each_day_that_has_a_past(trained, tmp_path):
    path = tmp_path / "model.zip"
    receipt = write_artifact(*trained, path, KEY)
    pipeline = load_artifact(path, receipt.sha256, receipt.hmac, KEY).pipeline
    columns = prices(90, ("BTC",), seed=9)
    rows = [
        dict(zip(columns, values, strict=True))
        for values in zip(*(values for _, values in columns.values()), strict=True)
    ]

    told = pipeline.predict(rows)
    earlier = pipeline.predict(rows[:80])

    assert list(told.rows) == list(range(69, 90))
    assert set(told.values) <= set(REGIMES)
    assert earlier.shares.tolist() == told.shares[:11].tolist()
    history = "Of BTC the first 69 days are history only: an answer takes 70 days."
    assert history in told.notices
    assert not [r for reasons in told.warnings.values() for r in reasons
                if r.column == "date"]  # fmt: skip


def test_rows_without_a_past_are_told_not_answered(trained, tmp_path):
    path = tmp_path / "model.zip"
    receipt = write_artifact(*trained, path, KEY)
    pipeline = load_artifact(path, receipt.sha256, receipt.hmac, KEY).pipeline
    row = dict.fromkeys(("open", "high", "low", "close", "volume"), 5.0)

    told = pipeline.predict([row | {"date": "2024-05-01", "symbol": "BTC"}])

    assert list(told.rows) == []
    assert told.notices[-1].startswith("Of BTC the first 1 days are history only")


WRONG = {
    "random": ({"method": "random"}, "looks 7 days ahead, so rows have to be split by"),
    "gap": ({"gap": 3}, "leave a gap of at least 7 between .* not 3"),
}


@pytest.mark.parametrize("case", list(WRONG))
def test_splits_that_give_the_future_away_are_refused(case):
    split, sentence = WRONG[case]

    with pytest.raises(TrainingError, match=sentence):
        train(regime_plan(split=split), prices_table(200))


def test_tested_days_are_drawn_with_price_and_regimes(trained):
    outcome, _ = trained
    details = outcome.to_json()

    rows = CHARTS["regimes"].rows(details)
    assert len(rows) == 100
    assert {row["true"] for row in rows} <= set(REGIMES)
    columns = prices(700, ("BTC", "ETH"))
    day = rows[0]["day"]
    place = [str(date) for date in columns["date"][1]].index(day)
    assert rows[0]["close"] == pytest.approx(columns["close"][1][place], rel=1e-5)
    check_drawn(details, "regimes")
    assert CHARTS["regimes"].heading(details) == "Price and regimes of BTC"
    assert "of 100 tested days" in CHARTS["regimes"].words(details)
    check_drawn(details, "regimes_2")
    assert CHARTS["regimes_2"].heading(details) == "Price and regimes of ETH"
    place = [str(date) for date in columns["date"][1]].index(day) + 1
    assert CHARTS["regimes_2"].rows(details)[0]["close"] == pytest.approx(
        columns["close"][1][place], rel=1e-5
    )
    assert CHARTS["regimes_3"].rows(details) == []
