"""What the star network has to beat: boosted trees on three dozen numbers a star."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from experiments.algorithms.parameters import Setting
from experiments.families.stars.assembling import SUMMARY


def build_boosting(setting: Setting) -> Any:
    """Return gradient boosting as it comes, on what summarises a star."""
    return make_pipeline(
        FunctionTransformer(summary_of),
        HistGradientBoostingClassifier(random_state=setting.seed),
    )


def summary_of(X: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the columns that summarise stars."""
    return X[:, SUMMARY]
