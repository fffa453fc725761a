"""What the vetting network has to beat: boosted trees on the same nine columns."""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import HistGradientBoostingClassifier

from experiments.algorithms.parameters import Setting


def build_boosting(setting: Setting) -> Any:
    """Return gradient boosting as it comes."""
    return HistGradientBoostingClassifier(random_state=setting.seed)
