"""Transits of planets, eclipses of binaries, and noise that looks like either.

Durations follow from period, star and impact parameter as for a circular orbit; the
signal-to-noise ratio from depth, duration and brightness over four years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasets.generators.transits.parameters import TransitsParameters

    Array = np.ndarray[Any, np.dtype[np.float64]]
    Table = dict[str, Array]

VERDICTS = ("CANDIDATE", "CONFIRMED", "FALSE POSITIVE")
EARTHS_A_SUN = 109.076
SUN_KELVIN, SUN_LOGG = 5772.0, 4.44
#: Days that a star is watched, and noise in an hour of one of magnitude 11, in ppm.
WATCHED, NOISE = 1400.0, 60.0
#: Of what was measured, the error in the logarithm.
BLUR = 0.05


def generate(parameters: TransitsParameters) -> Iterator[pl.DataFrame]:
    """Yield the objects of all verdicts, mixed, one a row."""
    rng = np.random.default_rng(parameters.seed)
    size = parameters.n_per_class
    false = round(parameters.undecided * size)
    parts = [
        _planets(rng, size - false),
        _false(rng, false, parameters.binaries),
        _planets(rng, size),
        _false(rng, size, parameters.binaries),
    ]
    rows = pl.concat([pl.DataFrame(part) for part in parts])
    rows = rows.with_columns(pl.all().round_sig_figs(6))
    labels = pl.Series("label", np.repeat(VERDICTS, size))
    yield rows.with_columns(labels)[rng.permutation(3 * size)]


def _planets(rng: np.random.Generator, size: int) -> Table:
    star = _stars(rng, size)
    radius = np.exp(rng.normal(np.log(2.2), 0.6, size)).clip(0.5, 22)
    depth = (radius / EARTHS_A_SUN / star["srad"]) ** 2 * 1e6
    period = np.exp(rng.normal(np.log(10), 1.1, size)).clip(0.4, 500)
    return _observed(rng, star, period, depth, rng.uniform(0, 0.9, size), np.ones(size))


def _false(rng: np.random.Generator, size: int, binaries: float) -> Table:
    star = _stars(rng, size)
    is_binary = rng.random(size) < binaries
    deep = np.exp(rng.normal(np.log(20_000), 1.2, size)).clip(500, 800_000)
    shallow = np.exp(rng.normal(np.log(200), 0.8, size)).clip(20, 5000)
    period = np.exp(rng.normal(np.log(np.where(is_binary, 4, 40)), 1.2)).clip(0.3, 700)
    grazing = np.where(is_binary, rng.uniform(0.5, 1.2, size), rng.uniform(0, 1, size))
    odd = np.where(is_binary, 1.0, np.exp(rng.normal(0, 0.7, size)))
    depth = np.where(is_binary, deep, shallow)
    return _observed(rng, star, period, depth, grazing, odd)


def _stars(rng: np.random.Generator, size: int) -> Table:
    heat = rng.normal(5600, 700, size).clip(2900, 9500)
    radius = (heat / SUN_KELVIN) ** 1.3 * np.exp(rng.normal(0, 0.2, size))
    gravity = SUN_LOGG - np.log10(radius) + rng.normal(0, 0.05, size)
    brightness = rng.normal(12.5, 1.4, size).clip(5, 17)
    return {"steff": heat, "srad": radius, "slogg": gravity, "tmag": brightness}


def _observed(
    rng: np.random.Generator,
    star: Table,
    period: Array,
    depth: Array,
    impact: Array,
    stretch: Array,
) -> Table:
    """Return what is measured of transits; `stretch` makes durations odd."""
    # The distance in radii of the star; its density goes with its gravity and size.
    away = 4.2 * period ** (2 / 3) * (10 ** (star["slogg"] - SUN_LOGG)) ** (1 / 3)
    away /= star["srad"] ** (1 / 3)
    ratio = np.sqrt(depth / 1e6)
    chord = np.sqrt(np.maximum((1 + ratio) ** 2 - impact**2, 0.01))
    hours = 24 * period / np.pi * np.arcsin(np.minimum(chord / away, 1)) * stretch
    noise = NOISE * 10 ** (0.2 * (star["tmag"] - 11))
    snr = depth / noise * np.sqrt(np.maximum(hours, 0.3) * WATCHED / period)
    blurred = (_blurred(rng, values) for values in (hours, depth, snr))
    return dict(
        zip(("duration", "depth", "snr"), blurred, strict=True),
        period=period,
        impact=impact,
        **star,
    )


def _blurred(rng: np.random.Generator, values: Array) -> Array:
    return values * np.exp(rng.normal(0, BLUR, len(values)))
