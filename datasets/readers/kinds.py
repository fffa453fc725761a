"""What text can mean: each kind says which cells it accepts, in one pattern.

A pattern is written in what Python's `re` and Arrow's RE2 read alike, so that the
guess on the first rows and the decision on all rows cannot differ. The order of
`candidates` is the order of preference; a column takes the first kind that accepts
every one of its values, else it is text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from datasets.tables import ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datasets.readers.declared import Declared
    from datasets.readers.dialect import Dialect

#: Whole numbers above this lose digits as floating-point numbers, so they stay text
#: when a column also has decimals.
EXACT = 2**53
LONGEST_WHOLE = 20
#: Different texts of a category: always allowed, and allowed if they repeat enough.
FEW, MOST_CATEGORIES = 20, 1_000
LONGEST_CATEGORY = 200
MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
MONTH = "(?P<month>(?i:" + "|".join(MONTHS) + ")[a-z]*\\.?)"
CLOCK = (
    "(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2})"
    "(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?)?"
)
CLOCK_PARTS = ("hour", "minute", "second")
ZONE = " ?(?P<zone>Z|UTC|[+-][0-9]{2}:?(?:[0-9]{2})?)"


@dataclass(frozen=True)
class Kind:
    """One meaning of text.

    Attributes
    ----------
    name : str
        For the conversion and for notices.
    type : ColumnType
    pattern : str
        Matches a whole accepted cell; named groups are its parts.
    """

    name: str
    type: ColumnType
    pattern: str

    @cached_property
    def expression(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def accepts(self, cell: str) -> bool:
        """Tell whether a trimmed cell, not missing, has this meaning."""
        return self.expression.fullmatch(cell) is not None


@dataclass(frozen=True)
class Integer(Kind):
    """A whole number of 64 bits."""

    thousands: str = ""

    def accepts(self, cell: str) -> bool:
        """Tell whether a cell is a whole number that 64 bits hold."""
        if not super().accepts(cell):
            return False
        value = _whole_value(cell, self.thousands)
        return value is not None and -(2**63) <= value < 2**63


@dataclass(frozen=True)
class Number(Kind):
    """A number with decimals, or so large that it is written with an exponent."""

    decimal: str = "."
    thousands: str = ""
    integer: str = ""

    def accepts(self, cell: str) -> bool:
        """Tell whether a cell is a number that loses no whole digit."""
        if not super().accepts(cell):
            return False
        if re.fullmatch(self.integer, cell) is None:
            return True
        value = _whole_value(cell, self.thousands)
        return value is not None and abs(value) <= EXACT


@dataclass(frozen=True)
class Moment(Kind):
    """A date, with or without a time; `order` names its parts, as in "dmy"."""

    order: str = "ymd"

    def accepts(self, cell: str) -> bool:
        """Tell whether a cell is a day, and a time of day, that exist, in UTC too."""
        if not (found := self.expression.fullmatch(cell)):
            return False
        parts = found.groupdict()
        month = parts["month"]
        number = int(month) if month.isdigit() else MONTHS.index(month[:3].lower()) + 1
        hour, minute, second = (int(parts.get(name) or 0) for name in CLOCK_PARTS)
        try:
            local = datetime(
                int(parts["year"]), number, int(parts["day"]), hour, minute, second
            )
            local - _offset(parts.get("zone") or "")
        except (ValueError, OverflowError):
            return False
        return True


def _offset(zone: str) -> timedelta:
    """Return what to subtract from a local time to come to UTC."""
    digits = zone[1:].replace(":", "")
    if not digits.isdigit():
        return timedelta()
    east = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return -east if zone.startswith("-") else east


def _whole_value(cell: str, thousands: str) -> int | None:
    """Return a whole number's value; None for one far beyond 64 bits."""
    digits = cell.replace(thousands, "") if thousands else cell
    return int(digits) if len(digits.lstrip("+-0")) < LONGEST_WHOLE else None


def _whole(thousands: str, *, leading_zeros: bool = False) -> str:
    plain = "[0-9]+" if leading_zeros else "(?:0|[1-9][0-9]*)"
    if thousands:
        plain = f"(?:[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|{plain})"
    return f"[+-]?{plain}"


def _number(dialect: Dialect, *, lenient: bool = False) -> Number:
    point = re.escape(dialect.decimal)
    whole = _whole(dialect.thousands, leading_zeros=lenient)
    mantissa = f"(?:{whole}(?:{point}[0-9]*)?|[+-]?{point}[0-9]+)"
    words = "[+-]?(?i:inf|infinity|nan)"
    return Number(
        "number",
        ColumnType.NUMBER,
        f"(?:{mantissa}(?:[eE][+-]?[0-9]+)?|{words})",
        decimal=dialect.decimal,
        thousands=dialect.thousands,
        integer=whole,
    )


def _integer(dialect: Dialect, *, lenient: bool = False) -> Integer:
    pattern = _whole(dialect.thousands, leading_zeros=lenient)
    return Integer("integer", ColumnType.INTEGER, pattern, thousands=dialect.thousands)


