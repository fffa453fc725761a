"""Values that may mean the same, and values that may mean nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: So many are told at most.
SHOWN = 10
_MARKERS = frozenset(
    {"", "?", "??", "!", "!!", "-", "--", ".", "na", "n/a", "n.a.", "#n/a", "nan"}
    | {"null", "nil", "none", "missing", "unknown", "error", "undefined", "n.d."}
)
#: A number with a currency or a percent sign, or in brackets as accountants write.
_MONEY = "[$€£¥₹]"
_DIGITS = "[0-9][0-9.,' ]*"
_AMOUNT = re.compile(
    rf"\([0-9][0-9.,]*\)|\(?[+-]?(?:{_MONEY} ?-?{_DIGITS}|{_DIGITS}(?:{_MONEY}|%))\)?"
)
_MOSTLY = 0.9


def look_alikes(values: Iterable[str]) -> list[list[str]]:
    """Return some groups of values that differ only in blanks or capitals, sorted."""
    groups = defaultdict(list)
    for value in values:
        groups[" ".join(value.casefold().split())].append(value)
    alike = sorted(sorted(group) for group in groups.values() if len(group) > 1)
    return alike[:SHOWN]


def markers(values: Iterable[str]) -> list[str]:
    """Return the values that people write where there is none, sorted."""
    return sorted(v for v in values if v.strip().casefold() in _MARKERS)[:SHOWN]


def amounts(values: Iterable[str]) -> list[str]:
    """Return some of the values if nearly all are numbers with a sign, sorted."""
    values = sorted(values)
    found = [value for value in values if _AMOUNT.fullmatch(value.strip())]
    return found[:SHOWN] if found and len(found) >= _MOSTLY * len(values) else []
