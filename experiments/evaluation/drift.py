"""What training rows looked like, and how far later rows have moved from that.

A reference is small: of a column of numbers the deciles, of categories the counts. So
the Kolmogorov-Smirnov statistic is that at the deciles, which is never larger than the
one over all rows: it says too little rather than too much.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.tables import NUMERIC, ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from experiments.learning.preparation import Frame
    from experiments.learning.signature import Signature

    Array = np.ndarray[Any, np.dtype[np.float64]]

Json = dict[str, Any]

#: Categories counted by name, the most frequent ones; the rest is one more.
MOST_NAMED = 50
#: The population stability index from which something moved, and moved far.
MOVED, FAR = 0.1, 0.25
#: How often a column that did not move is said to, over all columns together.
ERROR_RATE = 0.01
COUNTED = frozenset({ColumnType.CATEGORY, ColumnType.BOOLEAN})


class Level(StrEnum):
    """How far a column has moved."""

    STEADY = "steady"
    MOVED = "moved"
    FAR = "far"


@dataclass(frozen=True)
class Shift:
    """How the values of one column differ from those of training.

    Parameters
    ----------
    psi : float
        Population stability index over the deciles or categories, and missing values.
    test : {"KS", "χ²"}
    statistic : float
        Of that test.
    p_value : float
        Of that test and of one for missing values, corrected for being two.
    missing : float
        The share of missing values, from 0 to 1, and what it was in training.
    missing_before : float
    """

    psi: float
    test: str
    statistic: float
    p_value: float
    missing: float
    missing_before: float

    def level(self, n_columns: int) -> Level:
        """Return how far it has moved; chance alone, in `n_columns`, moves nothing."""
        if self.p_value >= ERROR_RATE / n_columns or self.psi < MOVED:
            return Level.STEADY
        return Level.FAR if self.psi >= FAR else Level.MOVED


def reference_of(signature: Signature, rows: Frame, predicted: Array) -> Json:
    """Return what the training rows and the tested answers looked like.

    Parameters
    ----------
    signature : Signature
    rows : Frame
        The rows learned from, as they came.
    predicted : array
        What was answered for rows not learned from: probabilities of shape
        (n_samples, n_classes), or numbers.
    """
    columns: list[Json] = []
    for column in signature.columns:
        values = rows.column(column.name).to_list()
        if column.type in NUMERIC:
            columns.append({"name": column.name, **deciles(values)})
        elif column.type in COUNTED:
            columns.append({"name": column.name, **counts(values)})
    labels = signature.labels
    if labels is None:
        return {"columns": columns, "prediction": deciles(predicted.tolist())}
    best = [labels[code] for code in predicted.argmax(axis=1).tolist()]
    return {"columns": columns, "prediction": counts(best)}


def deciles(values: Sequence[float | None]) -> Json:
    """Return the different deciles of numbers, and the share not above each."""
    known = np.array([v for v in values if v is not None], dtype=np.float64)
    bounds = np.unique(np.quantile(known, np.linspace(0, 1, 11))) if len(known) else ()
    below = [float((known <= bound).mean()) for bound in bounds]
    return {
        "rows": len(known),
        "missing": len(values) - len(known),
        "bounds": [float(bound) for bound in bounds],
        "below": below,
    }


def counts(values: Sequence[Any]) -> Json:
    """Return how often each category is there, the most frequent ones by name."""
    known = Counter(str(value) for value in values if value is not None)
    named = known.most_common(MOST_NAMED)
    return {
        "rows": known.total(),
        "missing": len(values) - known.total(),
        "values": [[label, count] for label, count in named],
        "others": known.total() - sum(count for _, count in named),
    }


def shift(reference: Json, values: Sequence[Any]) -> Shift | None:
    """Hold values against a reference; None where one side has none."""
    present = [value for value in values if value is not None]
    if not present or not reference["rows"]:
        return None
    is_number = "bounds" in reference
    parts = _number_parts if is_number else _category_parts
    before, now = parts(reference, present)
    test = _ks if is_number else _chi_squared
    statistic, p_value = test(before, now)
    missing, lost = len(values) - len(present), reference["missing"]
    known = np.array([reference["rows"], lost]), np.array([len(present), missing])
    p_missing = _chi_squared(*known)[1]
    return Shift(
        psi=_psi(np.append(before, lost), np.append(now, missing)),
        test="KS" if is_number else "χ²",
        statistic=statistic,
        p_value=min(1.0, 2 * min(p_value, p_missing)),
        missing=missing / len(values),
        missing_before=lost / (lost + reference["rows"]),
    )


def _number_parts(reference: Json, values: Iterable[float]) -> tuple[Array, Array]:
    """Return how many values lie up to each decile, and above the last."""
    bounds = np.array(reference["bounds"])
    places = np.searchsorted(bounds, np.array(values, dtype=np.float64), side="left")
    now = np.bincount(places, minlength=len(bounds) + 1)
    before = np.diff([0.0, *reference["below"], 1.0]) * reference["rows"]
    return before, now.astype(np.float64)


def _category_parts(reference: Json, values: Iterable[Any]) -> tuple[Array, Array]:
    """Return how often each named category is there, and all others together."""
    found = Counter(map(str, values))
    names = [label for label, _ in reference["values"]]
    now = [found.pop(name, 0) for name in names]
    before = [count for _, count in reference["values"]]
    return (
        np.array([*before, reference["others"]], dtype=np.float64),
        np.array([*now, found.total()], dtype=np.float64),
    )


def _psi(before: Array, now: Array) -> float:
    """Return the index; half a row in every part keeps it finite."""
    a = (before + 0.5) / (before + 0.5).sum()
    b = (now + 0.5) / (now + 0.5).sum()
    return float(((b - a) * np.log(b / a)).sum())


def _ks(before: Array, now: Array) -> tuple[float, float]:
    from scipy.special import kolmogorov  # noqa: PLC0415 -- heavy import

    n, m = before.sum(), now.sum()
    statistic = float(np.abs(before.cumsum() / n - now.cumsum() / m).max())
    return statistic, float(kolmogorov(math.sqrt(n * m / (n + m)) * statistic))


def _chi_squared(before: Array, now: Array) -> tuple[float, float]:
    from scipy.special import chdtrc  # noqa: PLC0415 -- heavy import

    there = before + now > 0
    before, now = before[there], now[there]
    if len(before) == 1:
        return 0.0, 1.0
    ratio = math.sqrt(now.sum() / before.sum())
    parts = (ratio * before - now / ratio) ** 2 / (before + now)
    return float(parts.sum()), float(chdtrc(len(before) - 1, parts.sum()))
