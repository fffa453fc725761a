"""Names of columns: kept as found, made distinct, invented where there are none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasets.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_NAME = 300
#: Names quoted in one notice.
SHOWN = 5


@dataclass(frozen=True)
class Names:
    """Distinct names in the order of the columns, and what had to be changed."""

    names: tuple[str, ...]
    notices: tuple[str, ...]


def distinct_names(found: Sequence[str]) -> Names:
    """Return names for columns from the cells of a header.

    A name keeps its text; blanks around it go. An empty one becomes `column_3` (its
    place, from 1), one longer than `LONGEST_NAME` characters is cut with `…`, and one
    that was there before gets `_2`, `_3` … behind it.
    """
    stripped = [name.strip() for name in found]
    filled = [name or f"column_{place}" for place, name in enumerate(stripped, 1)]
    short = [_shortened(name) for name in filled]
    names = _numbered(short)
    pairs = list(zip(stripped, filled, short, names, strict=True))
    notices = [
        _notice("had no name; named", [f for s, f, *_ in pairs if s != f]),
        _notice(
            f"had a name longer than {LONGEST_NAME} characters; shortened to",
            [s[:40] + "…" for _, f, s, _ in pairs if f != s],
        ),
        _notice(
            "had a name used before; renamed to", [n for *_, s, n in pairs if s != n]
        ),
    ]
    return Names(tuple(names), tuple(notice for notice in notices if notice))


def invented_names(width: int) -> Names:
    """Return `column_1` … for a file without a header."""
    return Names(tuple(f"column_{place}" for place in range(1, width + 1)), ())


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    return name[: LONGEST_NAME - 1] + "…"


def _numbered(names: Sequence[str]) -> list[str]:
    taken = set(names)
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        if seen[name] == 1:
            result.append(name)
            continue
        while (other := f"{name}_{seen[name]}") in taken:
            seen[name] += 1
        taken.add(other)
        result.append(other)
    return result


def _notice(what: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    shown = ", ".join(f"“{name[:60]}”" for name in names[:SHOWN])
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    columns = word("1 column") if len(names) == 1 else word(f"{len(names):,} columns")
    return f"{columns} {what} {shown}{more}."
