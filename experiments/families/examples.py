"""Tested samples that charts show: of each class the one the model is surest of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

Matrix = np.ndarray[Any, np.dtype[np.float64]]

#: More classes than this make no chart that can be read.
MOST_CLASSES = 14


def surest_of_each(
    probabilities: Matrix, y: np.ndarray[Any, Any]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield, for each class that was tested, a sample's place and what is said of it.

    Parameters
    ----------
    probabilities : array of float, shape (n_samples, n_classes)
    y : array of int, shape (n_samples,)
        The true classes.
    """
    for code in np.unique(y)[:MOST_CLASSES].astype(int):
        own = np.flatnonzero(y == code)
        place = int(own[probabilities[own, code].argmax()])
        said = probabilities[place]
        yield (
            place,
            {
                "true": int(code),
                "said": int(said.argmax()),
                "sure": round(float(said.max()), 4),
            },
        )
