"""When a star is looked at: sessions with breaks between them, or clear nights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

SHORTEST_SPAN = 5.0
MOST_POINTS = 1500
FEWEST_POINTS = 60
#: Share of the days that are clear, and of a day that is night.
CLEAR, NIGHT = 0.7, 0.35


@dataclass(frozen=True)
class Observation:
    """The times of one star, in days from the first, and which session each is of."""

    times: Array
    sessions: np.ndarray[Any, np.dtype[np.int64]]

    @property
    def span(self) -> float:
        """Days from the first to the last measurement."""
        return float(self.times[-1] - self.times[0])


def observe(
    rng: np.random.Generator, longest_span: float, a_day: int, from_ground: bool
) -> Observation:
    """Return when a star was measured.

    Parameters
    ----------
    rng : numpy.random.Generator
    longest_span : float
        Days; spans are drawn from 5 days to this, evenly in the logarithm.
    a_day : int
        Measurements in a day of observing.
    from_ground : bool
        Whether only clear nights count.
    """
    span = np.exp(rng.uniform(np.log(SHORTEST_SPAN), np.log(longest_span)))
    windows = _nights(rng, span) if from_ground else _sessions(rng, span)
    length = windows[:, 1] - windows[:, 0]
    size = int(np.clip(a_day * length.sum(), FEWEST_POINTS, MOST_POINTS))
    # As if all windows lay end to end: evenly spaced, each time a little off.
    step = length.sum() / size
    along = (np.arange(size) + rng.uniform(0.2, 0.8, size)) * step
    ends = np.cumsum(length)
    sessions = np.minimum(np.searchsorted(ends, along), len(ends) - 1)
    times = windows[sessions, 0] + along - (ends - length)[sessions]
    return Observation(times - times[0], sessions)


def _sessions(rng: np.random.Generator, span: float) -> Array:
    """Return 2 to 4 windows that fill 60 to 95 % of a span."""
    count = int(rng.integers(2, 5))
    seen = rng.uniform(0.6, 0.95) * span * rng.dirichlet(np.full(count, 8.0))
    idle = (span - seen.sum()) * rng.dirichlet(np.full(count - 1, 2.0))
    starts = np.concatenate([[0.0], np.cumsum(seen[:-1] + idle)])
    return np.column_stack([starts, starts + seen])


def _nights(rng: np.random.Generator, span: float) -> Array:
    """Return the clear nights of a span, the first and the last among them."""
    days = np.arange(max(2, int(span)), dtype=float)
    clear = rng.random(len(days)) < CLEAR
    clear[[0, -1]] = True
    starts = days[clear] + rng.uniform(0, 0.05, int(clear.sum()))
    return np.column_stack([starts, starts + NIGHT])
