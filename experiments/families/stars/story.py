"""Light curve, periodogram and folded curve of tested stars, as charts show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.families.examples import surest_of_each
from experiments.families.stars.assembling import (
    CANDIDATES,
    CURVE,
    FOLDED,
    PERIODOGRAM,
    SUMMARY,
)
from experiments.families.stars.declaration import CONTRACT
from experiments.families.stars.folding import BINS, POINTS
from experiments.families.stars.periodograms import LENGTH, shown_periods
from experiments.families.stars.summary import NAMES
from experiments.networks.estimator import softmax

if TYPE_CHECKING:
    from experiments.families.stars.declaration import StarsParameters
    from experiments.families.stars.network import Matrix, StarNetwork
    from experiments.learning.preparation import Frame

#: So many points are shown of a light curve, a periodogram, a folded curve.
SHOWN, PERIODS, PHASES = 256, 128, 100


def story(
    estimator: StarNetwork,
    X: Matrix,
    y: np.ndarray[Any, Any],
    frame: Frame,
    parameters: StarsParameters,
) -> dict[str, Any]:
    """Return the surest star of each class: what the network saw, what it said."""
    logits, scores = estimator.outputs(X)
    chosen = scores.argmax(axis=2)[:, 0]
    names = CONTRACT.find(frame.schema.names)
    stars = frame.column(names["star_id"])
    periods = frame.column(names["period"]) if "period" in names else None
    found = []
    for place, told in surest_of_each(softmax(logits), y):
        known = None if periods is None else periods[place]
        more = {"star": str(stars[place]), "known": known and float(known)}
        found.append(told | more | drawn(X[place], int(chosen[place])))
    axis = shown_periods(parameters.shortest_period, parameters.longest_period)
    middles = axis.reshape(PERIODS, -1).prod(axis=1) ** (PERIODS / LENGTH)
    return {"stars": found, "periods": [short(value) for value in middles]}


def drawn(row: Matrix, candidate: int) -> dict[str, Any]:
    """Return what charts show of a star: its measured stretches, powers, one cycle."""
    values, mask = row[CURVE].reshape(2, SHOWN, POINTS // SHOWN).sum(axis=2)
    seen = np.flatnonzero(mask)
    span = 10 ** row[SUMMARY][NAMES.index("log_span")]
    power = row[PERIODOGRAM][:LENGTH].reshape(PERIODS, -1).max(axis=1)
    cycle = row[FOLDED].reshape(-1, BINS)[candidate].reshape(PHASES, -1).mean(axis=1)
    return {
        "days": [short((place + 0.5) / SHOWN * span) for place in seen],
        "flux": [short(values[place] / mask[place]) for place in seen],
        "power": [short(value) for value in power],
        "cycle": [short(value) for value in cycle],
        "period": short(10 ** row[CANDIDATES][candidate]),
    }


def short(value: float) -> float:
    """Return a number as precise as a chart shows it."""
    return float(f"{value:.4g}")
