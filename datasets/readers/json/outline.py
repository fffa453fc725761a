"""Where the brackets and commas of a JSON text are, without parsing its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

COMMA, QUOTE, BACKSLASH, LF = b',"\\\n'
STEPS = np.zeros(256, dtype=np.int8)
STEPS[list(b"{[")] = 1
STEPS[list(b"}]")] = -1
IS_SIGN = STEPS != 0
IS_SIGN[COMMA] = True


@dataclass(frozen=True)
class Outline:
    """The signs `{ [ ] } ,` outside strings, in order.

    Attributes
    ----------
    places : array of int
        Index of each sign in the text.
    depths : array of int
        How many brackets are open after it; negative once the text has closed more
        than it opened.
    commas : array of int
        Indices of the commas at depth 0.
    """

    places: NDArray[np.intp]
    depths: NDArray[np.intp]
    commas: NDArray[np.intp]

    @property
    def end(self) -> int | None:
        """Index of the bracket that closes what was open before the text."""
        return self._first(self.depths < 0)

    @property
    def close(self) -> int | None:
        """Index of the bracket that closes the last one open."""
        return self._first(self.depths == 0)

    def beyond(self, depth: int) -> int | None:
        """Index of the first bracket that nests deeper than `depth`."""
        return self._first(self.depths > depth)

    def _first(self, found: NDArray[np.bool_]) -> int | None:
        at = int(found.argmax()) if found.size else 0
        return int(self.places[at]) if found.size and found[at] else None


def outline(text: bytes, depth: int = 0) -> Outline:
    """Return the outline of a text that begins outside a string, at some depth."""
    data = np.frombuffer(text, dtype=np.uint8)
    quotes = data == QUOTE
    if b"\\" in text:
        quotes &= ~_escaped(data)
    in_string = np.logical_xor.accumulate(quotes)
    places = np.flatnonzero(IS_SIGN[data] & ~in_string)
    signs = data[places]
    depths = depth + np.cumsum(STEPS[signs], dtype=np.intp)
    return Outline(places, depths, places[(signs == COMMA) & (depths == 0)])


def lines_at(text: bytes, places: Any, line: int) -> list[int]:
    """Return the physical lines of some places in a text that begins on `line`."""
    ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == LF)
    found: list[int] = (np.searchsorted(ends, places) + line).tolist()
    return found


def _escaped(data: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Mark the bytes behind a backslash that is not itself behind one."""
    at = np.flatnonzero(data == BACKSLASH)
    begins = np.ones(at.size, dtype=bool)
    begins[1:] = np.diff(at) > 1
    run = np.maximum.accumulate(np.where(begins, at, 0))
    escaped = np.zeros(data.size + 1, dtype=bool)
    escaped[at[(at - run) % 2 == 0] + 1] = True
    return escaped[:-1]
