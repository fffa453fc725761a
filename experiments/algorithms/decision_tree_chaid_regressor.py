"""One decision tree (CHAID) for numbers: groups are told apart by their means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.algorithms.chaid.parameters import ChaidParameters
    from experiments.algorithms.parameters import Setting


def build(parameters: ChaidParameters, setting: Setting) -> Any:
    """Return the unfitted estimator."""
    from experiments.algorithms.chaid.estimator import (  # noqa: PLC0415 -- heavy import
        ChaidRegressor,
    )

    return ChaidRegressor(
        **parameters.model_dump(), categorical_features=setting.categorical
    )
