"""Stars of all classes, observed one by one, in long form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from datasets.generators.stars.sampling import Observation, observe
from datasets.generators.stars.shapes import SHAPES, Chance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasets.generators.stars.parameters import StarsParameters

    Array = np.ndarray[Any, np.dtype[np.float64]]

#: Stars whose rows are made together.
PART = 100
OUTLIERS = 0.003


@dataclass(frozen=True)
class Level:
    """How hard stars are to tell: amplitudes and noise relative to the mean flux."""

    amplitude: tuple[float, float]
    noise: tuple[float, float]
    cycles: float


LEVELS = {
    "easy": Level((0.05, 0.3), (0.001, 0.005), 4.0),
    "medium": Level((0.02, 0.15), (0.002, 0.02), 2.0),
    "hard": Level((0.005, 0.05), (0.01, 0.05), 1.0),
}


def generate(parameters: StarsParameters) -> Iterator[pl.DataFrame]:
    """Yield the rows of all stars, some at a time; a number says nothing of a class."""
    labels = [label for label in SHAPES for _ in range(parameters.n_per_class)]
    order = np.random.default_rng(parameters.seed).permutation(len(labels))
    for start in range(0, len(labels), PART):
        numbers = range(start, min(start + PART, len(labels)))
        yield pl.concat(
            [_star(parameters, number, labels[order[number]]) for number in numbers]
        )


def _star(parameters: StarsParameters, number: int, label: str) -> pl.DataFrame:
    rng = np.random.default_rng([parameters.seed, number])
    level = LEVELS[parameters.difficulty]
    seen = observe(
        rng,
        parameters.longest_span,
        parameters.points_per_day,
        parameters.sampling == "ground"
        or (parameters.sampling == "mixed" and rng.random() < 0.5),
    )
    shape = SHAPES[label](seen.times, Chance(rng, seen.span, level.cycles))
    noise = _drawn(rng, level.noise)
    flux = 1 + _drawn(rng, level.amplitude) * shape.values
    if parameters.augment:
        flux += noise * _flaws(rng, seen)
    flux += noise * rng.normal(size=len(flux))
    errors = noise * rng.uniform(0.9, 1.1, len(flux))
    rows = pl.DataFrame(
        {
            "time": np.round(seen.times, 5),
            "flux": np.round(flux, 6),
            "flux_err": np.round(errors, 6),
        }
    )
    return rows.select(
        pl.lit(f"S{number + 1:05d}").alias("star_id"),
        "time",
        "flux",
        "flux_err",
        pl.lit(label).alias("label"),
        pl.lit(shape.period, pl.Float64).alias("period"),
        pl.lit(shape.period2, pl.Float64).alias("period2"),
    )


def _drawn(rng: np.random.Generator, bounds: tuple[float, float]) -> float:
    return float(np.exp(rng.uniform(*np.log(bounds))))


def _flaws(rng: np.random.Generator, seen: Observation) -> Array:
    """Return what an instrument adds, in units of the noise."""
    offsets = 0.5 * rng.normal(size=int(seen.sessions.max()) + 1)
    drift = rng.normal() * (seen.times / seen.span - 0.5)
    outliers = rng.random(len(seen.times)) < OUTLIERS
    return offsets[seen.sessions] + drift + outliers * rng.normal(0, 8, len(outliers))
