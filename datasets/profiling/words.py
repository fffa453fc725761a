"""Figures of columns whose values are only equal or not: text and yes/no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from datasets.profiling.numbers import QUANTILES, TOP
from datasets.profiling.spelling import amounts, look_alikes, markers

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A longer value is cut in the profile; it is kept whole in the table.
SHOWN = 200
#: Values of columns with more different ones are not compared with each other.
COMPARED = 10_000


def describe_words(values: pl.Series) -> dict[str, Any]:
    """Describe a column without its missing values."""
    counted = _counted(values)
    text = counted["value"].dtype == pl.String
    few = text and len(counted) <= COMPARED
    return word_figures(
        unique=len(counted),
        top=_top(counted),
        lengths=_lengths(counted) if text else None,
        different=counted["value"].to_list() if few else [],
    )


def word_figures(
    unique: int,
    top: Sequence[tuple[Any, int]],
    lengths: dict[str, Any] | None,
    different: Sequence[str],
) -> dict[str, Any]:
    """Return what is told of text and yes/no.

    Parameters
    ----------
    unique
        The number of different values.
    top
        The most frequent of them and how often they occur.
    lengths
        The fewest, the most and the mean number of characters; None unless text.
    different
        All different texts, unless there are too many to be compared.
    """
    return {
        "unique": unique,
        "minimum": None,
        "maximum": None,
        "mean": None,
        "deviation": None,
        "quantiles": {str(share): None for share in QUANTILES},
        "top": [{"value": _shown(value), "count": count} for value, count in top],
        "histogram": None,
        "zeros": None,
        "negatives": None,
        "infinite": None,
        "outliers": None,
        "lengths": lengths,
        "look_alikes": look_alikes(different),
        "markers": markers(different),
        "amounts": amounts(different),
    }


def _counted(values: pl.Series) -> pl.DataFrame:
    """Return the different values and how often each occurs."""
    grouped = values.to_frame("value").lazy().group_by("value").agg(count=pl.len())
    counted = grouped.collect(engine="streaming")
    if counted["value"].dtype != pl.Boolean:
        # Files keep categories as codes: only the different ones become text.
        counted = counted.with_columns(pl.col("value").cast(pl.String))
    return counted


def _top(counted: pl.DataFrame) -> Sequence[tuple[Any, int]]:
    """Return the most frequent values, equally frequent ones by value."""
    if len(counted) > TOP:
        least = counted["count"].top_k(TOP).min()
        above = counted.filter(pl.col("count") > least)
        equal = counted.filter(pl.col("count") == least)
        counted = above.vstack(equal.bottom_k(TOP - len(above), by="value"))
    return counted.sort("count", "value", descending=[True, False]).rows()


def _shown(value: Any) -> Any:
    if isinstance(value, str) and len(value) > SHOWN:
        return value[: SHOWN - 1] + "…"
    return value


def _lengths(counted: pl.DataFrame) -> dict[str, Any]:
    """Return lengths in characters."""
    if not len(counted):
        return {"minimum": None, "maximum": None, "mean": None}
    lengths = counted["value"].str.len_chars().to_numpy()
    mean = float(np.average(lengths, weights=counted["count"].to_numpy()))
    return {"minimum": int(lengths.min()), "maximum": int(lengths.max()), "mean": mean}
