"""Daily prices in long form, one symbol after the other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from datasets.generators.markets.paths import PHASES, draw_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasets.generators.markets.parameters import PricesParameters

PRICES = ("open", "high", "low", "close", "volume")


def generate(parameters: PricesParameters) -> Iterator[pl.DataFrame]:
    """Yield the days of each symbol, with the phase that moved them.

    A path is drawn from the seed and its symbol's place, so that more symbols or more
    of them after it do not change it.
    """
    names = np.array([phase.name for phase in PHASES])
    days = [parameters.start + timedelta(n) for n in range(parameters.n_days)]
    for number, symbol in enumerate(dict.fromkeys(parameters.symbols)):
        rng = np.random.default_rng([parameters.seed, number])
        path = draw_path(rng, parameters.n_days)
        yield pl.DataFrame(
            {
                "date": days,
                "symbol": pl.Series([symbol]).extend_constant(
                    symbol, parameters.n_days - 1
                ),
                **{name: getattr(path, name) for name in PRICES},
                "phase": names[path.phases],
            }
        )
