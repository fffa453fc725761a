"""A few patients, as the screening family takes them."""

from __future__ import annotations

import numpy as np

from datasets.tables import ColumnType
from tests.experiments.tables import CATEGORY, NUMBER, make_plan, make_table

FEATURES = ["HbA1c", "AGE", "BMI", "Gender"]
QUICK = {"epochs": 12, "batch_size": 16, "learning_rate": 0.01}


def patients(n_rows: int = 90, **changes) -> dict[str, tuple]:
    """Make columns in which HbA1c decides; labels are written as they come."""
    rng = np.random.default_rng(5)
    level = rng.uniform(4, 9, n_rows).round(1)
    spellings = (("N", "n ", "Negative"), ("P", "prediabetes"), ("Y", " y"))
    bands = np.searchsorted((5.7, 6.5), level, side="right")
    labels = [spellings[band][i % len(spellings[band])] for i, band in enumerate(bands)]
    return {
        "HbA1c": (NUMBER, level.tolist()),
        "AGE": (ColumnType.INTEGER, rng.integers(20, 80, n_rows).tolist()),
        "BMI": (NUMBER, rng.uniform(18, 40, n_rows).round(1).tolist()),
        "Gender": (CATEGORY, [("M", "F", "f")[i % 3] for i in range(n_rows)]),
        "CLASS": (CATEGORY, labels),
    } | changes


def patients_table(n_rows: int = 90, **changes):
    return make_table(**patients(n_rows, **changes))


def patients_plan(**changes):
    changes.setdefault("hyperparameters", QUICK)
    return make_plan("diabetes", "CLASS", FEATURES, **changes)


def patients_csv() -> bytes:
    """Return the patients with the columns of the contract in another order."""
    columns = {"note": (None, ["x"] * 90), **patients()}
    lines = zip(*(values for _, values in columns.values()), strict=True)
    rows = [",".join(map(str, line)) for line in lines]
    return "\n".join([",".join(columns), *rows, ""]).encode()
