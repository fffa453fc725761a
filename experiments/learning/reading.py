"""Rows as they come, read column by column into values a model takes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from math import isfinite
from operator import itemgetter
from types import NoneType
from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.tables import NUMERIC, ColumnType
from experiments.learning.signature import Reason, RefusedValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from experiments.learning.signature import InputColumn, Signature

    Row = Mapping[str, Any]
    Reasons = defaultdict[int, list[Reason]]
    Values = list[Any] | np.ndarray[Any, np.dtype[np.float64]]
    Taken = tuple[Values, Sequence[int]]
    Take = Callable[[list[Any]], Taken | None]

#: So many values are looked at faster one by one than as an array.
FEW = 64
#: Notices name so many columns at most.
MOST_NAMED = 20


@dataclass(frozen=True)
class ReadRows:
    """What was read of some rows; a row is known by its place among them.

    Parameters
    ----------
    places : sequence of int
        The rows whose every value was taken.
    values : dict of str to list or array
        By column name, a value for each of `places`; None is missing. An array is
        taken where all are numbers such as training saw.
    remarks : dict of int to list of Reason
        What is unusual about rows that were taken.
    refusals : dict of int to list of Reason
        Why the other rows were not.
    """

    places: Sequence[int]
    values: dict[str, Values]
    remarks: Reasons = field(default_factory=lambda: defaultdict(list))
    refusals: Reasons = field(default_factory=lambda: defaultdict(list))


class RowReader:
    """The columns of a signature made ready to read rows, many times.

    Mostly all values of a column are such as the model learned from, which a few looks
    at the whole column tell. Values that are not are judged by themselves.
    """

    def __init__(self, signature: Signature) -> None:
        self._columns = [
            (column, itemgetter(column.name), _taker(column))
            for column in signature.columns
        ]
        self._known = {signature.target, *(c.name for c in signature.columns)}

    def __call__(self, rows: Sequence[Row]) -> ReadRows:
        """Return the values by column, and what was refused or remarked."""
        read = ReadRows(range(len(rows)), {})
        for column, value_of, take in self._columns:
            try:
                taken = take(list(map(value_of, rows))) if rows else ([], ())
            except KeyError:  # some row lacks the column
                taken = None
            if taken is None:
                read.values[column.name] = _judged(column, take, rows, read)
                continue
            values, odd = taken
            for place in odd:
                values[place] = _value(column, values[place], place, read)
            read.values[column.name] = values
        return _without_refused(read) if read.refusals else read

    def notices(self, rows: Sequence[Row]) -> list[str]:
        """Return what is said of columns the model does not know."""
        if self._known.issuperset(set().union(*rows)):
            return []
        extra = dict.fromkeys(
            name for row in rows for name in row if name not in self._known
        )
        named = ", ".join(f"“{name}”" for name in list(extra)[:MOST_NAMED])
        return [
            f"These columns are not used by the model and were left aside: {named}."
        ]


def _judged(
    column: InputColumn, take: Take, rows: Sequence[Row], read: ReadRows
) -> list[Any]:
    """Return the values of a column, each looked at by itself; None where refused."""
    values: list[Any] = []
    for place, row in enumerate(rows):
        if column.name not in row:
            detail = f"The column “{column.name}” is not there."
            reason = Reason(column.name, "missing_column", detail)
            read.refusals[place].append(reason)
            values.append(None)
        elif (taken := take([row[column.name]])) and not taken[1]:
            values += taken[0]
        else:
            values.append(_value(column, row[column.name], place, read))
    return values


def _value(column: InputColumn, value: Any, place: int, read: ReadRows) -> Any:
    """Return one value as the column reads it, or None where it is refused."""
    try:
        value = column.read(value)
    except RefusedValueError as error:
        read.refusals[place].append(error.reason)
        return None
    if remark := column.remark(value):
        read.remarks[place].append(remark)
    return value


def listed(values: Mapping[str, Values]) -> dict[str, list[Any]]:
    """Return values by column name as Python's own, which steps take."""
    return {
        name: column.tolist() if isinstance(column, np.ndarray) else column
        for name, column in values.items()
    }


def _without_refused(read: ReadRows) -> ReadRows:
    places = [place for place in read.places if place not in read.refusals]
    values: dict[str, Values] = {
        name: [column[place] for place in places]
        for name, column in listed(read.values).items()
    }
    return ReadRows(places, values, read.remarks, read.refusals)


def _taker(column: InputColumn) -> Take:
    """Return what takes the values of a column, and the places that need a word.

    Where their types alone are not such as the column holds, it takes none of them.
    """
    if column.type in NUMERIC and column.minimum is not None:
        return _number_taker(column)
    if column.type in (ColumnType.CATEGORY, ColumnType.TEXT):
        return _text_taker(column)
    if column.type is ColumnType.BOOLEAN:
        return lambda values: (values, ()) if _are(values, {bool}) else None
    return lambda values: None


def _number_taker(column: InputColumn) -> Take:
    least, most = column.minimum, column.maximum
    is_whole = column.type is ColumnType.INTEGER
    types: set[type] = {int} if is_whole else {int, float}

    def take(values: list[Any]) -> Taken | None:
        # A sum tells of any NaN, which comparisons may pass over.
        if (
            len(values) <= FEW
            and _are(values, types)
            and least <= min(values)
            and max(values) <= most
            and isfinite(sum(values))
        ):
            return (values if is_whole else [float(v) for v in values]), ()
        if not _are(values, {*types, NoneType}):
            return None
        try:
            numbers = np.array(values, dtype=np.float64)  # None becomes NaN
        except OverflowError:  # an integer beyond all floats
            return None
        if numbers.min() >= least and numbers.max() <= most:  # and none is NaN
            return (values if is_whole else numbers), ()
        odd = np.flatnonzero(~((numbers >= least) & (numbers <= most))).tolist()
        taken = values if is_whole else numbers.tolist()
        for place in odd:
            taken[place] = values[place]
        return taken, odd

    return take


def _text_taker(column: InputColumn) -> Take:
    known = None if column.categories is None else frozenset(column.categories)

    def take(values: list[Any]) -> Taken | None:
        if not _are(values, {str, NoneType}):
            return None
        if known is not None and known.issuperset(values):
            return values, [p for p, v in enumerate(values) if not v]
        return values, [
            place
            for place, value in enumerate(values)
            if not value or (known is not None and value not in known)
        ]

    return take


def _are(values: list[Any], types: set[type]) -> bool:
    """Whether all are of these very types: True is an `int` elsewhere, not here."""
    return types.issuperset(map(type, values))
