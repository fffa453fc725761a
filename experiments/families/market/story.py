"""Tested days as charts show them: those of one symbol, in their order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.families.market.windows import days_in, symbols_in

if TYPE_CHECKING:
    from experiments.families.contracts import Contract
    from experiments.families.market.prices import Array, Places
    from experiments.learning.preparation import Frame

#: The latest of them are shown.
MOST_DAYS = 365
EPOCH = date(1970, 1, 1)


def shown_days(
    frame: Frame, X: Array, contract: Contract
) -> tuple[Places, dict[str, Any]]:
    """Return which samples are shown, and their symbol, days and prices.

    It is the symbol with the most days; of as many the first.
    """
    symbols, counts = np.unique(symbols_in(X), return_counts=True)
    places = np.flatnonzero(symbols_in(X) == symbols[counts.argmax()])
    places = places[np.argsort(days_in(X)[places], kind="stable")][-MOST_DAYS:]
    names = contract.find(frame.schema.names)
    symbol = "one symbol"
    if "symbol" in names and len(places):
        symbol = str(frame.column(names["symbol"])[int(places[0])])
    close = frame.column(names["close"]).to_numpy()[places]
    days = [str(EPOCH + timedelta(int(day))) for day in days_in(X)[places]]
    return places, {
        "symbol": symbol,
        "days": days,
        "close": [float(f"{price:.6g}") for price in close],
    }
