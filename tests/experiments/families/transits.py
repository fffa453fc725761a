"""A few transits, as the vetting family takes them."""

from __future__ import annotations

import numpy as np

from datasets.tables import ColumnType
from tests.experiments.tables import NUMBER, make_plan, make_table

FEATURES = [
    "period", "duration", "depth", "impact", "snr", "steff", "srad", "slogg", "tmag",
]  # fmt: skip
QUICK = {"epochs": 3, "batch_size": 16, "learning_rate": 0.01}


def transits(n_rows: int = 60, **changes) -> dict[str, tuple]:
    """Make columns in which depth and noise decide between three verdicts."""
    rng = np.random.default_rng(2)
    verdict = np.arange(n_rows) % 3
    drawn = {
        "period": 10 ** rng.uniform(-0.3, 2.5, n_rows),
        "duration": 10 ** rng.uniform(0, 1, n_rows),
        "depth": 10 ** (2 + verdict + rng.uniform(0, 0.9, n_rows)),
        "impact": rng.uniform(0, 1, n_rows),
        "snr": 10 ** (1 + 0.5 * verdict + rng.uniform(0, 0.4, n_rows)),
        "steff": rng.normal(5500, 500, n_rows),
        "srad": 10 ** rng.uniform(-0.2, 0.3, n_rows),
        "slogg": rng.normal(4.4, 0.2, n_rows),
        "tmag": rng.uniform(10, 15, n_rows),
    }
    columns = {name: (NUMBER, values.tolist()) for name, values in drawn.items()}
    return {**columns, "label": (ColumnType.INTEGER, verdict.tolist()), **changes}


def transits_table(n_rows: int = 60, **changes):
    return make_table(**transits(n_rows, **changes))


def transits_plan(**changes):
    changes.setdefault("hyperparameters", QUICK)
    return make_plan("exoplanet", "label", FEATURES, **changes)
