"""Light curves folded at many periods at once, and resampled to an even grid."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

#: Steps of the cycle of a folded curve, and points of a resampled one.
BINS, POINTS = 200, 1024
#: Empty bins take the mean of so many around them, the fewest that hold a point.
REACHES = (1, 3, 9, 27)
#: A running sum of weights is never quite 0 again.
NOTHING = 1e-9
#: A smoothed curve is the mean over so many bins; its lowest point comes first.
SMOOTHED = 9


def fold(
    times: Array, values: Array, periods: Array, weights: Array | None = None
) -> tuple[Array, Array]:
    """Fold a curve at every period, in one pass over all of them.

    Parameters
    ----------
    times, values : array of float, shape (n_points,)
    periods : array of float, shape (n_periods,)
    weights : array of float, shape (n_points,), optional
        How much each measurement counts; all the same unless said.

    Returns
    -------
    folded : array of float, shape (n_periods, BINS)
        Mean values along the cycle; the lowest point of the smoothed curve is first.
    scatter : array of float, shape (n_periods,)
        Which share of the variance is left around the smoothed curve.
    """
    weights = np.ones(len(values)) if weights is None else weights
    phases = (times[None, :] / periods[:, None]) % 1.0
    bins = np.minimum((phases * BINS).astype(np.int64), BINS - 1)
    flat = (bins + BINS * np.arange(len(periods))[:, None]).ravel()
    size = len(periods) * BINS
    sums, counts = (
        np.bincount(flat, np.tile(summed, len(periods)), minlength=size)
        .astype(float)
        .reshape(-1, BINS)
        for summed in (values * weights, weights)
    )
    folded = _filled(sums, counts)
    smooth = _around(folded, SMOOTHED) / SMOOTHED
    rest = values[None, :] - np.take_along_axis(smooth, bins, axis=1)
    middle = np.average(values, weights=weights)
    whole = float(np.average((values - middle) ** 2, weights=weights))
    scatter = np.average(rest**2, axis=1, weights=weights) / max(whole, 1e-12)
    turned = (np.arange(BINS) + smooth.argmin(axis=1)[:, None]) % BINS
    return np.take_along_axis(folded, turned, axis=1), scatter


def resample(times: Array, values: Array) -> tuple[Array, Array]:
    """Bring a curve to an even grid over its span.

    Returns
    -------
    values : array of float, shape (POINTS,)
        Between measurements on a straight line; 0 where there are none.
    mask : array of float, shape (POINTS,)
        1 where the curve was measured, 0 in its gaps.
    """
    span = max(float(times[-1] - times[0]), 1e-9)
    grid = np.linspace(times[0], times[-1], POINTS)
    after = np.searchsorted(times, grid).clip(1, len(times) - 1)
    gap = times[after] - times[after - 1]
    usual = float(np.median(np.diff(times)))
    mask = (gap <= max(5 * usual, 3 * span / POINTS)).astype(float)
    return np.interp(grid, times, values) * mask, mask


def _filled(sums: Array, counts: Array) -> Array:
    """Return the means of bins; empty ones take the mean of their neighbourhood."""
    means = np.zeros_like(sums)
    empty = np.ones(sums.shape, dtype=bool)
    for reach in REACHES:
        total, number = _around(sums, reach), _around(counts, reach)
        found = empty & (number > NOTHING)
        means[found] = total[found] / number[found]
        empty &= ~found
    return means


def _around(values: Array, width: int) -> Array:
    """Return the sum of so many bins around each; the last is beside the first."""
    if width == 1:
        return values
    half = width // 2
    ends = np.concatenate([values[:, -half - 1 :], values, values[:, :half]], axis=1)
    running = np.cumsum(ends, axis=1)
    return running[:, width:] - running[:, :-width]
