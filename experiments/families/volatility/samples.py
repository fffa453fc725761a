"""Samples of the volatility family: moves of the last days, and how large those to come
are.

Volatilities are a year's, of daily returns; in samples they are logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from datasets.tables import ColumnType
from experiments.families.market.indicators import (
    DAYS_A_YEAR,
    LEAST_VARIANCE,
    LOOKBACK,
    drawdown_of,
    garman_klass,
    mean_of,
    returns_of,
)
from experiments.families.market.windows import MarketAssembler
from experiments.families.volatility.declaration import HORIZONS, target_name

if TYPE_CHECKING:
    from experiments.families.market.prices import Array, Series

SHOWN = (
    "returns", "range_1", "range_7", "range_30", "range_60", "falls", "volume_20",
    "drawdown", "realised_7",
)  # fmt: skip
#: What log-HAR looks at: volatility of a day, a week and a month.
HAR = ("range_1", "range_7", "range_30")


@dataclass(frozen=True)
class VolatilityAssembler(MarketAssembler):
    """Shows returns, ranges and volatilities of the last days."""

    names: ClassVar[tuple[str, ...]] = SHOWN
    target_types: ClassVar = {target_name(h): ColumnType.NUMBER for h in HORIZONS}

    def sequences(self, series: Series) -> dict[str, Array]:
        """Return what is known of each day."""
        returns, variance = returns_of(series.close), garman_klass(series)
        volume = np.log1p(series.volume)
        return {
            "returns": returns,
            "range_1": logarithm(variance),
            "range_7": logarithm(mean_of(variance, 7)),
            "range_30": logarithm(mean_of(variance, 30)),
            "range_60": logarithm(mean_of(variance, LOOKBACK)),
            "falls": mean_of(np.minimum(returns, 0), 7),
            "volume_20": volume - mean_of(volume, 20),
            "drawdown": drawdown_of(series.close),
            "realised_7": logarithm(mean_of(returns**2, 7)),
        }

    def targets(self, series: Series) -> dict[str, Any]:
        """Return the volatility over the next days, for each horizon."""
        return {
            target_name(horizon): ahead_of(series, horizon)[: -self.ahead]
            for horizon in HORIZONS
        }


def ahead_of(series: Series, horizon: int) -> Array:
    """Return the volatility of the days after each; NaN where they are not known yet.

    Over several days it is that of the daily returns; over one day, whose return says
    little, that of its range (Garman-Klass).
    """
    daily = garman_klass(series) if horizon == 1 else returns_of(series.close) ** 2
    following = np.concatenate([daily[1:], np.full(horizon, np.nan)])
    windows = np.lib.stride_tricks.sliding_window_view(following, horizon)
    means = np.maximum(windows[: len(daily)].mean(axis=1), LEAST_VARIANCE)
    volatility: Array = np.sqrt(means * DAYS_A_YEAR)
    return volatility


def logarithm(variance: Array) -> Array:
    """Return the logarithm of the yearly volatility that daily variances make."""
    found: Array = np.log(np.maximum(variance, LEAST_VARIANCE) * DAYS_A_YEAR) / 2
    return found
