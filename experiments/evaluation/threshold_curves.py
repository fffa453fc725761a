"""How often each threshold is right, counted on rows that may choose one.

Those are rows that nothing learned from and that no final figure is about: the folds
outside the test part, or the validation part. The test part never chooses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.evaluation.ranking import rank
from experiments.evaluation.scoring import Answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.evaluation.ranking import Ranking

Json = dict[str, Any]

#: Points of a curve that are kept; choices between them would differ by few rows.
POINTS = 400
CLASSES = 2
#: The score of a threshold that no row reaches.
NEVER = 2.0


def threshold_curves(
    labels: list[Any] | None, folds: Sequence[Answered], validation: Answered | None
) -> Json | None:
    """Return how often each threshold is right, for either of two classes.

    Parameters
    ----------
    labels : list or None
    folds : sequence of Answered
        Of one repeat, outside the test part.
    validation : Answered or None
        Looked at where there are no folds.

    Returns
    -------
    dict or None
        `basis`, `rows` and `curves`, one a class, as `thresholds.Thresholds` reads
        them. None where there are not two classes, or no rows to choose on.
    """
    answered = Answered.together(list(folds)) if folds else validation
    if answered is None or labels is None or len(labels) != CLASSES:
        return None
    curves = [
        _curve(rank(answered.y == place, answered.predicted[:, place]), labels[place])
        for place in range(CLASSES)
    ]
    basis = "folds" if folds else "validation"
    return {"basis": basis, "rows": len(answered.y), "curves": curves}


def _curve(ranking: Ranking, label: Any) -> Json:
    """Count at thresholds halfway between scores, and above the highest."""
    scores = np.append(NEVER, ranking.scores)
    lower = np.append(ranking.scores, 0.0)
    thresholds = (np.minimum(scores, 1.0) + lower) / 2
    hits, alarms = (np.append(0.0, n) for n in (ranking.hits, ranking.false_alarms))
    kept = np.unique(np.linspace(0, len(scores) - 1, POINTS).astype(int))
    if lower[0] >= 1:  # nothing is above a certainty
        kept = kept[kept > 0]
    return {
        "label": label,
        "score": scores[kept].tolist(),
        "threshold": thresholds[kept].tolist(),
        "hits": hits[kept].astype(int).tolist(),
        "false_alarms": alarms[kept].astype(int).tolist(),
        "positives": int(hits[-1]),
        "negatives": int(alarms[-1]),
    }
