"""Lomb–Scargle periodograms of uneven light curves, and the periods they propose.

The strongest wave is taken out of a curve before the next one is looked for, so that
neither its side lobes nor its harmonics are taken for periods of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import nifty_ls
import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

#: Log-spaced periods the network is shown.
LENGTH = 512
#: Waves that are taken out one after another.
WAVES = 3
#: Frequencies computed for each that can be told apart, and at most.
FINENESS, MOST_FREQUENCIES = 5, 100_000
#: What the strongest waves are multiplied by to make candidates: a wave may be a
#: harmonic of the period, as it is where a star has two unequal eclipses.
MULTIPLES: tuple[tuple[int, float], ...] = (
    (0, 1.0), (0, 2.0), (0, 0.5), (0, 3.0), (0, 4.0),
    (1, 1.0), (1, 2.0), (2, 1.0),
)  # fmt: skip
N_CANDIDATES = len(MULTIPLES)


@dataclass(frozen=True)
class Periodogram:
    """What the frequencies of one star tell.

    Parameters
    ----------
    shown : array of float, shape (2, LENGTH)
        The greatest power around each log-spaced period, of the curve, and of what is
        left of it without its strongest wave, both as shares of the curve's variance;
        0 where a curve is too short to tell.
    periods : array of float, shape (WAVES,)
        The periods of the strongest waves, in days.
    powers : array of float, shape (WAVES,)
        Which share of the variance, of what was left each time, they are.
    """

    shown: Array
    periods: Array
    powers: Array

    @property
    def candidates(self) -> Array:
        """The periods that may be the star's own, shape (N_CANDIDATES,)."""
        return np.array([self.periods[wave] * times for wave, times in MULTIPLES])


def periodogram(
    times: Array,
    values: Array,
    shortest: float,
    longest: float,
    weights: Array | None = None,
) -> Periodogram:
    """Return the periodogram of one star.

    Parameters
    ----------
    times : array of float, shape (n_points,)
        In days, ascending.
    values : array of float, shape (n_points,)
    shortest, longest : float
        Periods in days between which is looked and shown.
    weights : array of float, shape (n_points,), optional
        How much each measurement counts; all the same unless said.
    """
    weights = np.ones(len(values)) if weights is None else weights
    frequencies = _frequencies(float(times[-1] - times[0]), shortest, longest)
    left = values - np.average(values, weights=weights)
    whole, shown = float(left.var()), []
    periods, powers = np.empty(WAVES), np.empty(WAVES)
    for wave in range(WAVES):
        power = _power(times, left, weights, frequencies)
        if wave < 2:
            share = float(left.var()) / max(whole, 1e-12)
            shown.append(share * _shown(frequencies, power, shortest, longest))
        frequency, powers[wave] = _peak(frequencies, power)
        periods[wave] = 1 / frequency
        left = _without(times, left, weights, frequency)
    return Periodogram(np.stack(shown), periods, powers)


def shown_periods(shortest: float, longest: float) -> Array:
    """Return the periods a shown periodogram is about, in days, shape (LENGTH,)."""
    edges = np.geomspace(shortest, longest, LENGTH + 1)
    return np.sqrt(edges[:-1] * edges[1:])


def _frequencies(span: float, shortest: float, longest: float) -> Array:
    """Return evenly spaced frequencies, as fine as the span of a curve allows."""
    highest = 1 / shortest
    lowest = min(max(1 / longest, 0.5 / max(span, 1e-9)), highest / 2)
    wanted = int(FINENESS * span * (highest - lowest)) + 2
    return np.linspace(lowest, highest, min(max(wanted, 64), MOST_FREQUENCIES))


def _power(times: Array, values: Array, weights: Array, frequencies: Array) -> Array:
    """Return the share of the variance that a wave of each frequency explains."""
    if not values.any():
        return np.zeros(len(frequencies))
    found = nifty_ls.lombscargle(
        times,
        values,
        weights**-0.5,
        fmin=float(frequencies[0]),
        fmax=float(frequencies[-1]),
        Nf=len(frequencies),
        fit_mean=False,  # the mean was taken off: half of the time is saved
        backend="finufft",
        nthreads=1,
        finufft_kwargs={"eps": 1e-6},
    )
    return np.clip(np.nan_to_num(found.power), 0, 1)


def _shown(frequencies: Array, power: Array, shortest: float, longest: float) -> Array:
    """Return the greatest power within each log-spaced step of the period."""
    edges = 1 / np.geomspace(shortest, longest, LENGTH + 1)[::-1]
    middles = np.sqrt(edges[:-1] * edges[1:])
    shown = np.interp(middles, frequencies, power, left=0.0)
    places = np.searchsorted(frequencies, edges)
    filled = np.flatnonzero(places[1:] > places[:-1])
    if len(filled):
        greatest = np.maximum.reduceat(power, places[:-1][filled])
        # Beyond the last filled step `reduceat` would go on to the end: it is the end.
        shown[filled] = greatest
    return shown[::-1]


def _peak(frequencies: Array, power: Array) -> tuple[float, float]:
    """Return the frequency with the greatest power, between those computed."""
    place = int(power.argmax())
    if not 0 < place < len(power) - 1:
        return float(frequencies[place]), float(power[place])
    before, here, after = power[place - 1 : place + 2]
    bend = before - 2 * here + after
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    step = frequencies[1] - frequencies[0]
    return float(frequencies[place] + shift * step), float(here)


def _without(times: Array, values: Array, weights: Array, frequency: float) -> Array:
    """Return values without the wave of a frequency that fits them best."""
    angle = 2 * np.pi * frequency * times
    waves = np.column_stack([np.cos(angle), np.sin(angle), np.ones(len(times))])
    root = np.sqrt(weights)
    found = np.linalg.lstsq(waves * root[:, None], values * root, rcond=None)[0]
    rest: Array = values - waves @ found
    return rest
