"""Samples made of several rows: a star of its measurements, a day of those before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from datasets.tables import ColumnType
from experiments.learning.encoding import Encoder, FeatureCode

if TYPE_CHECKING:
    from experiments.learning.preparation import Frame

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Places = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Block:
    """Columns of the matrix that belong together, under the name people see."""

    name: str
    width: int


@dataclass(frozen=True)
class Assembled:
    """Samples, one entry each.

    Parameters
    ----------
    frame : Frame
        One row a sample: `_row` of the row that stands for it, and the columns that
        targets, groups and times are read from.
    X : array of float, shape (n_samples, n_columns)
        What the estimator is given.
    order : array of int
        Places of input rows, so that those of one sample follow each other.
    starts, stops : array of int, shape (n_samples,)
        Sample i was made of the rows at `order[starts[i]:stops[i]]`.
    notices : list of str
        What was done that one would not expect.
    """

    frame: Frame
    X: Matrix
    order: Places
    starts: Places
    stops: Places
    notices: tuple[str, ...] = ()

    def take(self, places: Places) -> Assembled:
        """Return the samples at these places."""
        return Assembled(
            self.frame.take(places),
            self.X[places],
            self.order,
            self.starts[places],
            self.stops[places],
            self.notices,
        )

    def members(self, places: Places) -> Places:
        """Return the places of all input rows of some samples, in their order."""
        used = np.zeros(len(self.order), dtype=bool)
        for place in places:
            used[self.order[self.starts[place] : self.stops[place]]] = True
        return np.flatnonzero(used)


def encoder_of(blocks: tuple[Block, ...]) -> Encoder:
    """Return the encoder of an assembled matrix: its blocks stand for features."""
    features = (FeatureCode(b.name, ColumnType.NUMBER, width=b.width) for b in blocks)
    return Encoder(tuple(features), onehot=False)


class Assembler(Protocol):
    """How rows become samples; pickled with the model, so that serving does the same.

    `blocks` are the columns of the matrix in order.
    """

    @property
    def blocks(self) -> tuple[Block, ...]: ...

    def assemble(self, frame: Frame, *, learning: bool) -> Assembled:
        """Return the samples of `frame`; targets are made only for learning.

        Raises
        ------
        TrainingError
            With a sentence that says why these rows make no sample.
        """
