"""Transit curves drawn from period, duration, depth and impact, for network and page.

Time runs on a logarithmic axis to both sides of the middle of a transit, from seconds
to centuries, so that a transit of an hour and one of three days both have their width,
and the next transits, at the period and its multiples, are on the axis too. Every
sample is the deepest flux of its bin: a dip narrower than a bin keeps its depth.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

CURVE_LENGTH = 2001
#: Hours: the ends of the axis to one side; the sample in the middle is time 0.
SHORTEST, LONGEST = 0.01, 1e7
#: So many samples to one side lie within these hours of the middle, where the dip is:
#: a duration is told from one that is a fifth longer.
NEAR, NEAR_HOURS = 700, 50.0
#: Depths, in ppm, are drawn as log10(1 + depth / FAINT) / DECADES: 100 ppm as 0.15,
#: 1 % as 0.6 and a total eclipse as 1.
FAINT, DECADES = 50.0, np.log10(1 + 1e6 / 50.0)
HOURS_A_DAY = 24.0


def curve_edges() -> Array:
    """Return the ends of the bins to one side, in hours, shape (1001,)."""
    far = CURVE_LENGTH // 2 - NEAR
    near = np.geomspace(SHORTEST, NEAR_HOURS, NEAR + 1)
    return np.concatenate([near, np.geomspace(NEAR_HOURS, LONGEST, far + 1)[1:]])


def flat_share(depth: Array, impact: Array) -> Array:
    """Return which share of a transit is spent wholly before the star.

    Parameters
    ----------
    depth : array of float, shape (n_samples,)
        In ppm; its root is the ratio of the radii.
    impact : array of float, shape (n_samples,)
        0 crosses the middle of the star; a grazing one is never wholly before it.
    """
    ratio = np.sqrt(np.clip(depth, 0, 9e5) / 1e6)
    inner = (1 - ratio) ** 2 - impact**2
    outer = np.maximum((1 + ratio) ** 2 - impact**2, 1e-9)
    share: Array = np.sqrt(np.clip(inner / outer, 0, 1))
    return share


def transit_curves(
    period: Array, duration: Array, depth: Array, impact: Array
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return the curves of transits, 0 outside them and negative within.

    Parameters
    ----------
    period, duration, depth, impact : array of float, shape (n_samples,)
        In days, hours, ppm and stellar radii.

    Returns
    -------
    array of float, shape (n_samples, 2001)
    """
    # Rows that break the contract come here where a model is tried on extremes.
    period, depth = np.maximum(period, SHORTEST / HOURS_A_DAY), np.maximum(depth, 0)
    edges = curve_edges()
    half = (duration / 2)[:, None]
    flat = half * flat_share(depth, impact)[:, None]
    away = _nearest(edges[:-1], edges[1:], (period * HOURS_A_DAY)[:, None])
    # From the edge of the dip, where it is 0, to the flat part, where it is 1.
    slope = np.maximum(half - flat, 1e-9)
    share = np.clip((half - away) / slope, 0, 1)
    side = -np.log10(1 + depth[:, None] * share / FAINT) / DECADES
    middle = -np.log10(1 + depth[:, None] / FAINT) / DECADES
    curves = np.concatenate([side[:, ::-1], middle, side], axis=1)
    return curves.astype(np.float32)


def flux_lost(curve: float) -> float:
    """Return how much light lacks where a curve has this value, in ppm."""
    return float(FAINT * (10 ** (-curve * DECADES) - 1))


def _nearest(start: Array, stop: Array, period: Array) -> Array:
    """Return how close each bin comes to the middle of a transit, in hours."""
    holds_one = np.floor(stop / period) > np.floor(start / period)
    ends = [np.abs(end - period * np.round(end / period)) for end in (start, stop)]
    return np.where(holds_one, 0.0, np.minimum(*ends))
