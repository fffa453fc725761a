"""How good a forecast of volatility is: QLIKE, and which of two is better."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

#: Forecasts below this, a year, are taken as this.
LEAST = 1e-4
#: Losses of so many rows after a row go along with its own: seven days of three
#: symbols, whose targets share days.
LAGS = 21


def losses(y: Array, predicted: Array) -> Array:
    """Return the QLIKE of each forecast: 0 where it is right, on variances.

    Too low a forecast costs more than too high a one. Forecasts are ranked by it as by
    the true variance, although only an estimate of that is known (Patton 2011).
    """
    ratio = (y / np.maximum(predicted, LEAST)) ** 2
    found: Array = ratio - np.log(np.maximum(ratio, LEAST**2)) - 1
    return found


def scores(y: Array, predicted: Array) -> dict[str, float | None]:
    """Return the mean QLIKE."""
    return {"qlike": float(losses(y, predicted).mean())}


def compare(y: Array, ours: Array, theirs: Array) -> float:
    """Return the probability of such losses if our forecasts are no better.

    Diebold and Mariano's test, one-sided, on rows in the order of time.
    """
    from scipy.stats import norm  # noqa: PLC0415 -- heavy import

    gains = losses(y, theirs) - losses(y, ours)
    spread = long_run_variance(gains)
    if spread <= 0:
        return 1.0 if gains.mean() <= 0 else 0.0
    return float(norm.sf(gains.mean() / np.sqrt(spread / len(gains))))


def long_run_variance(values: Array) -> float:
    """Return the variance of the mean of neighbours that go together, times n.

    Newey and West's weights keep it positive.
    """
    centred = values - values.mean()
    lags = min(LAGS, len(values) - 1)
    total = float(centred @ centred)
    for lag in range(1, lags + 1):
        total += 2 * (1 - lag / (lags + 1)) * float(centred[lag:] @ centred[:-lag])
    return total / len(values)
