"""The shape of a piece of CSV, proved with array arithmetic instead of a parser.

A piece is *regular* when every record has the same number of cells and every quote
opens or closes a cell as RFC 4180 says. Then all CSV readers agree on it and the
fastest may read it. Any other piece goes to the standard library's reader, record by
record. Cost: about 3 ns a byte, most of it without the interpreter's lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LF, CR, BLANK, TAB, ZERO, PLUS, MINUS = b"\n\r \t0+-"
AFTER_ZERO = np.zeros(256, dtype=bool)
AFTER_ZERO[list(b"0123456789xX")] = True


@dataclass(frozen=True)
class Signs:
    """The signs of a dialect as bytes; 0 for a quote or comment that is not used."""

    delimiter: int
    quote: int
    comment: int

    @property
    def blanks(self) -> bytes:
        """Return what is trimmed around a cell."""
        return b" \t".replace(bytes([self.delimiter]), b"")


@dataclass(frozen=True)
class Shape:
    """What is known about a regular piece.

    Attributes
    ----------
    padded : bool
        Some cell may have blanks around it.
    zero_led : frozenset of int
        Indices of the columns in which some cell may begin like `007` or `0x1F`, which
        fast parsers of numbers take for numbers.
    """

    padded: bool
    zero_led: frozenset[int]


def shape_of(piece: bytes, width: int, signs: Signs) -> Shape | None:
    """Return the shape of `piece`, or None if it is not regular.

    Parameters
    ----------
    piece : bytes
        Whole lines; the first begins a record, the last ends with a line end.
    width : int
        Cells in each record.
    signs : Signs
    """
    if _has_comment(piece, signs) or (width == 1 and _has_empty_line(piece)):
        return None
    data = np.frombuffer(piece, dtype=np.uint8)
    quotes = _quotes(piece, data, signs)
    outside = None
    if quotes.size:
        outside = _outside(data.size, quotes)
        quotes, are_structural = _around_cells(data, quotes, signs)
        if not are_structural:
            return None
    separators = (data == signs.delimiter) | (data == LF)
    if CR in piece:
        separators |= data == CR
    if outside is not None:
        separators &= outside
    record = _record(piece, width, signs)
    if not _repeats(data[separators], record) or _is_torn(data, separators, record):
        return None
    padded = _is_padded(piece, data, separators, quotes, signs)
    zero_led = _zero_led(data, separators, quotes, len(record))
    return Shape(padded, zero_led)


def _has_comment(piece: bytes, signs: Signs) -> bool:
    if not signs.comment:
        return False
    sign = bytes([signs.comment])
    return piece.startswith(sign) or b"\n" + sign in piece or b"\r" + sign in piece


def _has_empty_line(piece: bytes) -> bool:
    """Tell whether a line is empty; with one column, that looks like a record."""
    if piece[:1] in {b"\n", b"\r"} or b"\n\n" in piece or b"\n\r" in piece:
        return True
    return b"\r\r" in piece


def _quotes(piece: bytes, data: NDArray[np.uint8], signs: Signs) -> NDArray[np.intp]:
    if not signs.quote or signs.quote not in piece:
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero(data == signs.quote)


def _around_cells(
    data: NDArray[np.uint8], quotes: NDArray[np.intp], signs: Signs
) -> tuple[NDArray[np.intp], bool]:
    """Return the quotes around whole cells, and whether all others are doubled."""
    if quotes.size % 2:
        return quotes, False
    edge = np.zeros(256, dtype=bool)
    edge[[signs.delimiter, LF, CR]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    starts = edge[data[opening - 1]]  # index -1 is the line end that closes the piece
    ends = edge[data[closing + 1]]
    doubled = opening[1:] == closing[:-1] + 1
    is_structural = (starts[1:] | doubled).all() and (ends[:-1] | doubled).all()
    around = np.concatenate([opening[starts], closing[ends]])
    return around, bool(is_structural and starts[0] and ends[-1])


def _outside(size: int, quotes: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Mark the bytes outside quoted cells."""
    turns = np.zeros(size, dtype=np.uint8)
    turns[quotes] = 1
    return np.bitwise_xor.accumulate(turns) == 0


def _record(piece: bytes, width: int, signs: Signs) -> bytes:
    """Return the separators every record must have, by the piece's last line end."""
    end = b"\r\n" if piece.endswith(b"\r\n") else piece[-1:]
    return bytes([signs.delimiter]) * (width - 1) + end


def _repeats(found: NDArray[np.uint8], record: bytes) -> bool:
    if found.size % len(record):
        return False
    pattern = np.frombuffer(record, dtype=np.uint8)
    return bool((found.reshape(-1, len(record)) == pattern).all())


def _is_torn(
    data: NDArray[np.uint8], separators: NDArray[np.bool_], record: bytes
) -> bool:
    """Tell whether something stands between the CR and the LF of a line end."""
    if not record.endswith(b"\r\n"):
        return False
    returns = np.flatnonzero(separators & (data == CR))
    return bool((data[returns + 1] != LF).any())


def _is_padded(
    piece: bytes,
    data: NDArray[np.uint8],
    separators: NDArray[np.bool_],
    quotes: NDArray[np.intp],
    signs: Signs,
) -> bool:
    edges = separators
    if quotes.size:
        edges = separators.copy()
        edges[quotes] = True
    for blank in signs.blanks:
        if blank not in piece:
            continue
        at = np.flatnonzero(data == blank)
        if edges[at - 1].any() or edges[at + 1].any():
            return True
    return False


def _zero_led(
    data: NDArray[np.uint8],
    separators: NDArray[np.bool_],
    quotes: NDArray[np.intp],
    period: int,
) -> frozenset[int]:
    starts = separators[:-1]
    if quotes.size:
        starts = starts.copy()
        starts[quotes] = True
    zeros = np.flatnonzero((data[1:] == ZERO) & starts) + 1
    signed = ((data[1:] == MINUS) | (data[1:] == PLUS)) & starts
    signed_at = np.flatnonzero(signed) + 2
    signed_at = signed_at[data[signed_at] == ZERO]
    hits = np.concatenate([zeros, signed_at])
    if data[0] == ZERO or (data[0] in {PLUS, MINUS} and data[1] == ZERO):
        hits = np.append(hits, 0 if data[0] == ZERO else 1)
    hits = hits[AFTER_ZERO[data[hits + 1]]]
    if not hits.size:
        return frozenset()
    before = np.searchsorted(np.flatnonzero(separators), hits)
    return frozenset(np.unique(before % period).tolist())
