"""Figures of ordered columns: whole numbers, numbers, dates and times.

All of them are read off the sorted values, and sorting is the one thing that takes
time: ten milliseconds for a million values.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

    Values = np.ndarray[tuple[int], np.dtype[Any]]
    Number = int | float

BINS = 24
TOP = 10
QUANTILES = (0.25, 0.5, 0.75)
FENCE = 1.5
#: A mean this close to 0, in deviations, is 0 but for rounding.
ROUNDING = 1e-13


def describe_numbers(values: pl.Series) -> dict[str, Any]:
    """Describe a column without its missing values.

    Dates and times are described as the days or microseconds they are stored as, and
    told as ISO text. Infinite values are counted; the other figures leave them out.
    """
    if values.dtype.is_temporal():
        return _describe_times(values)
    ordered = np.sort(values.to_numpy())
    finite = _finite(ordered)
    figures = _figures(finite) | _moments(finite)
    extra = {
        "zeros": _between(finite, 0, 0),
        "negatives": int(np.searchsorted(finite, 0, "left")),
        "infinite": len(ordered) - len(finite),
        "outliers": _outliers(finite, figures["quantiles"]),
    }
    return figures | extra | {"unique": _runs(ordered)[1].size, "lengths": None}


def _describe_times(values: pl.Series) -> dict[str, Any]:
    dtype = values.dtype if values.dtype == pl.Date else pl.Datetime("us")
    stored = values.cast(dtype).to_physical()
    return told_as_times(_figures(np.sort(stored.to_numpy())), dtype)


def told_as_times(figures: dict[str, Any], dtype: Any) -> dict[str, Any]:
    """Return figures of days or microseconds since 1970 as those of dates or times.

    Parameters
    ----------
    figures
        As `describe_numbers` has them of whole numbers.
    dtype
        `pl.Date` or `pl.Datetime("us")`.
    """
    stored = pl.Int32 if dtype == pl.Date else pl.Int64

    def told(numbers: Iterable[Number | None]) -> list[str | None]:
        days = [None if n is None else math.floor(n) for n in numbers]
        series = pl.Series(days, dtype=stored).cast(dtype)
        return [None if value is None else value.isoformat() for value in series]

    ends = told([figures["minimum"], figures["maximum"]])
    shares = figures["quantiles"]
    top = told(item["value"] for item in figures["top"])
    histogram = figures["histogram"]
    return {
        "unique": figures["unique"],
        "minimum": ends[0],
        "maximum": ends[1],
        "mean": None,
        "deviation": None,
        "quantiles": dict(zip(shares, told(shares.values()), strict=True)),
        "top": [
            {"value": value, "count": item["count"]}
            for value, item in zip(top, figures["top"], strict=True)
        ],
        "histogram": histogram and histogram | {"edges": told(histogram["edges"])},
        "zeros": None,
        "negatives": None,
        "infinite": None,
        "outliers": None,
        "lengths": None,
    }


def _figures(ordered: Values) -> dict[str, Any]:
    starts, counts = _runs(ordered)
    some = ordered.size > 0
    return {
        "unique": counts.size,
        "minimum": ordered[0].item() if some else None,
        "maximum": ordered[-1].item() if some else None,
        "quantiles": {str(share): _quantile(ordered, share) for share in QUANTILES},
        "top": [
            {"value": ordered[starts[place]].item(), "count": int(counts[place])}
            for place in most_frequent(counts)
        ],
        "histogram": _histogram(ordered) if some else None,
    }


def _moments(ordered: Values) -> dict[str, float | None]:
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(ordered.mean(dtype=float)) if ordered.size else math.nan
        deviation = float(ordered.std(ddof=1)) if ordered.size > 1 else math.nan
    if abs(mean) < deviation * ROUNDING:
        mean = 0.0  # what summing leaves behind
    return {"mean": or_none(mean), "deviation": or_none(deviation)}


def or_none(value: float) -> float | None:
    """Return a number that is one; what overflowed is none."""
    return value if math.isfinite(value) else None


def _finite(ordered: Values) -> Values:
    if not np.issubdtype(ordered.dtype, np.floating):
        return ordered
    start = np.searchsorted(ordered, -np.inf, "right")
    return ordered[start : np.searchsorted(ordered, np.inf, "left")]


def _runs(ordered: Values) -> tuple[Values, Values]:
    """Return where each distinct value starts, and how often it occurs."""
    if not ordered.size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    changes = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    starts = np.concatenate([[0], changes])
    return starts, np.diff(starts, append=ordered.size)


def most_frequent(counts: Values) -> list[int]:
    """Return the places of the `TOP` largest counts, equal ones in their order."""
    if counts.size <= TOP:
        chosen = np.arange(counts.size)
    else:
        least = np.partition(counts, counts.size - TOP)[counts.size - TOP]
        above = np.flatnonzero(counts > least)
        equal = np.flatnonzero(counts == least)[: TOP - above.size]
        chosen = np.union1d(above, equal)
    order = np.argsort(-counts[chosen], kind="stable")
    places: list[int] = chosen[order].tolist()
    return places


def _quantile(ordered: Values, share: float) -> float | None:
    if not ordered.size:
        return None
    place = share * (ordered.size - 1)
    low = math.floor(place)
    below = float(ordered[low])
    above = float(ordered[min(low + 1, ordered.size - 1)])
    # Not below + (above - below) × share: the difference may be infinite.
    rest = place - low
    return below if below == above else below * (1 - rest) + above * rest


def _histogram(ordered: Values) -> dict[str, list[Any]]:
    """Count values between edges; a bin holds its left edge, the last one both."""
    low, high = ordered[0].item(), ordered[-1].item()
    edges = edges_between(low, high)
    places = np.searchsorted(ordered, np.array(edges[:-1], dtype=ordered.dtype))
    places[0] = 0
    counts = np.diff(places, append=ordered.size)
    return {"edges": edges, "counts": counts.tolist()}


def edges_between(low: Number, high: Number) -> list[Any]:
    """Return the edges of the bins, one more than bins; whole between whole numbers."""
    if isinstance(low, int) and isinstance(high, int):
        return _whole_edges(low, high)
    return _edges(low, high)


def _whole_edges(low: int, high: int) -> list[int]:
    """Return whole edges, so that every bin holds equally many whole numbers."""
    width = math.ceil((high - low + 1) / BINS)
    bins = math.ceil((high - low + 1) / width)
    return [low + width * place for place in range(bins + 1)]


def _edges(low: float, high: float) -> list[float]:
    if low == high:
        return [low - 0.5, high + 0.5]
    inner = (
        low * (1 - place / BINS) + high * (place / BINS) for place in range(1, BINS)
    )
    return [low, *inner, high]


def _between(ordered: Values, low: Number, high: Number) -> int:
    """Count the values from `low` to `high`, both included."""
    start = np.searchsorted(ordered, low, "left")
    return int(np.searchsorted(ordered, high, "right") - start)


def _outliers(ordered: Values, quantiles: dict[str, float | None]) -> int:
    """Count the values beyond 1.5 distances of the quartiles."""
    low, high = quantiles["0.25"], quantiles["0.75"]
    if low is None or high is None or low == high:
        return 0
    return int(ordered.size) - _between(ordered, *fences(low, high))


def fences(low: Number, high: Number) -> tuple[Number, Number]:
    """Return the bounds of what lies near, by the first and the third quartile."""
    reach = FENCE * (high - low)
    return low - reach, high + reach
