"""k-nearest neighbours for numbers: the mean of the closest training rows."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.knn import KnnParameters
from experiments.algorithms.parameters import Setting
from experiments.algorithms.scaling import scaled


def build(parameters: KnnParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.neighbors import KNeighborsRegressor  # noqa: PLC0415 -- heavy import

    neighbours = KNeighborsRegressor(**parameters.arguments(setting))
    return scaled(neighbours, standardize=parameters.standardize)
