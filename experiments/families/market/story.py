"""Tested days as charts show them: those of each symbol, in their order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.families.market.contract import MOST_SYMBOLS
from experiments.families.market.windows import days_in, symbols_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.families.contracts import Contract
    from experiments.families.market.prices import Array, Places
    from experiments.learning.preparation import Frame

#: The latest of them are shown.
MOST_DAYS = 365
EPOCH = date(1970, 1, 1)


def told_of_symbols(
    frame: Frame,
    X: Array,
    contract: Contract,
    tell: Callable[[Places], dict[str, Any]],
) -> dict[str, Any]:
    """Return what is told of the days of one symbol, and of others under "others".

    They come with the most days first; what `tell` says of samples stands beside the
    symbol, its days and prices.
    """
    symbols, counts = np.unique(symbols_in(X), return_counts=True)
    chosen = symbols[np.argsort(-counts, kind="stable")][:MOST_SYMBOLS]
    places = [_latest(X, symbol) for symbol in chosen]
    first, *others = [
        _days(frame, X, contract, part) | tell(part)
        for part in places or [np.empty(0, np.int64)]
    ]
    return first | {"others": others}


def _latest(X: Array, symbol: float) -> Places:
    places = np.flatnonzero(symbols_in(X) == symbol)
    return places[np.argsort(days_in(X)[places], kind="stable")][-MOST_DAYS:]


def _days(frame: Frame, X: Array, contract: Contract, places: Places) -> dict[str, Any]:
    names = contract.find(frame.schema.names)
    symbol = "one symbol"
    if "symbol" in names and len(places):
        symbol = str(frame.column(names["symbol"])[int(places[0])])
    close = frame.column(names["close"]).to_numpy()[places]
    days = [str(EPOCH + timedelta(int(day))) for day in days_in(X)[places]]
    return {
        "symbol": symbol,
        "days": days,
        "close": [float(f"{price:.6g}") for price in close],
    }
