"""Tables and folds as Weka has them, to be compared with what Weka printed.

The tables are not ours to carry along: tests that need one skip where the folder named
by DATAMINE_TEST_DATA does not hold `arff/<name>.arff`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.io import arff


@dataclass(frozen=True)
class WekaTable:
    """Codes and numbers, NaN where missing; `sizes` counts the values declared."""

    X: np.ndarray
    y: np.ndarray
    sizes: np.ndarray

    @property
    def categorical(self) -> list[int]:
        return np.flatnonzero(self.sizes).tolist()


def weka_table(name: str) -> WekaTable:
    """Read a table whose last column is the class, or skip the test."""
    path = Path(os.environ.get("DATAMINE_TEST_DATA", "."), "arff", f"{name}.arff")
    if not path.exists():
        pytest.skip(f"DATAMINE_TEST_DATA has no arff/{name}.arff")
    rows, meta = arff.loadarff(path)
    columns, sizes = [], []
    for column in meta.names():
        kind, declared = meta[column]
        values = rows[column]
        if kind == "nominal":
            code = {
                value.encode(): float(place) for place, value in enumerate(declared)
            }
            values = np.array([code.get(value, np.nan) for value in values])
        columns.append(values.astype(float))
        sizes.append(len(declared or ()))
    X = np.stack(columns[:-1], axis=1)
    return WekaTable(X, columns[-1].astype(int), np.array(sizes[:-1]))


def weka_folds(y: np.ndarray, n_folds: int = 10, seed: int = 1) -> list[np.ndarray]:
    """Return the rows of each fold of Weka's stratified cross-validation."""
    order = list(range(len(y)))
    rest = _java_random(seed)
    for last in range(len(y) - 1, 0, -1):
        other = rest(last + 1)
        order[last], order[other] = order[other], order[last]
    _gather_classes(order, y)
    dealt = [
        order[at] for start in range(n_folds) for at in range(start, len(y), n_folds)
    ]
    return np.array_split(dealt, n_folds)


def _gather_classes(order: list[int], y: np.ndarray) -> None:
    """Swap rows forward until equal classes stand together."""
    place = 1
    while place < len(y):
        for later in range(place, len(y)):
            if y[order[place - 1]] == y[order[later]]:
                order[place], order[later] = order[later], order[place]
                place += 1
        place += 1


def _java_random(seed: int):
    """Return Java's `Random(seed).nextInt`."""
    state = (seed ^ 0x5DEECE66D) % 2**48

    def below(bound: int) -> int:
        nonlocal state
        while True:
            state = (state * 0x5DEECE66D + 0xB) % 2**48
            bits = state >> 17
            if bound & -bound == bound:
                return bound * bits >> 31
            if bits - bits % bound + bound - 1 < 2**31:
                return bits % bound

    return below
