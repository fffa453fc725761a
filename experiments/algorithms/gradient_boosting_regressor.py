"""Gradient boosting for numbers: trees that correct each other."""

from __future__ import annotations

from typing import Any

from experiments.algorithms.boosting import BoostingParameters
from experiments.algorithms.parameters import Setting


def build(parameters: BoostingParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from sklearn.ensemble import (  # noqa: PLC0415 -- heavy import
        HistGradientBoostingRegressor,
    )

    return HistGradientBoostingRegressor(**parameters.arguments(setting))
