"""Where a regime begins."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """Where a regime begins; shares of the price, volatility a year.

    Parameters
    ----------
    bear_drawdown : float
        A bear market is at least as far below the peak, …
    bear_days : int
        … for more than so many days.
    expansion_rise : float
        An expansion rises by at least this in 30 days, out of a bear's drawdown.
    bull_drawdown, bull_volatility, bull_trend : float
        A bull market is less far below the peak, moves less, and rises more in 30 days.
    """

    bear_drawdown: float = 0.5
    bear_days: int = 30
    expansion_rise: float = 0.3
    bull_drawdown: float = 0.2
    bull_volatility: float = 0.6
    bull_trend: float = 0.1
