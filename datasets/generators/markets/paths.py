"""Price paths that go through phases: calm rises, corrections, crashes, recoveries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int64]]

#: Prices within a day, out of which its open, high, low and close are taken.
STEPS = 96
#: How much of yesterday's agitation is left today, and how much comes anew.
KEPT, FRESH = 0.94, 0.15


@dataclass(frozen=True)
class Phase:
    """How prices move for a while.

    Parameters
    ----------
    name : str
    drift, spread : float
        Mean and deviation of the logarithmic return of a day.
    length : float
        Days it lasts, on average.
    followers : tuple of float
        How likely each phase comes next, in the order of `PHASES`.
    """

    name: str
    drift: float
    spread: float
    length: float
    followers: tuple[float, float, float, float]


PHASES = (
    Phase("rise", 0.004, 0.02, 90, (0, 0.6, 0.4, 0)),
    Phase("correction", -0.001, 0.03, 60, (0.6, 0, 0.4, 0)),
    Phase("crash", -0.011, 0.04, 80, (0, 0.3, 0, 0.7)),
    Phase("recovery", 0.01, 0.035, 50, (0.7, 0.3, 0, 0)),
)


@dataclass(frozen=True)
class Path:
    """One symbol's days: its phase, prices and volume, each of shape (n_days,)."""

    phases: Codes
    open: Array
    high: Array
    low: Array
    close: Array
    volume: Array


def draw_path(rng: np.random.Generator, n_days: int) -> Path:
    """Draw the days of one symbol, starting anywhere between 1 and 1,000."""
    phases = draw_phases(rng, n_days)
    drift = np.array([phase.drift for phase in PHASES])[phases]
    spread = np.array([phase.spread for phase in PHASES])[phases] * agitation(
        rng, n_days
    )
    # Heavy tails: five degrees of freedom, brought to a variance of 1.
    shocks = rng.standard_t(5, (n_days, STEPS)) / np.sqrt(5 / 3)
    moves = drift[:, None] / STEPS + spread[:, None] * shocks / np.sqrt(STEPS)
    logs = np.log(rng.uniform(1, 1000)) + np.cumsum(moves).reshape(n_days, STEPS)
    opens = np.concatenate([[logs[0, 0] - moves[0, 0]], logs[:-1, -1]])
    inside = np.column_stack([opens, logs])
    turnover = 16 + 0.8 * np.log1p(100 * np.abs(moves.sum(axis=1)))
    return Path(
        phases,
        np.exp(opens),
        np.exp(inside.max(axis=1)),
        np.exp(inside.min(axis=1)),
        np.exp(logs[:, -1]),
        np.exp(turnover + rng.normal(0, 0.3, n_days)).round(),
    )


def draw_phases(rng: np.random.Generator, n_days: int) -> Codes:
    """Draw which phase each day belongs to, as its place in `PHASES`."""
    found: list[int] = []
    place = int(rng.integers(2))
    while len(found) < n_days:
        found += [place] * (1 + int(rng.exponential(PHASES[place].length)))
        place = int(rng.choice(len(PHASES), p=PHASES[place].followers))
    return np.array(found[:n_days])


def agitation(rng: np.random.Generator, n_days: int) -> Array:
    """Draw by what factor prices move more than usual: restless days come together."""
    logs = np.zeros(n_days)
    fresh = rng.normal(0, FRESH, n_days)
    for day in range(1, n_days):
        logs[day] = KEPT * logs[day - 1] + fresh[day]
    factor: Array = np.exp(logs)
    return factor
