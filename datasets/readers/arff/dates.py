"""Dates as an ARFF header declares them, in the letters of Java's SimpleDateFormat."""

from __future__ import annotations

import re

from datasets.readers.kinds import MONTH, Moment
from datasets.tables import ColumnType

LETTERS = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|.", re.DOTALL)
PARTS = {
    "yyyy": "(?P<year>[0-9]{4})",
    "MMM": MONTH,
    "MM": "(?P<month>[0-9]{1,2})",
    "dd": "(?P<day>[0-9]{1,2})",
    "HH": "(?P<hour>[0-9]{1,2})",
    "mm": "(?P<minute>[0-9]{1,2})",
    "ss": "(?P<second>[0-9]{1,2})",
    "SSS": "(?P<fraction>[0-9]{1,9})",
    "Z": "(?P<zone>[+-][0-9]{4})",
    "XXX": "(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})",
    "X": "(?P<zone>Z|[+-][0-9]{2})",
}
OTHER_SPELLINGS = {"y": "yyyy", "M": "MM", "d": "dd", "H": "HH", "m": "mm", "s": "ss"}
OTHER_SPELLINGS |= {"MMMM": "MMM", "S": "SSS", "SS": "SSS", "ZZ": "Z"}
DAY_PARTS = frozenset({"year", "month", "day"})
CLOCK_PARTS = ("hour", "minute", "second", "fraction")


def moment(format: str) -> Moment | None:
    """Return the kind of dates that a format describes; None for one not known here."""
    pattern = ""
    for found in LETTERS.finditer(format):
        text = found[0]
        if found[1] is not None:
            pattern += re.escape(found[1].replace("''", "'") or "'")
        elif not found[2]:
            pattern += re.escape(text)
        elif part := PARTS.get(OTHER_SPELLINGS.get(text, text)):
            pattern += part
        else:
            return None
    names = re.findall(r"\(\?P<(\w+)>", pattern)
    if len(set(names)) < len(names) or not set(names) >= DAY_PARTS:
        return None
    if set(names) == DAY_PARTS:
        return Moment("date", ColumnType.DATE, pattern, order="declared")
    # The conversion asks for each part of the clock; those not written are empty.
    pattern += "".join(f"(?P<{n}>)" for n in CLOCK_PARTS if n not in names)
    return Moment("datetime", ColumnType.DATETIME, pattern, order="declared")