YEAR, DAY, MONTH_NUMBER = (
    "(?P<year>[0-9]{4})",
    "(?P<day>[0-9]{1,2})",
    "(?P<month>[0-9]{1,2})",
)
DAYS = {
    "ymd": f"{YEAR}[-/.]{MONTH_NUMBER}[-/.]{DAY}",
    "dmy": f"{DAY}[-/.]{MONTH_NUMBER}[-/.]{YEAR}",
    "mdy": f"{MONTH_NUMBER}[-/.]{DAY}[-/.]{YEAR}",
    "d month y": f"{DAY}[- .]{{1,2}}{MONTH}[- ,]{{1,2}}{YEAR}",
    "month d y": f"{MONTH} {DAY},? {YEAR}",
}


def _date(order: str) -> Moment:
    return Moment("date", ColumnType.DATE, DAYS[order], order=order)


def _datetime(order: str, *, zone: bool = False) -> Moment:
    pattern = f"{DAYS[order]}(?:[ T]{CLOCK})?"
    if zone:
        pattern = f"{DAYS[order]}[ T]{CLOCK}{ZONE}"
    name = "datetime with zone" if zone else "datetime"
    return Moment(name, ColumnType.DATETIME, pattern, order=order)


def _words(yes: str, no: str) -> Kind:
    return Kind("boolean", ColumnType.BOOLEAN, f"(?i:(?P<yes>{yes})|{no})")


TRUE_FALSE = _words("true", "false")
#: Read as true and false only where the user asks for it.
ANY_BOOLEAN = _words("true|yes|y|on|t|1", "false|no|n|off|f|0")


def _orders(dialect: Dialect) -> tuple[str, ...]:
    """Return the orders of date parts, best first; day before month by default."""
    numbers: tuple[str, ...] = ("dmy", "mdy")
    if dialect.day_first is not None:
        numbers = ("dmy",) if dialect.day_first else ("mdy",)
    return ("ymd", *numbers, "d month y", "month d y")


def candidates(dialect: Dialect) -> tuple[Kind, ...]:
    """Return every kind a column may turn out to be, in order of preference."""
    orders = _orders(dialect)
    return (
        _integer(dialect),
        _number(dialect),
        TRUE_FALSE,
        *(_date(order) for order in orders),
        *(_datetime(order) for order in orders),
        _datetime("ymd", zone=True),
    )


def candidates_for(wanted: ColumnType, dialect: Dialect) -> tuple[Kind, ...]:
    """Return the kinds that give the type a user asked for; none for text.

    These are a little wider than the automatic ones: `007` may be a number and `yes`
    a boolean if someone says so.
    """
    orders = _orders(dialect)
    wider: dict[ColumnType, tuple[Kind, ...]] = {
        ColumnType.INTEGER: (_integer(dialect, lenient=True),),
        ColumnType.NUMBER: (_number(dialect, lenient=True),),
        ColumnType.BOOLEAN: (ANY_BOOLEAN,),
        ColumnType.DATE: tuple(_date(order) for order in orders),
        ColumnType.DATETIME: (
            *(_datetime(order) for order in orders),
            _datetime("ymd", zone=True),
        ),
    }
    return wider.get(wanted, ())


def surviving(kinds: Sequence[Kind], cells: Iterable[str]) -> tuple[Kind, ...]:
    """Return the kinds that accept all cells, in their order."""
    left = list(kinds)
    for cell in cells:
        left = [kind for kind in left if kind.accepts(cell)]
        if not left:
            break
    return tuple(left)


def text_type(values: int, distinct: int | None, longest: int) -> ColumnType:
    """Tell categories from free text and identifiers.

    Text is a category if it has no value over `LONGEST_CATEGORY` characters, if its
    values repeat (or are only one or two), and if there are at most `FEW` different
    ones, or at most `MOST_CATEGORIES` that are a fifth of the values or less.

    Parameters
    ----------
    values : int
        Cells that are not missing.
    distinct : int or None
        Different values; None for more than were counted.
    longest : int
        Characters of the longest value.
    """
    if not values or distinct is None or longest > LONGEST_CATEGORY:
        return ColumnType.TEXT
    if distinct == values and values > 2:
        return ColumnType.TEXT
    if distinct <= FEW or distinct <= min(MOST_CATEGORIES, values / 5):
        return ColumnType.CATEGORY
    return ColumnType.TEXT


def first_type(
    cells: Sequence[str], name: str, dialect: Dialect, declared: Declared | None
) -> ColumnType:
    """Return the type a column's first values, none missing, suggest."""
    if name in dialect.types:
        return dialect.types[name]
    kinds = declared.kinds if declared else candidates(dialect.of_column(name))
    if cells and (fitting := surviving(kinds, cells)):
        return fitting[0].type
    if declared and declared.type:
        return declared.type
    return text_type(len(cells), len(set(cells)), max(map(len, cells), default=0))
