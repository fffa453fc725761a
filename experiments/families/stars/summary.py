"""A star in three dozen numbers: moments of its flux, and what its periods explain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.families.stars.periodograms import N_CANDIDATES, WAVES

if TYPE_CHECKING:
    from experiments.families.stars.periodograms import Periodogram

    Array = np.ndarray[Any, np.dtype[np.float64]]

PERCENTILES = (1, 5, 25, 75, 95, 99)
MOMENTS = (
    "log_span", "log_points", "log_spread", "log_noise", "skewness", "kurtosis",
    "roughness", "above", "below", "line", "parabola",
    *(f"percentile_{share}" for share in PERCENTILES),
)  # fmt: skip
NAMES = (
    *MOMENTS,
    *(f"power_{wave}" for wave in range(WAVES)),
    *(f"log_period_{wave}" for wave in range(WAVES)),
    *(f"cycles_apart_{wave}" for wave in range(1, WAVES)),
    *(f"ratio_{wave}" for wave in range(1, WAVES)),
    *(f"scatter_{place}" for place in range(N_CANDIDATES)),
)


@dataclass(frozen=True)
class Curve:
    """The measurements of one star, in order of time.

    Parameters
    ----------
    times : array of float, shape (n_points,)
        Days.
    values : array of float, shape (n_points,)
        Flux, less its median, in units of `spread`.
    spread : float
        The standard deviation of the flux relative to its median.
    weights : array of float, shape (n_points,)
        How much each measurement counts, by its error; 1 on average.
    noise : float
        The usual error of a measurement relative to the standard deviation; 0 where
        no errors are known.
    """

    times: Array
    values: Array
    spread: float
    weights: Array
    noise: float

    @property
    def span(self) -> float:
        """Days from the first to the last measurement."""
        return max(float(self.times[-1] - self.times[0]), 1e-6)


def summarised(curve: Curve, found: Periodogram, scatter: Array) -> Array:
    """Return the numbers of one star, shape (len(NAMES),), in the order of `NAMES`."""
    frequencies = 1 / found.periods
    apart = np.abs(frequencies[1:] - frequencies[0]) * curve.span
    return np.concatenate(
        [
            _moments(curve),
            np.percentile(curve.values, PERCENTILES),
            found.powers,
            np.log10(found.periods),
            np.log10(1 + apart),
            np.log10(frequencies[1:] / frequencies[0]),
            scatter,
        ]
    )


def _moments(curve: Curve) -> Array:
    values = curve.values
    along = (curve.times - curve.times[0]) / curve.span
    steps = np.diff(values)
    variance = max(float(values.var()), 1e-12)
    centred = (values - values.mean()) / np.sqrt(variance)
    return np.array(
        [
            np.log10(curve.span),
            np.log10(len(values)),
            np.log10(max(curve.spread, 1e-6)),
            np.log10(max(curve.noise, 1e-4)),
            (centred**3).mean().clip(-10, 10),
            (centred**4).mean().clip(0, 50),
            (steps**2).mean() / variance,
            (centred > 2).mean(),
            (centred < -2).mean(),
            _explained(along, values, 1),
            _explained(along, values, 2),
        ]
    )


def _explained(along: Array, values: Array, degree: int) -> float:
    """Return which share of the variance a polynomial of time explains."""
    powers = np.vander(2 * along - 1, degree + 1)
    rest = values - powers @ np.linalg.lstsq(powers, values, rcond=None)[0]
    return 1 - float(rest.var()) / max(float(values.var()), 1e-12)
