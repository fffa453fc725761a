"""Daily prices: read by symbol and day, cleaned, and never looked at ahead of a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from datasets.tables import ColumnType
from experiments.families.market.indicators import (
    LOOKBACK,
    days_since_peak,
    drawdown_of,
    garman_klass,
    indicators_of,
    relative_strength,
)
from experiments.families.market.prices import (
    base_of,
    chosen_series,
    days_of,
    read_series,
)
from experiments.families.market.windows import blocks_aside
from experiments.families.regime.rules import (
    BEAR,
    BULL,
    CORRECTION,
    EXPANSION,
    margins_of,
    regimes_of,
)
from experiments.families.regime.thresholds import Thresholds
from experiments.learning.problems import TrainingError
from tests.experiments.families.markets import FEATURES, first_days, prices
from tests.experiments.tables import NUMBER, make_frame

COLUMNS = {name: name for name in FEATURES}


def series_of(**columns):
    """Return the one series of some columns."""
    names = {name: name for name in COLUMNS if name in columns}
    (one,), _ = read_series(make_frame(**columns), names)
    return one


def test_series_are_sorted_by_symbol_and_day():
    columns = prices(90, ("ETH", "BTC"))
    order = np.random.default_rng(1).permutation(180)
    mixed = {n: (k, [v[i] for i in order]) for n, (k, v) in columns.items()}

    found, notices = read_series(make_frame(**mixed), COLUMNS)

    assert [one.symbol for one in found] == ["BTC", "ETH"]
    assert notices == []
    for one in found:
        assert (np.diff(one.days) == 1).all()
    assert found[0].close.tolist() == columns["close"][1][1::2]


def test_of_repeated_days_the_last_row_is_used():
    columns = prices(70)
    twice = {n: (k, [*v, v[5]]) for n, (k, v) in columns.items()}
    twice["close"][1][-1] = columns["close"][1][5] * 1.01

    (one,), notices = read_series(make_frame(**twice), COLUMNS)

    assert len(one) == 70
    assert one.close[5] == twice["close"][1][-1]
    assert notices == ["1 rows repeat a day of their symbol; the last one was used."]


def test_dates_with_times_are_days():
    start = datetime(2020, 1, 1, 12)
    columns = prices(3) | {
        "date": (ColumnType.DATETIME, [start + timedelta(n) for n in range(3)])
    }

    days = days_of(make_frame(**columns).column("date"))

    assert days.tolist() == [18262.5, 18263.5, 18264.5]


def test_rows_that_are_no_days_are_refused():
    start = datetime(2020, 1, 1)
    hours = [start + timedelta(hours=n) for n in range(90)]

    with pytest.raises(
        TrainingError, match=r"BTC are 0\.0417 days apart; one row a day"
    ):
        series_of(**prices(90) | {"date": (ColumnType.DATETIME, hours)})


def test_without_a_column_of_symbols_all_is_one_series():
    columns = prices(70)
    del columns["symbol"]

    assert series_of(**columns).symbol == "prices"


@pytest.mark.parametrize("written", ["btc", "BTC-USD", "BTC/USDT", " BTC "])
def test_symbols_are_known_by_what_is_traded(written):
    assert base_of(written) == "BTC"


def test_unknown_symbols_are_refused_by_name():
    series, _ = read_series(make_frame(**prices(70, ("BTC", "ETH"))), COLUMNS)

    with pytest.raises(
        TrainingError, match=r"Unknown symbols: DOGE\. The data hold BTC"
    ):
        chosen_series(series, ["BTC", "DOGE"], ("BTC", "ETH", "SOL"))
    with pytest.raises(TrainingError, match="Unknown symbols: SOL"):
        chosen_series(series, ["SOL"], ("BTC", "ETH", "SOL"))


def test_usual_symbols_may_lack_as_long_as_one_is_there():
    series, _ = read_series(make_frame(**prices(70, ("BTC", "ETH"))), COLUMNS)

    chosen, notices = chosen_series(series, ["ETH", "SOL"], ("BTC", "ETH", "SOL"))

    assert [one.symbol for one in chosen] == ["ETH"]
    assert notices == ["The data hold no SOL; learned without."]


def test_a_flash_low_is_cut_and_other_days_stay():
    columns = prices(90)
    lows = list(columns["low"][1])
    lows[70] *= 0.1

    one = series_of(**columns | {"low": (NUMBER, lows)})

    assert one.low[70] > 0.6 * columns["low"][1][70]
    assert np.allclose(np.delete(one.low, 70), np.delete(lows, 70))


def test_nothing_looks_ahead():
    columns = prices(300)
    one, earlier = series_of(**columns), series_of(**first_days(columns, 200))
    settings = Thresholds()

    for name, values in indicators_of(one).items():
        assert np.array_equal(values[:200], indicators_of(earlier)[name], True), name
    for name, values in margins_of(one.close, settings, 7).items():
        known = margins_of(earlier.close, settings, 7)[name]
        assert np.array_equal(values[:200], known, True), name
    regimes = regimes_of(one.close, settings)
    assert regimes[:200].tolist() == regimes_of(earlier.close, settings).tolist()
    assert one.low[:200].tolist() == earlier.low.tolist()


def test_indicators_are_known_from_the_look_back_on():
    for name, values in indicators_of(series_of(**prices(120))).items():
        assert np.isfinite(values[LOOKBACK:]).all(), name


def test_indicators_are_what_they_are_called():
    close = np.array([10.0, 20.0, 15.0, 25.0, 5.0])

    assert drawdown_of(close).tolist() == [0, 0, -0.25, 0, -0.8]
    assert days_since_peak(close).tolist() == [0, 0, 1, 0, 1]
    rises = np.array([np.nan, *[0.01, -0.01] * 7])
    assert relative_strength(rises)[-1] == pytest.approx(0.5)


def test_garman_klass_is_the_variance_of_a_path():
    one = series_of(**prices(4000, seed=8))
    returns = np.diff(np.log(one.close))

    assert garman_klass(one).mean() == pytest.approx(returns.var(), rel=0.35)


def test_rules_name_the_regimes():
    rise = 100 * 1.006 ** np.arange(100)
    crash = rise[-1] * np.linspace(1, 0.3, 20)
    bottom = np.full(60, crash[-1])
    expansion = bottom[-1] * np.linspace(1, 2, 60)
    close = np.concatenate([rise, crash, bottom, expansion])

    regimes = regimes_of(close, Thresholds())

    assert regimes[10] == CORRECTION  # no trend is known yet
    assert (regimes[35:100] == BULL).all()
    assert (regimes[102:135] == CORRECTION).all()
    assert (regimes[150:180] == BEAR).all()
    assert regimes[-1] == EXPANSION


def test_thresholds_are_parameters():
    close = np.concatenate([np.full(10, 100.0), np.full(60, 70.0)])

    assert BEAR not in regimes_of(close, Thresholds())
    assert regimes_of(close, Thresholds(bear_drawdown=0.3))[-1] == BEAR
    later = Thresholds(bear_drawdown=0.3, bear_days=90)
    assert regimes_of(close, later)[-1] == CORRECTION


@pytest.mark.parametrize(("n_days", "n_held"), [(72, 14), (500, 100), (1400, 280)])
def test_days_aside_keep_their_distance(n_days, n_held):
    days = np.repeat(np.arange(n_days), 2).astype(float)

    learned, held = blocks_aside(days, 0.2, 7)

    assert len(held) == 2 * n_held
    distances = np.abs(days[learned][:, None] - days[held])
    assert distances.min() == 8
