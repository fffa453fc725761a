"""Which regime a market is in on each day, by rules that look back only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.families.market.indicators import (
    DAYS_A_YEAR,
    change,
    drawdown_of,
    returns_of,
    volatility_of,
)

if TYPE_CHECKING:
    from experiments.families.regime.thresholds import Thresholds

Array = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]

#: In the order of the alphabet, as labels are coded everywhere.
REGIMES = ("Bear Market", "Bull Market", "Correction", "Expansion")
BEAR, BULL, CORRECTION, EXPANSION = range(len(REGIMES))
#: Days over which trend, rise and volatility are taken.
DAYS = 30
#: The least move of a price that is reckoned with.
LEAST_MOVE = 0.005


def regimes_of(close: Array, thresholds: Thresholds) -> Codes:
    """Return the regime of each day as its place in `REGIMES`.

    The rules are tried in this order: bear market, expansion, bull market, correction.
    """
    drawdown, rise = drawdown_of(close), change(close, DAYS)
    volatility = volatility_of(returns_of(close), DAYS)
    is_deep = drawdown <= -thresholds.bear_drawdown
    is_bear = days_in_a_row(is_deep) > thresholds.bear_days
    is_rising = rise >= thresholds.expansion_rise
    is_expansion = is_rising & was_since_peak(is_deep, drawdown)
    is_bull = (
        (drawdown > -thresholds.bull_drawdown)
        & (volatility < thresholds.bull_volatility)
        & (rise > thresholds.bull_trend)
    )
    conditions = [is_bear, is_expansion, is_bull]
    return np.select(conditions, [BEAR, EXPANSION, BULL], CORRECTION).astype(np.int64)


def margins_of(close: Array, thresholds: Thresholds, ahead: int) -> dict[str, Array]:
    """Return how far the rules of some days ahead are from changing their answer.

    Where the price stayed as it is, part of what the rules will look at is known today.
    The distance from each threshold is told in usual moves of that many days.

    Parameters
    ----------
    close : array of float, shape (n_days,)
    thresholds : Thresholds
    ahead : int
    """
    returns, drawdown = returns_of(close), drawdown_of(close)
    kept = max(2, DAYS - ahead)
    move = volatility_of(returns, DAYS) * np.sqrt(ahead / DAYS_A_YEAR)
    move = np.maximum(move, LEAST_MOVE)
    rise = np.log1p(change(close, kept))
    is_deep = drawdown <= -thresholds.bear_drawdown
    left = thresholds.bear_days - days_in_a_row(is_deep) * is_deep
    return {
        "to_bear": np.log((1 + drawdown) / (1 - thresholds.bear_drawdown)) / move,
        "days_to_bear": np.clip(left / max(ahead, 1), -3, 3),
        "was_deep": was_since_peak(is_deep, drawdown).astype(np.float64),
        "to_expansion": (rise - np.log1p(thresholds.expansion_rise)) / move,
        "to_bull": np.log((1 + drawdown) / (1 - thresholds.bull_drawdown)) / move,
        "to_calm": volatility_of(returns, kept) / thresholds.bull_volatility - 1,
        "to_trend": (rise - np.log1p(thresholds.bull_trend)) / move,
    }


def days_in_a_row(holds: np.ndarray[Any, np.dtype[np.bool_]]) -> Codes:
    """Return for how many days a condition has held without a break."""
    places = np.arange(1, len(holds) + 1)
    broken = np.maximum.accumulate(np.where(holds, 0, places))
    return places - broken


def was_since_peak(
    is_deep: np.ndarray[Any, np.dtype[np.bool_]], drawdown: Array
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return whether a condition held on any day since the last peak."""
    places = np.arange(1, len(is_deep) + 1)
    held = np.maximum.accumulate(np.where(is_deep, places, 0))
    peaked = np.maximum.accumulate(np.where(drawdown >= 0, places, 0))
    return held > peaked
