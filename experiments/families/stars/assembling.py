"""From measurements in long form to one row of numbers for each star."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.families.assembling import Assembled, Block
from experiments.families.kept_inputs import remembered
from experiments.families.stars import folding, periodograms, summary
from experiments.families.stars.folding import BINS, POINTS, fold, resample
from experiments.families.stars.periodograms import LENGTH, N_CANDIDATES, periodogram
from experiments.families.stars.summary import NAMES, Curve, summarised
from experiments.learning.problems import TrainingError

if TYPE_CHECKING:
    from experiments.families.assembling import Matrix, Places
    from experiments.families.stars.declaration import StarsParameters
    from experiments.learning.preparation import Frame

    Array = np.ndarray[Any, np.dtype[np.float64]]

#: A curve of fewer measurements says nothing.
FEWEST_POINTS = 10
#: Outliers are drawn in to so many deviations from the median.
FURTHEST = 8.0

BLOCKS = (
    Block("Light curve", 2 * POINTS),
    Block("Periodogram", 2 * LENGTH),
    Block("Folded curves", N_CANDIDATES * BINS),
    Block("Candidate periods", N_CANDIDATES),
    Block("Summary", len(NAMES)),
)
_ENDS = np.cumsum([block.width for block in BLOCKS]).tolist()
#: Where each block stands in the matrix.
CURVE, PERIODOGRAM, FOLDED, CANDIDATES, SUMMARY = (
    slice(end - block.width, end) for block, end in zip(BLOCKS, _ENDS, strict=True)
)


#: What the numbers of a star are computed by.
CODE = (__file__, folding.__file__, periodograms.__file__, summary.__file__)


@dataclass(frozen=True)
class Stars:
    """Makes one sample of the rows of each star.

    Parameters
    ----------
    columns : dict of str to str
        What the table calls the columns of the contract.
    shortest, longest : float
        Periods in days between which is looked.
    """

    columns: Mapping[str, str]
    shortest: float
    longest: float
    blocks = BLOCKS

    def assemble(self, frame: Frame, *, learning: bool) -> Assembled:
        """Return the stars of `frame`, each known by the first of its rows.

        Stars with too few measurements are left out in learning, with a notice; else
        their values are NaN, which no model answers.
        """
        order, starts, stops = self._grouped(frame)
        few = stops - starts < FEWEST_POINTS
        notices: tuple[str, ...] = ()
        if learning:
            if few.all():
                raise TrainingError(
                    f"No star has {FEWEST_POINTS} measurements or more. Each row of "
                    "the table is one measurement, and all rows of a star carry the "
                    "same star_id."
                )
            starts, stops, notices = starts[~few], stops[~few], _left_out(few)
        first = np.minimum.reduceat(order, starts) if len(starts) else order
        stars = frame.take(first)
        if learning:
            self._check_labels(frame, order, starts, stops)
        X = self._matrix(frame, order, starts, stops)
        return Assembled(stars, X, order, starts, stops, notices)

    def _grouped(self, frame: Frame) -> tuple[Places, Places, Places]:
        """Return the places of rows by star and time, and where each star begins."""
        names = frame.column(self.columns["star_id"])
        codes = names.rank("dense").to_numpy().astype(np.int64)
        order = np.lexsort((self._numbers(frame, "time"), codes))
        starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
        return order, starts, np.append(starts[1:], len(order))[: len(starts)]

    def _numbers(self, frame: Frame, name: str) -> Array:
        import polars as pl  # noqa: PLC0415 -- heavy import

        column = frame.column(self.columns[name]).cast(pl.Float64)
        numbers: Array = column.fill_null(np.nan).to_numpy()
        return numbers

    def _check_labels(
        self, frame: Frame, order: Places, starts: Places, stops: Places
    ) -> None:
        """Raise where the rows of a star do not agree on its label."""
        name = self.columns["label"]
        codes = frame.column(name).rank("dense").fill_null(0).to_numpy()[order]
        changes = np.diff(codes, prepend=codes[:1]) != 0
        changes[starts] = False
        inside = np.zeros(len(order), dtype=bool)
        for start, stop in zip(starts, stops, strict=True):
            inside[start:stop] = True
        wrong = np.flatnonzero(changes & inside)
        if len(wrong):
            place = int(order[wrong[0]])
            star = frame.column(self.columns["star_id"])[place]
            raise TrainingError(
                f"The rows of the star “{star}” carry more than one “{name}”. A star "
                "has one label; correct its rows, or give the stars names of their own."
            )

    def _matrix(
        self, frame: Frame, order: Places, starts: Places, stops: Places
    ) -> Matrix:
        times, flux = (self._numbers(frame, name)[order] for name in ("time", "flux"))
        errors = np.full(len(order), np.nan)
        if "flux_err" in self.columns:
            errors = self._numbers(frame, "flux_err")[order]
        known = [times, flux, errors, starts, stops, self.shortest, self.longest]
        return remembered(
            CODE, known, lambda: self._computed(times, flux, errors, starts, stops)
        )

    def _computed(
        self, times: Array, flux: Array, errors: Array, starts: Places, stops: Places
    ) -> Matrix:
        X = np.full((len(starts), _ENDS[-1]), np.nan)
        for row, (start, stop) in enumerate(zip(starts, stops, strict=True)):
            if stop - start >= FEWEST_POINTS:
                part = slice(start, stop)
                X[row] = self.numbers_of(
                    standardised(times[part], flux[part], errors[part])
                )
        return X

    def numbers_of(self, curve: Curve) -> Array:
        """Return the row of one star, block after block."""
        times, values, weights = curve.times, curve.values, curve.weights
        found = periodogram(times, values, self.shortest, self.longest, weights)
        folded, scatter = fold(times, values, found.candidates, weights)
        return np.concatenate(
            [
                *resample(times, values),
                found.shown.ravel(),
                folded.ravel(),
                np.log10(found.candidates),
                summarised(curve, found, scatter),
            ]
        )


def standardised(times: Array, flux: Array, errors: Array) -> Curve:
    """Return the measurements of a star as multiples of their deviation."""
    middle = float(np.median(flux))
    spread = max(float(flux.std()), 1e-12)
    values = ((flux - middle) / spread).clip(-FURTHEST, FURTHEST)
    noise, weights = 0.0, np.ones(len(flux))
    if not np.isnan(errors).any() and (usual := float(np.median(errors))) > 0:
        noise = usual / spread
        # Half of the usual error is added: no single point decides a curve.
        weights = 1 / (errors**2 + usual**2 / 4)
        weights /= weights.mean()
    relative = spread / abs(middle) if abs(middle) > 1e-9 else spread
    return Curve(times - times[0], values, relative, weights, noise)


def _left_out(few: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[str, ...]:
    if not few.any():
        return ()
    return (
        f"{int(few.sum())} stars have fewer than {FEWEST_POINTS} measurements and were "
        "left out.",
    )


def build_assembler(parameters: StarsParameters, columns: Mapping[str, str]) -> Stars:
    """Return what makes stars of rows."""
    return Stars(dict(columns), parameters.shortest_period, parameters.longest_period)
