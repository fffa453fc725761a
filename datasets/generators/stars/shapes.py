"""How the brightness of each class of star changes, in amplitudes of about 1.

A shape is given the times, the periods a star may have, and chance. It says which
periods there are: none where the word has no meaning for the class.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]

SHORTEST_PERIOD, LONGEST_PERIOD = 0.1, 20.0
CIRCLE = 2 * np.pi


@dataclass(frozen=True)
class Shape:
    """Values at the times that were asked for, and the periods in days."""

    values: Array
    period: float | None = None
    period2: float | None = None


@dataclass(frozen=True)
class Chance:
    """What a shape draws from.

    Parameters
    ----------
    rng : numpy.random.Generator
    span : float
        Days the star is seen for.
    cycles : float
        Times a period has to fit into the span, at least.
    """

    rng: np.random.Generator
    span: float
    cycles: float

    def period(
        self,
        low: float = SHORTEST_PERIOD,
        high: float = LONGEST_PERIOD,
        cycles: float = 0,
    ) -> float:
        """Return a period, drawn evenly in the logarithm."""
        most = min(high, self.span / max(cycles, self.cycles))
        return float(np.exp(self.rng.uniform(np.log(low), np.log(max(most, low)))))

    def phase(self, times: Array, period: float) -> Array:
        """Return where in its cycle a star is, from a drawn start, in cycles."""
        return times / period + self.rng.random()

    def wave(self, times: Array, period: float) -> Array:
        """Return a sine that starts anywhere."""
        return np.sin(CIRCLE * self.phase(times, period))


def sinusoidal(times: Array, chance: Chance) -> Shape:
    """Return one sine, a little bent."""
    period = chance.period()
    angle = CIRCLE * chance.phase(times, period)
    return Shape(np.sin(angle + chance.rng.uniform(0, 0.15) * np.sin(angle)), period)


def double_dip(times: Array, chance: Chance) -> Shape:
    """Return two dips a cycle, one deeper than the other."""
    period = chance.period()
    angle = CIRCLE * chance.phase(times, period)
    tilt = chance.rng.uniform(0.2, 0.6)
    shift = chance.rng.uniform(-0.6, 0.6)
    return Shape(np.cos(2 * angle) + tilt * np.cos(angle + shift), period)


def shape_changer(times: Array, chance: Chance) -> Shape:
    """Return one dip a cycle that becomes two, or two that become one."""
    rng, period = chance.rng, chance.period()
    angle = CIRCLE * chance.phase(times, period)
    share = rng.uniform(0, 0.2) + rng.uniform(0.6, 0.8) * times / chance.span
    if rng.random() < 0.5:
        share = 1 - share
    second = np.cos(2 * angle + rng.uniform(0, CIRCLE))
    return Shape((1 - share) * np.cos(angle) + share * second, period)


def beater(times: Array, chance: Chance) -> Shape:
    """Return two sines too close to be told apart: they swell and fade together."""
    rng, period = chance.rng, chance.period(cycles=6)
    away = rng.uniform(0.7, 1.3) / chance.span
    other = 1 / (1 / period + away)
    weight = rng.uniform(0.75, 1)
    return Shape(chance.wave(times, period) + weight * chance.wave(times, other))


def complex_peak(times: Array, chance: Chance) -> Shape:
    """Return four or five sines, close together, around the period."""
    rng, period = chance.rng, chance.period(cycles=10)
    count = int(rng.integers(4, 6))
    away = np.linspace(-1.8, 1.8, count) + rng.uniform(-0.2, 0.2, count)
    weights = rng.uniform(0.6, 1, count)
    waves = [
        weight * chance.wave(times, 1 / (1 / period + shift / chance.span))
        for weight, shift in zip(weights, away, strict=True)
    ]
    return Shape(np.sum(waves, axis=0) / 2, period)


def close_peaks(times: Array, chance: Chance) -> Shape:
    """Return two sines that are close and yet can be told apart; the larger first."""
    rng, period = chance.rng, chance.period(cycles=15)
    away = rng.uniform(3, 0.25 * chance.span / period)
    other = 1 / (1 / period + rng.choice([-1, 1]) * away / chance.span)
    return _two(times, chance, period, float(other))


def distant_peaks(times: Array, chance: Chance) -> Shape:
    """Return two sines whose periods have nothing to do with each other."""
    rng = chance.rng
    period = chance.period(low=SHORTEST_PERIOD * 2)
    ratio = rng.integers(1, 4) + rng.uniform(0.3, 0.7)
    other = period / ratio
    if other < SHORTEST_PERIOD:
        period, other = period * ratio, period
    return _two(times, chance, *rng.permutation([period, other]).tolist())


def _two(times: Array, chance: Chance, period: float, other: float) -> Shape:
    weight = chance.rng.uniform(0.5, 0.85)
    waves = chance.wave(times, period) + weight * chance.wave(times, other)
    return Shape(waves, period, other)


def eclipsing(times: Array, chance: Chance) -> Shape:
    """Return two eclipses a cycle, flat between them."""
    rng, period = chance.rng, chance.period(low=0.3)
    phase = chance.phase(times, period)
    width = rng.uniform(0.03, 0.1)
    depth = rng.uniform(0.25, 0.9)
    dips = _dip(phase, 0.0, width) + depth * _dip(phase, 0.5, width)
    bulge = rng.uniform(0, 0.1) * np.cos(2 * CIRCLE * phase)
    return Shape(-2 * dips - bulge, period)


def pulsator(times: Array, chance: Chance) -> Shape:
    """Return a saw: up fast, down slowly, at short periods."""
    rng, period = chance.rng, chance.period(high=1.5)
    phase = chance.phase(times, period) % 1
    rise = rng.uniform(0.1, 0.25)
    up, down = phase / rise, (1 - phase) / (1 - rise)
    return Shape(2 * np.minimum(up, down) ** rng.uniform(1, 1.6) - 1, period)


def burster(times: Array, chance: Chance) -> Shape:
    """Return outbursts at any time that fade away."""
    rng = chance.rng
    count = int(rng.integers(3, 4 + int(chance.span / 2)))
    starts = rng.uniform(-0.2, chance.span, count)[:, None]
    fading = rng.uniform(0.15, 0.8, count)[:, None]
    since = times - starts
    risen = np.clip(since / 0.05, 0, 1)
    each = rng.uniform(0.7, 2.5, count)[:, None]
    bursts = each * risen * np.exp(-np.maximum(since, 0) / fading)
    return Shape(bursts.sum(axis=0))


def dipper(times: Array, chance: Chance) -> Shape:
    """Return dips of any depth, at any time."""
    rng = chance.rng
    count = int(rng.integers(3, 4 + int(chance.span / 2)))
    middles = rng.uniform(0, chance.span, count)[:, None]
    widths = rng.uniform(0.1, 0.4, count)[:, None]
    depths = rng.uniform(0.7, 2.5, count)[:, None]
    dips = depths * np.exp(-0.5 * ((times - middles) / widths) ** 2)
    return Shape(-dips.sum(axis=0))


def corotating(times: Array, chance: Chance) -> Shape:
    """Return three to five sharp features that stay where they are in the cycle."""
    rng, period = chance.rng, chance.period(high=4.0)
    phase = chance.phase(times, period)
    count = int(rng.integers(3, 6))
    places = np.arange(count) / count + rng.uniform(-0.3, 0.3, count) / count
    widths = rng.uniform(0.06, 0.14, count)
    heights = rng.uniform(0.6, 1.6, count) * rng.choice([-1, -1, 1], count)
    features = zip(places, widths, heights, strict=True)
    parts = [height * _dip(phase, place, width) for place, width, height in features]
    return Shape(np.sum(parts, axis=0), period)


def trend(times: Array, chance: Chance) -> Shape:
    """Return a change that does not come back while it is watched."""
    rng, along = chance.rng, times / chance.span
    bend = rng.uniform(-0.6, 0.6)
    line = 2 * along - 1 + bend * (4 * (along - 0.5) ** 2 - 1)
    return Shape(line * rng.choice([-1.0, 1.0]))


def stochastic(times: Array, chance: Chance) -> Shape:
    """Return a walk at random that is drawn back: no period, no trend."""
    rng = chance.rng
    memory = rng.uniform(0.1, 1.0)
    steps = np.diff(times, prepend=times[0])
    kept = np.exp(-steps / memory)
    pushes = rng.normal(size=len(times)) * np.sqrt(1 - kept**2)
    values, value = np.empty(len(times)), float(rng.normal())
    for place, (keep, push) in enumerate(zip(kept, pushes, strict=True)):
        value = value * keep + push
        values[place] = value
    return Shape(values)


def _dip(phase: Array, middle: float, width: float) -> Array:
    """Return 1 at the middle of a feature of the cycle, 0 away from it."""
    away = (phase - middle + 0.5) % 1 - 0.5
    return np.exp(-((np.abs(away) / (width / 2)) ** 3) / 2)


#: The classes by name, in the order people know them.
SHAPES: dict[str, Callable[[Array, Chance], Shape]] = {
    "sinusoidal": sinusoidal,
    "double dip": double_dip,
    "shape changer": shape_changer,
    "beater": beater,
    "beater/complex peak": complex_peak,
    "resolved close peaks": close_peaks,
    "resolved distant peaks": distant_peaks,
    "eclipsing binaries": eclipsing,
    "pulsator": pulsator,
    "burster": burster,
    "dipper": dipper,
    "co-rotating optically thin material": corotating,
    "long term trend": trend,
    "stochastic": stochastic,
}
