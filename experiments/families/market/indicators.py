"""What is known of a market on each day: every figure looks back, none ahead.

All take one symbol's days in order and return one figure a day; NaN where there are too
few days before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from experiments.families.market.prices import Series

Array = np.ndarray[Any, np.dtype[np.float64]]

DAYS_A_YEAR = 365
#: Days before a day that its indicators look at, beside the peak, which may be older.
LOOKBACK = 60
#: The least variance of a day, where a price did not move.
LEAST_VARIANCE = 1e-8


def rolling(values: Array, size: int) -> Array:
    """Return the windows of `size` days that end on each day, shape (n_days, size)."""
    padded = np.concatenate([np.full(size - 1, np.nan), values])
    return np.lib.stride_tricks.sliding_window_view(padded, size)


def mean_of(values: Array, size: int) -> Array:
    """Return the mean of the last `size` days."""
    means: Array = rolling(values, size).mean(axis=1)
    return means


def change(close: Array, size: int) -> Array:
    """Return by which share the price rose over the last `size` days."""
    rise: Array = np.full(len(close), np.nan)
    rise[size:] = close[size:] / close[:-size] - 1
    return rise


def returns_of(close: Array) -> Array:
    """Return daily logarithmic returns; NaN on the first day."""
    found: Array = np.concatenate([[np.nan], np.diff(np.log(close))])[: len(close)]
    return found


def volatility_of(returns: Array, size: int) -> Array:
    """Return the annualised deviation of the last `size` daily returns."""
    spread: Array = rolling(returns, size).std(axis=1) * np.sqrt(DAYS_A_YEAR)
    return spread


def drawdown_of(close: Array) -> Array:
    """Return how far below its peak so far each price is, as a negative share."""
    fall: Array = close / np.maximum.accumulate(close) - 1
    return fall


def days_since_peak(close: Array) -> Array:
    """Return the days since the highest price so far."""
    places = np.arange(len(close))
    peaks = np.where(close >= np.maximum.accumulate(close), places, 0)
    since: Array = (places - np.maximum.accumulate(peaks)).astype(np.float64)
    return since


def relative_strength(returns: Array, size: int = 14) -> Array:
    """Return the share of rises in all movement of the last days, 0 to 1."""
    windows = rolling(returns, size)
    rises = np.clip(windows, 0, None).sum(axis=1)
    moves = np.abs(windows).sum(axis=1)
    share: Array = np.divide(
        rises, moves, out=np.full_like(rises, 0.5), where=moves > 0
    )
    share[np.isnan(moves)] = np.nan
    return share


def band_position(close: Array, size: int = 20) -> Array:
    """Return how many deviations the price is above the mean of the last days."""
    windows = rolling(close, size)
    spread = np.maximum(windows.std(axis=1), 1e-9 * close)
    position: Array = (close - windows.mean(axis=1)) / spread
    return position


def garman_klass(series: Series) -> Array:
    """Return each day's variance out of its open, high, low and close."""
    ranges = np.log(series.high / series.low) ** 2
    bodies = np.log(series.close / series.open) ** 2
    variance = 0.5 * ranges - (2 * np.log(2) - 1) * bodies
    floored: Array = np.maximum(variance, LEAST_VARIANCE)
    return floored


def indicators_of(series: Series) -> dict[str, Array]:
    """Return the indicators by name, in the order networks take them."""
    close, returns = series.close, returns_of(series.close)
    means = {size: mean_of(close, size) for size in (5, 20, 50)}
    volume = np.log1p(series.volume)
    return {
        "drawdown": drawdown_of(close),
        "days_since_peak": np.log1p(days_since_peak(close)),
        "trend_30": change(close, 30),
        "volatility_5": volatility_of(returns, 5),
        "volatility_20": volatility_of(returns, 20),
        "volatility_60": volatility_of(returns, LOOKBACK),
        "momentum_5": change(close, 5),
        "momentum_20": change(close, 20),
        "strength_14": relative_strength(returns),
        "band_20": band_position(close),
        "average_5_20": means[5] / means[20] - 1,
        "average_20_50": means[20] / means[50] - 1,
        "volume_20": volume - mean_of(volume, 20),
        "high_low": np.log(series.high / series.low),
        "open_close": np.log(series.close / series.open),
    }
