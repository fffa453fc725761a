"""Transit curves of tested objects, as charts show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.families.examples import surest_of_each
from experiments.families.exoplanet.curves import (
    HOURS_A_DAY,
    curve_edges,
    flux_lost,
    transit_curves,
)
from experiments.families.exoplanet.network import DEPTH, DURATION, IMPACT, PERIOD

if TYPE_CHECKING:
    from experiments.families.exoplanet.declaration import ExoplanetParameters
    from experiments.families.exoplanet.network import ExoplanetNetwork, Matrix
    from experiments.learning.preparation import Frame

#: Steps of the curve to one side, and periods up to which it is shown.
STEPS, PERIODS = 120, 1.3


def story(
    estimator: ExoplanetNetwork,
    X: Matrix,
    y: np.ndarray[Any, Any],
    frame: Frame,
    parameters: ExoplanetParameters,
) -> dict[str, Any]:
    """Return the curve of the surest object of each verdict, with what was said."""
    examples = surest_of_each(estimator.predict_proba(X), y)
    return {
        "transits": [
            told | {"row": int(frame.rows[place]) + 1} | drawn(X[place])
            for place, told in examples
        ]
    }


def drawn(row: Matrix) -> dict[str, Any]:
    """Return one side of a curve: hours from its middle, and how much light lacks."""
    columns = (row[[place]] for place in (PERIOD, DURATION, DEPTH, IMPACT))
    curve = transit_curves(*columns)[0]
    middle = len(curve) // 2
    edges = curve_edges()
    shown = edges[:-1] <= PERIODS * row[PERIOD] * HOURS_A_DAY
    steps = np.array_split(np.flatnonzero(shown), STEPS)
    # The deepest of each step: a dip narrower than a step is not lost.
    lost = [flux_lost(curve[middle + 1 :][places].min()) for places in steps]
    hours = [float(np.sqrt(edges[p[0]] * edges[p[-1] + 1])) for p in steps]
    return {
        "period": float(row[PERIOD]),
        "depth": float(row[DEPTH]),
        "hours": [0.0, *(float(f"{value:.4g}") for value in hours)],
        "lost": [float(f"{value:.4g}") for value in (flux_lost(curve[middle]), *lost)],
    }
