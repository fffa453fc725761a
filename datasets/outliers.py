"""Numbers far from the others: where the bounds lie, and the rows beyond them."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from datasets.paging import PLACE, fetch, placed_rows, require_ids
from datasets.steps.base import Parameters
from datasets.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    Figures = dict[str, Any]

Bound = Annotated[float, Field(allow_inf_nan=False)]
#: So many marks a chart gets at most; outliers that lie together share one.
MARKS = 400
_OUTSIDE = "(v < $low OR v > $high)"
_LARGEST = sys.float_info.max


class OutlierRule(Parameters):
    """What counts as an outlier."""

    method: Literal["iqr", "zscore", "range"] = Field(
        "iqr",
        title="Method",
        description="Beyond the quartiles by a multiple of their distance, beyond the "
        "mean by a multiple of the standard deviation, or beyond bounds of your own.",
        json_schema_extra={
            "words": {
                "iqr": word("IQR: distance from the quartiles"),
                "zscore": word("z-score: distance from the mean"),
                "range": word("own bounds"),
            }
        },
    )
    factor: float = Field(
        1.5,
        title="Factor",
        description="For the quartiles: how many of their distances are allowed.",
        ge=0,
        le=100,
    )
    threshold: float = Field(
        3.0,
        title="Threshold",
        description="For the mean: how many standard deviations are allowed.",
        gt=0,
        le=100,
    )
    low: Bound | None = Field(
        None,
        title="Lowest",
        description="For own bounds: the smallest number allowed; empty for none.",
    )
    high: Bound | None = Field(
        None,
        title="Highest",
        description="For own bounds: the largest number allowed; empty for none.",
    )

    @model_validator(mode="after")
    def _range_has_bounds(self) -> Self:
        if self.method != "range":
            return self
        if self.low is None and self.high is None:
            raise ValueError(
                word("a range needs its lowest or highest number, or both")
            )
        if None not in (self.low, self.high) and self.low > self.high:  # type: ignore[operator]
            raise ValueError(word("the lowest number of a range is above its highest"))
        return self


class OutlierError(ValueError):
    """A column whose outliers cannot be told; the text is a sentence for the user."""


@dataclass(frozen=True)
class Bounds:
    """The smallest and the largest number that is no outlier; None for no bound."""

    low: float | None
    high: float | None

    def ends(self) -> tuple[float, float]:
        """Return both with the slack that computing them leaves.

        Where there is no bound it is the largest number: one without end lies beyond.
        """
        low = -_LARGEST if self.low is None else self.low - rounding(self.low)
        high = _LARGEST if self.high is None else self.high + rounding(self.high)
        return low, high


@dataclass(frozen=True)
class Outliers:
    """The outliers of one column and a page of their rows.

    Parameters
    ----------
    bounds
        What was compared with.
    below, above
        How many numbers lie beyond each; numbers without end are among them.
    whiskers
        The least and the greatest number within; None if there is none.
    marks
        Some outliers and how many lie there, in order: what a chart draws.
    rows
        The page of rows, those furthest out first.
    """

    bounds: Bounds
    below: int
    above: int
    whiskers: tuple[float | None, float | None]
    marks: list[tuple[float, int]]
    rows: list[tuple[Any, ...]]

    @property
    def count(self) -> int:
        return self.below + self.above


def bounds_of(figures: Figures, rule: OutlierRule) -> Bounds:
    """Return the bounds of a column from the figures of its profile.

    Raises
    ------
    OutlierError
        If there is no number to go by, or they are too large to be reckoned with.
    """
    if rule.method == "range":
        return Bounds(rule.low, rule.high)
    if figures["minimum"] is None:
        raise OutlierError(
            f"“{figures['name']}” has no numbers to go by. Choose another column, or a "
            "range of your own."
        )
    low, high = _METHODS[rule.method](figures, rule)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise OutlierError(
            f"“{figures['name']}” holds numbers too large to be reckoned with. Choose "
            "a range of your own."
        )
    return Bounds(low, high)


def find_outliers(
    path: Path,
    figures: Figures,
    rule: OutlierRule,
    ids: Sequence[str],
    *,
    offset: int = 0,
    limit: int = 50,
) -> Outliers:
    """Find what lies beyond the bounds of one column of a typed Parquet file.

    Parameters
    ----------
    path
        The file.
    figures
        The column's part of the profile.
    rule
        What counts as an outlier.
    ids
        The columns wanted of the rows; `_row` may be among them.
    offset, limit
        Rows to pass over, and to return at most.
    """
    require_ids(figures["id"], *ids)
    bounds = bounds_of(figures, rule)
    column = _Column(path, figures["id"], *bounds.ends())
    groups = column.groups(figures)
    places = column.furthest(offset, limit) if groups else []
    return Outliers(
        bounds=bounds,
        below=sum(count for above, _, count in groups if not above),
        above=sum(count for above, _, count in groups if above),
        whiskers=column.whiskers(),
        marks=[(v, count) for _, v, count in groups if math.isfinite(v)],
        rows=placed_rows(path, ids, places),
    )


@dataclass(frozen=True)
class _Column:
    """One column of a file and what it is compared with; its id is of our making."""

    path: Path
    id: str
    low: float
    high: float

    def groups(self, figures: Figures) -> list[tuple[bool, float, int]]:
        """Return outliers that a chart could not tell apart: side, least, how many."""
        least, most = figures["minimum"] or 0.0, figures["maximum"] or 0.0
        # Halved, as their difference may be infinite.
        width = (most / 2 - least / 2) / (MARKS / 2) or 1.0
        wanted = "v > $high, min(v), count(*)"
        tail = f"WHERE {_OUTSIDE} GROUP BY v > $high, floor((v - $least) / $width)"
        found = self.ask(wanted, f"{tail} ORDER BY 2", least=least, width=width)
        return [(above, value, count) for above, value, count in found]

    def whiskers(self) -> tuple[float | None, float | None]:
        """Return the least and the greatest number that is no outlier."""
        low, high = self.ask("min(v), max(v)", "WHERE v >= $low AND v <= $high")[0]
        return low, high

    def furthest(self, offset: int, limit: int) -> list[int]:
        """Return where the rows lie, those furthest beyond their bound first."""
        tail = (
            f"WHERE {_OUTSIDE} ORDER BY greatest($low - v, v - $high) DESC, place "
            "LIMIT $limit OFFSET $offset"
        )
        return [row[0] for row in self.ask("place", tail, limit=limit, offset=offset)]

    def ask(self, wanted: str, tail: str, **values: float) -> list[Any]:
        statement = (
            f"SELECT {wanted} FROM (SELECT {self.id}::DOUBLE AS v, {PLACE} AS place "  # noqa: S608 -- ours
            f"FROM read_parquet($path, {PLACE} = true)) {tail}"
        )
        bound = {"path": str(self.path), "low": self.low, "high": self.high}
        return fetch(statement, bound | values)


def rounding(bound: float) -> float:
    """Return by how much computing a bound may miss it."""
    return 8 * sys.float_info.epsilon * abs(bound)


def _by_quartiles(figures: Figures, rule: OutlierRule) -> tuple[float, float]:
    first, third = figures["quantiles"]["0.25"], figures["quantiles"]["0.75"]
    reach = rule.factor * (third - first)
    return first - reach, third + reach


def _by_deviation(figures: Figures, rule: OutlierRule) -> tuple[float, float]:
    if figures["minimum"] == figures["maximum"]:
        return figures["minimum"], figures["maximum"]
    mean, deviation = figures["mean"], figures["deviation"]
    if mean is None or deviation is None:
        return -math.inf, math.inf  # their sum or squares have no end
    reach = rule.threshold * deviation
    return mean - reach, mean + reach


_METHODS = {"iqr": _by_quartiles, "zscore": _by_deviation}
