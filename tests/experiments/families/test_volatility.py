"""Volatility foretold: targets, rivals, gates, training, serving."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from arch import arch_model

from experiments.families.market.indicators import garman_klass
from experiments.families.market.prices import read_series
from experiments.families.market.windows import days_in
from experiments.families.volatility.declaration import (
    HORIZONS,
    VolatilityParameters,
    gates,
)
from experiments.families.volatility.network import r2_by_symbol
from experiments.families.volatility.rivals import Garch, LogHar, Persistence
from experiments.families.volatility.samples import (
    SHOWN,
    VolatilityAssembler,
    ahead_of,
)
from experiments.families.volatility.scores import compare, losses, scores
from experiments.learning.artifacts import load_artifact, write_artifact
from experiments.learning.problems import TrainingError
from experiments.metrics import OF_FAMILIES
from experiments.networks.days import MemoryOfDays, NormalLoss
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
QUICK = {"epochs": 10, "hidden_size": 32, "batch_size": 256, "days": 260}


def volatility_plan(**changes):
    changes.setdefault("hyperparameters", QUICK)
    return market_plan("volatility", "volatility_7", 30, **changes)


def assembled(columns, *, learning=True, days=9999, symbols=None):
    assembler = VolatilityAssembler(COLUMNS, 60, days, 30, symbols)
    return assembler.assemble(make_frame(**columns), learning=learning)


@pytest.fixture(scope="module")
def trained():
    plan = volatility_plan()
    return train(plan, prices_table(420, ("BTC", "ETH"))), plan


@pytest.fixture(scope="module")
def learned():
    """Return samples of two symbols and their volatilities."""
    samples = assembled(prices(500, ("BTC", "ETH")))
    return samples.X, samples.frame.column("volatility_7").to_numpy()


def test_untaught_network_says_what_is_usual():
    usual = torch.tensor([[-0.5, -0.4, -0.6, -1.0, 0.1, -2.0]])

    mean, spread = MemoryOfDays(9, 32, 2, 3, 0.2)(torch.randn(1, 60, 9), usual)

    assert torch.equal(torch.cat([mean, spread], dim=1), usual)


def test_loss_is_that_of_the_normal_density():
    heads = (torch.tensor([[1.0]]), torch.tensor([[0.4]]))
    normal = torch.distributions.Normal(1.0, np.exp(0.2))

    loss = NormalLoss(["volatility"])(heads, torch.tensor([[2.0]]))

    expected = -normal.log_prob(torch.tensor(2.0)) - 0.5 * np.log(2 * np.pi)
    assert loss.item() == pytest.approx(expected.item(), abs=1e-6)


def test_targets_are_of_the_days_after_a_sample():
    columns = prices(150)
    (series,), _ = read_series(make_frame(**columns), COLUMNS)

    samples = assembled(columns)

    place = int(samples.frame.rows[0])
    assert place == 119
    returns = np.diff(np.log(series.close))[place : place + 7]
    week = np.sqrt(365 * np.mean(returns**2))
    assert samples.frame.column("volatility_7")[0] == pytest.approx(week)
    day = np.sqrt(365 * garman_klass(series)[place + 1])
    assert samples.frame.column("volatility_1")[0] == pytest.approx(day)
    assert np.isnan(ahead_of(series, 30)[-30:]).all()
    assert np.isfinite(ahead_of(series, 30)[:-30]).all()


def test_nothing_of_a_sample_is_from_later_days():
    columns = prices(260, ("BTC", "ETH"))

    samples = assembled(columns, learning=False)
    earlier = assembled(first_days(columns, 400), learning=False)

    assert len(earlier.frame) == 2 * (200 - 119)
    assert np.array_equal(samples.X[: len(earlier.X)], earlier.X)


def test_qlike_is_nothing_where_right_and_minds_low_forecasts_more():
    y = np.array([0.5, 0.5, 0.5])

    found = losses(y, np.array([0.5, 0.4, 0.6]))

    assert found[0] == 0
    assert found[1] > found[2] > 0
    assert scores(y, y) == {"qlike": 0.0}


def test_better_forecasts_are_told_from_chance():
    rng = np.random.default_rng(2)
    y = np.exp(rng.normal(-0.5, 0.3, 600))
    near, far = (y * np.exp(rng.normal(0, scale, 600)) for scale in (0.1, 0.4))

    assert compare(y, near, far) < 0.001
    assert compare(y, far, near) > 0.999
    assert compare(y, near, near) == 1.0


def test_chance_is_seldom_taken_for_better():
    """Neighbouring losses share days, which a test that forgets them takes as proof."""
    rng = np.random.default_rng(4)
    found = []
    for _ in range(200):
        moves = rng.standard_normal((3, 406))
        y, ours, theirs = (
            np.exp(0.3 * np.convolve(row, np.ones(7) / 7, "valid")) for row in moves
        )
        found.append(compare(y, ours, theirs) < 0.05)

    assert np.mean(found) < 0.1


def test_log_har_finds_its_own_weights(learned):
    X, _ = learned
    last = X[:, 2:].reshape(len(X), len(SHOWN), 60)[:, :, -1]
    day, week = (last[:, SHOWN.index(name)] for name in ("range_1", "range_7"))

    model = LogHar().fit(X, np.exp(0.1 + 0.3 * day + 0.6 * week))

    assert model.coefficients_ == pytest.approx([0.1, 0.3, 0.6, 0.0], abs=1e-9)
    assert model.variance_ == pytest.approx(0, abs=1e-12)


def test_persistence_says_the_last_week_again(learned):
    X, y = learned
    columns = prices(500, ("BTC", "ETH"))
    close = np.array(columns["close"][1][::2])
    week = np.diff(np.log(close))[112:119]

    said = Persistence().fit(X, y).predict(X[:1])

    assert said == pytest.approx(np.sqrt(365 * np.mean(week**2)))


def test_garch_is_that_of_arch(learned):
    X, y = learned
    days = days_in(X)
    model = Garch().fit(X[days <= days[400]], y[days <= days[400]])
    omega, alpha, beta = model.parameters_[0]

    returns = 100 * X[X[:, 1] == 0][:, 2:].reshape(-1, len(SHOWN), 60)[0, 0]
    fixed = arch_model(returns, mean="Zero", vol="GARCH", rescale=False).fix(
        [omega, alpha, beta]
    )
    expected = fixed.forecast(horizon=7).variance.to_numpy().mean()
    assert 0 < alpha + beta < 1.01
    assert model.predict(X[:1])[0] == pytest.approx(
        np.sqrt(365 * expected) / 100, rel=0.05
    )


def test_the_gate_tells_what_is_not_reached():
    (mark,) = gates(VolatilityParameters(), {"r2_symbols": 0.21})

    assert mark.code == "below_gate"
    assert mark.detail.endswith("mean over symbols, is 0.210, less than 0.5.")
    assert list(gates(VolatilityParameters(min_r2=0.2), {"r2_symbols": 0.21})) == []


def test_r2_is_a_mean_over_symbols():
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    y = np.array([1.0, 10.0, 2.0, 20.0])

    found = r2_by_symbol(y, np.array([1.0, 15.0, 2.0, 15.0]), X)

    assert found == pytest.approx((1 + 0) / 2)


def test_all_rivals_are_tested_on_the_same_rows(trained):
    outcome, _ = trained

    names = [rival["name"] for rival in outcome.rivals]
    assert names == ["log_har", "persistence", "garch"]
    for rival in outcome.rivals:
        assert rival["model"] == outcome.metrics["test"]["qlike"]
        is_better = rival["model"] < rival["rival"] and rival["p_value"] < 0.05
        assert rival["is_beaten"] == is_better
    marks = {w.code for w in outcome.warnings}
    assert "below_gate" in marks


def test_intervals_are_measured(trained):
    outcome, _ = trained

    assert all(f"within_90%_of_volatility_{h}" in OF_FAMILIES for h in HORIZONS)
    held = [outcome.metrics["test"][f"within_90%_of_volatility_{h}"] for h in HORIZONS]
    assert all(0.3 <= share <= 1 for share in held)


def test_loaded_model_answers_with_intervals_for_each_horizon(trained, tmp_path):
    path = tmp_path / "model.zip"
    receipt = write_artifact(*trained, path, KEY)
    pipeline = load_artifact(path, receipt.sha256, receipt.hmac, KEY).pipeline
    columns = prices(125, ("BTC",), seed=9)
    rows = [
        dict(zip(columns, values, strict=True))
        for values in zip(*(values for _, values in columns.values()), strict=True)
    ]

    told = pipeline.predict(rows)

    assert list(told.rows) == list(range(119, 125))
    assert told.outputs["volatility_7"] == told.values
    for horizon in HORIZONS:
        low, high = (told.outputs[f"volatility_{horizon}_{e}"] for e in ("low", "high"))
        assert all(0 < a < b < 10 for a, b in zip(low, high, strict=True))


def test_unknown_symbols_are_refused_by_name():
    symbols = {"symbols": ["BTC", "DOGE"]}

    with pytest.raises(TrainingError, match=r"Unknown symbols: DOGE\. The data hold"):
        train(volatility_plan(hyperparameters=QUICK | symbols), prices_table(300))


BOUNDS = {
    "days": (90, 1825), "train_val_split": (0.6, 0.9), "epochs": (10, 500),
    "patience": (5, 50), "batch_size": (8, 256), "learning_rate": (0.0001, 0.1),
    "hidden_size": (32, 256), "min_r2": (0.0, 1.0),
}  # fmt: skip


def test_bounds_and_defaults_are_those_that_were_asked_for():
    declared = VolatilityParameters.model_json_schema()["properties"]

    found = {n: (declared[n]["minimum"], declared[n]["maximum"]) for n in BOUNDS}
    assert found == BOUNDS
    defaults = VolatilityParameters().model_dump()
    assert {name: defaults[name] for name in (*BOUNDS, "symbols")} == {
        "days": 365, "train_val_split": 0.8, "epochs": 100, "patience": 15,
        "batch_size": 32, "learning_rate": 0.001, "hidden_size": 64, "min_r2": 0.5,
        "symbols": ["BTC", "ETH", "SOL"],
    }  # fmt: skip


CHOICES = {
    "train_val_split": [0.7, 0.8, 0.9],
    "batch_size": [8, 16, 32, 64, 128],
    "learning_rate": [0.0001, 0.0005, 0.001, 0.005, 0.01],
    "hidden_size": [32, 64, 128, 256],
}


def test_recommended_choices_are_those_that_were_asked_for():
    declared = VolatilityParameters.model_json_schema()["properties"]

    assert {name: declared[name]["recommended"] for name in CHOICES} == CHOICES


def test_tested_days_are_drawn_with_intervals(trained):
    outcome, _ = trained
    details = outcome.to_json()

    rows = CHARTS["volatilities"].rows(details)

    assert len(rows) == 52
    assert all(0 < row["low"] < row["high"] for row in rows)
    check_drawn(details, "volatilities", "heads")
    assert CHARTS["volatilities"].words(details).startswith("QLIKE ")
    others = CHARTS["volatilities_2"].rows(details)
    assert [row["day"] for row in others] == [row["day"] for row in rows]
    assert [row["true"] for row in others] != [row["true"] for row in rows]
    assert CHARTS["volatilities_2"].heading(details).endswith(" of ETH")


@pytest.mark.parametrize("value", [0.0, 1e6, -1e6])
def test_days_unlike_any_are_answered_in_finite_numbers(trained, value):
    estimator = trained[0].pipeline.estimator
    X = np.full((1, estimator.n_features_in_), value)

    told = [estimator.predict(X), *estimator.beside(X).values()]

    assert np.isfinite(told).all()
