"""Daily prices out of rows: one series a symbol, in the order of its days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.learning.problems import TrainingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from experiments.learning.preparation import Frame

Array = np.ndarray[Any, np.dtype[np.float64]]
Places = np.ndarray[Any, np.dtype[np.int64]]

SECONDS_A_DAY = 86_400
PRICES = ("open", "high", "low", "close", "volume")
#: What the one series of a table without symbols is called.
UNNAMED = "prices"
#: Rows further apart or closer together than this, in days, are not daily ones.
DAILY = (0.5, 4.5)
#: A wick, as a logarithm, is cut where it is longer than this, and than this many
#: times the median range of the days before it: a bad tick, not a price.
WICK, WICKS, WICK_DAYS = 0.1, 6.0, 30


@dataclass(frozen=True)
class Series:
    """The days of one symbol.

    Parameters
    ----------
    symbol : str
    places : array of int, shape (n_days,)
        Where each day stands among the rows.
    days : array of float, shape (n_days,)
        Days since 1970, rising.
    open, high, low, close, volume : array of float, shape (n_days,)
        Bad ticks of high and low are cut.
    """

    symbol: str
    places: Places
    days: Array
    open: Array
    high: Array
    low: Array
    close: Array
    volume: Array

    def __len__(self) -> int:
        return len(self.days)


def read_series(
    frame: Frame, columns: Mapping[str, str]
) -> tuple[list[Series], list[str]]:
    """Return the series in a frame by the name of their symbol, and what to know.

    Parameters
    ----------
    frame : Frame
    columns : mapping of str to str
        What the columns of the contract are called in it.

    Raises
    ------
    TrainingError
        Where the rows are not daily.
    """
    days = days_of(frame.column(columns["date"]))
    symbols = np.full(len(frame), UNNAMED, dtype=object)
    if "symbol" in columns:
        symbols = np.array(frame.column(columns["symbol"]).to_list(), dtype=object)
    prices = {name: _floats(frame.column(columns[name])) for name in PRICES}
    found, repeated = [], 0
    for symbol in sorted(set(symbols.tolist())):
        places = np.flatnonzero(symbols == symbol)
        kept = _latest_of_each_day(places, days)
        repeated += len(places) - len(kept)
        found.append(_series(str(symbol), kept, days, prices))
    notices = []
    if repeated:
        notices.append(
            f"{repeated} rows repeat a day of their symbol; the last one was used."
        )
    return found, notices


def days_of(dates: pl.Series) -> Array:
    """Return dates as days since 1970; numbers are taken as day numbers."""
    if dates.dtype.is_temporal():
        return dates.dt.epoch("s").to_numpy().astype(np.float64) / SECONDS_A_DAY
    return _floats(dates)


def base_of(symbol: str) -> str:
    """Return what is traded: BTC for "btc", "BTC-USD" and "BTC/USDT"."""
    return symbol.upper().replace("/", "-").partition("-")[0].strip()


def chosen_series(
    series: Sequence[Series], wanted: Sequence[str] | None, usual: Sequence[str]
) -> tuple[list[Series], list[str]]:
    """Return the series of the symbols that are wanted, and what was left out.

    Parameters
    ----------
    series : sequence of Series
    wanted : sequence of str, or None
        None is all of them; so it is where the table names no symbols.
    usual : sequence of str
        Symbols that may be lacking as long as another one is there.

    Raises
    ------
    TrainingError
        Naming the symbols that the data do not have.
    """
    if not wanted or [one.symbol for one in series] == [UNNAMED]:
        return list(series), []
    known = {base_of(one.symbol): one for one in series}
    asked = list(dict.fromkeys(base_of(symbol) for symbol in wanted))
    lacking = [symbol for symbol in asked if symbol not in known]
    unknown = [symbol for symbol in lacking if symbol not in usual]
    if unknown or len(lacking) == len(asked):
        raise TrainingError(
            f"Unknown symbols: {', '.join(unknown or lacking)}. The data hold "
            f"{', '.join(known)}; name these as symbols."
        )
    notices = []
    if lacking:
        named = ", ".join(lacking)
        notices.append(f"The data hold no {named}; learned without.")
    return [known[symbol] for symbol in asked if symbol in known], notices


def _floats(values: pl.Series) -> Array:
    import polars as pl  # noqa: PLC0415 -- heavy import

    return values.cast(pl.Float64).to_numpy().copy()


def _latest_of_each_day(places: Places, days: Array) -> Places:
    """Return the places in the order of days, of equal days the last one."""
    order = places[np.argsort(days[places], kind="stable")]
    is_last = np.append(np.diff(days[order]) > 0, True)
    return order[is_last] if len(order) else order


def _series(
    symbol: str, places: Places, days: Array, prices: Mapping[str, Array]
) -> Series:
    steps = np.diff(days[places])
    if len(steps) and not DAILY[0] <= np.median(steps) <= DAILY[1]:
        raise TrainingError(
            f"The rows of {symbol} are {np.median(steps):.3g} days apart; one row a "
            "day is needed. Bring them to days first."
        )
    open_, high, low, close, volume = (prices[name][places] for name in PRICES)
    high, low = without_bad_ticks(open_, high, low, close)
    return Series(symbol, places, days[places], open_, high, low, close, volume)


def without_bad_ticks(
    open_: Array, high: Array, low: Array, close: Array
) -> tuple[Array, Array]:
    """Return highs and lows no further from the body than days before it allow.

    A day is judged by those before it alone, so nothing is learned from later ones.
    """
    top, bottom = np.log(np.maximum(open_, close)), np.log(np.minimum(open_, close))
    upper = np.maximum(np.log(high) - top, 0)
    lower = np.maximum(bottom - np.log(low), 0)
    limit = np.maximum(WICK, WICKS * _median_before(upper + lower + top - bottom))
    return (
        np.exp(top + np.minimum(upper, limit)),
        np.exp(bottom - np.minimum(lower, limit)),
    )


def _median_before(values: Array) -> Array:
    """Return the median of the days before each; of the first, that of itself."""
    padded = np.concatenate([np.full(WICK_DAYS, np.nan), values])[:-1]
    windows = np.lib.stride_tricks.sliding_window_view(padded, WICK_DAYS).copy()
    windows[:1, -1] = values[:1]
    medians: Array = np.nanmedian(windows, axis=1)
    return medians
