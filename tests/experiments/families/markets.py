"""Daily prices of a few symbols, as the market families take them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from datasets.generators.markets.paths import draw_path
from datasets.tables import ColumnType
from tests.experiments.tables import CATEGORY, NUMBER, make_plan, make_table

FEATURES = ["date", "symbol", "open", "high", "low", "close", "volume"]
PRICES = FEATURES[2:]
START = date(2021, 1, 1)


def prices(n_days: int = 400, symbols=("BTC",), seed: int = 3) -> dict[str, tuple]:
    """Make the days of all symbols, day after day."""
    paths = [draw_path(np.random.default_rng([seed, n]), n_days) for n in range(9)]
    chosen = dict(zip(symbols, paths, strict=False))
    columns: dict[str, tuple] = {
        "date": (
            ColumnType.DATE,
            [START + timedelta(days) for days in range(n_days) for _ in symbols],
        ),
        "symbol": (CATEGORY, list(symbols) * n_days),
    }
    for name in PRICES:
        values = np.column_stack([getattr(path, name) for path in chosen.values()])
        columns[name] = (NUMBER, values.ravel().tolist())
    return columns


def prices_table(n_days: int = 400, symbols=("BTC",), seed: int = 3, **changes):
    return make_table(**prices(n_days, symbols, seed) | changes)


def first_days(columns: dict[str, tuple], n_rows: int) -> dict[str, tuple]:
    """Return the columns with their first rows only."""
    return {name: (kind, values[:n_rows]) for name, (kind, values) in columns.items()}


def prices_csv(n_days: int = 400, symbols=("BTC",), seed: int = 3) -> bytes:
    """Return the prices as a file."""
    columns = prices(n_days, symbols, seed)
    lines = zip(*(values for _, values in columns.values()), strict=True)
    rows = [",".join(map(str, line)) for line in lines]
    return "\n".join([",".join(columns), *rows, ""]).encode()


def market_plan(name: str, target: str, ahead: int, **changes):
    """Return a plan split by time with the gap that targets `ahead` need."""
    split = {"method": "time", "time_column": "date", "gap": ahead}
    split |= changes.pop("split", {})
    return make_plan(name, target, FEATURES, split=split, **changes)
