"""A few synthetic stars in long form, and the shortest training of them."""

from __future__ import annotations

import polars as pl

from datasets.generators.stars.generator import generate
from datasets.generators.stars.parameters import StarsParameters
from datasets.tables import Table
from experiments.learning.plans import Plan
from tests.experiments.tables import CATEGORY, NUMBER, make_plan, make_table

CLASSES = ("eclipsing binaries", "long term trend", "resolved distant peaks")
QUICK = {"epochs": 1, "batch_size": 8}
FEATURES = ["star_id", "time", "flux", "flux_err"]


def sky(n_per_class: int = 6, **changes) -> pl.DataFrame:
    """Return the rows of easy stars of three classes."""
    wanted = {"difficulty": "easy", "points_per_day": 15, "longest_span": 15.0}
    parts = generate(StarsParameters(n_per_class=n_per_class, **wanted | changes))
    return pl.concat(list(parts)).filter(pl.col("label").is_in(CLASSES))


def sky_table(rows: pl.DataFrame) -> Table:
    kinds = {"star_id": CATEGORY, "label": CATEGORY}
    return make_table(
        **{
            name: (kinds.get(name, NUMBER), rows[name].to_list())
            for name in rows.columns
        }
    )


def sky_plan(**changes) -> Plan:
    changes.setdefault("hyperparameters", QUICK)
    return make_plan("stars", "label", FEATURES, **changes)
