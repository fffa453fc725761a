"""Figures that do not depend on the order in which numbers were added up."""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import narwhals.stable.v2 as nw

    from datasets.engines import Engine
    from datasets.tables import Column, Table

DIGITS = 12


def settled(value: float | None, scale: float | None = None) -> float | None:
    """Return a mean or a deviation without the digits that chance decides.

    Engines add up large tables in parts, as these come, and each order rounds
    differently: the last bits of a sum change from run to run, and with them the digest
    of everything computed from it.

    Parameters
    ----------
    value
        None, where there was nothing to add up, stays None; so does what has no end.
    scale
        How large the numbers are that were added up; as large as `value` unless said.

    Returns
    -------
    float or None
        The value, to 12 significant digits of the scale.
    """
    size = value if scale is None else scale
    if value is None or not size or not isfinite(size) or not isfinite(value):
        return value
    return round(value, DIGITS - 1 - floor(log10(abs(size))))


def means_and_deviations(
    table: Table,
    columns: Sequence[Column],
    engine: Engine,
    number: Callable[[Column], nw.Expr],
    ddof: int,
) -> list[tuple[float | None, float | None]]:
    """Return mean and standard deviation of each column, settled.

    A mean far from zero leaves few digits for a small deviation; so the mean is taken
    away first, and what is left of the numbers is added up.

    Parameters
    ----------
    table, columns, engine
        What is computed of what, and by what.
    number
        The numbers of a column.
    ddof
        As in NumPy: the divisor is the number of values less this.
    """

    def row(figures: list[nw.Expr]) -> list[Any]:
        return list(engine.rows(table.frame.select(*figures))[0])

    near = [settled(m) for m in row([number(c).mean() for c in columns])]
    rests = [number(c) - (mean or 0.0) for c, mean in zip(columns, near, strict=True)]
    ids = [column.id for column in columns]
    named = [
        figure.alias(f"{name}_{place}")
        for name, rest in zip(ids, rests, strict=True)
        for place, figure in enumerate((rest.mean(), rest.std(ddof=ddof)))
    ]
    found = row(named)
    return [
        (_sum(mean, settled(rest, deviation)), settled(deviation))
        for mean, rest, deviation in zip(near, found[::2], found[1::2], strict=True)
    ]


def _sum(mean: float | None, rest: float | None) -> float | None:
    return None if mean is None or rest is None else mean + rest
