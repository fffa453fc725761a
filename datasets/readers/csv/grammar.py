"""Plain CSV as a grammar, proved by an automaton in one run over the bytes.

Nearly every piece of nearly every file is *plain*: records of equal width, quotes only
around whole cells, no blanks around a cell, and no cell that begins like `007` or
`0x1F` (which fast parsers take for numbers). One run of a compiled automaton shows all
of that at once, in a third of the time `shape` needs; `shape` looks at the others.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from datasets.readers.arrays import blob
from datasets.readers.csv.shape import Shape, shape_of

if TYPE_CHECKING:
    from datasets.readers.csv.shape import Signs

#: More columns make the automaton too large to be fast.
WIDEST = 40
BLANKS = r" \t"


class Prover:
    """Tells the shape of pieces of one file.

    Parameters
    ----------
    width : int
        Cells in every record.
    signs : Signs
    """

    def __init__(self, width: int, signs: Signs) -> None:
        self._width = width
        self._signs = signs
        self._grammars = {
            end: _grammar(width, signs, end) for end in ("\\n", "\\r\\n", "\\r")
        }
        self._suspicious = _suspicious_quoted(signs)

    def shape_of(self, piece: bytes) -> Shape | None:
        """Return the shape of whole lines, None where they are not regular."""
        if self._width <= WIDEST and self._is_plain(piece):
            return Shape(padded=False, zero_led=frozenset())
        return shape_of(piece, self._width, self._signs)

    def _is_plain(self, piece: bytes) -> bool:
        if self._signs.comment and self._signs.comment in piece:
            return False
        end = "\\r\\n" if piece.endswith(b"\r\n") else "\\n"
        grammar = self._grammars["\\r" if piece.endswith(b"\r") else end]
        text = blob(piece)
        if not pc.match_substring_regex(text, grammar)[0].as_py():
            return False
        if not self._signs.quote or self._signs.quote not in piece:
            return True
        return not pc.match_substring_regex(text, self._suspicious)[0].as_py()


def _grammar(width: int, signs: Signs, end: str) -> str:
    delimiter = re.escape(chr(signs.delimiter))
    special = delimiter + r"\r\n"
    cell = ""
    if signs.quote:
        quote = re.escape(chr(signs.quote))
        special += quote
        cell = f"|{quote}(?:[^{quote}]|{quote}{quote})*{quote}"
    cell = f"(?:{_content(special)}{cell})"
    if width == 1:
        return rf"\A(?:{cell}{end})*\z"
    return rf"\A(?:{cell}?(?:{delimiter}{cell}?){{{width - 1}}}{end})*\z"


def _content(special: str) -> str:
    """Return what a bare cell may hold that is neither padded nor led by a zero."""
    any_sign, filled = f"[^{special}]", f"[^{special}{BLANKS}]"
    rest = f"(?:{any_sign}*{filled})?"
    blanks_inside = f"[{BLANKS}]{any_sign}*{filled}"
    start = f"[^{special}{BLANKS}0+\\-]"
    after_zero = f"(?:[^{special}{BLANKS}0-9xX]{rest}|{blanks_inside})?"
    after_sign = f"(?:[^{special}{BLANKS}0]{rest}|{blanks_inside})?"
    return f"{start}{rest}|[+-]?0{after_zero}|[+-]{after_sign}"


def _suspicious_quoted(signs: Signs) -> str:
    """Return what a quoted cell with blanks at an edge or led by a zero looks like.

    It may also be found inside a quoted cell; then `shape` decides. Told apart from
    the grammar because inside of it, it would make the automaton a hundred times
    larger.
    """
    quote, delimiter = re.escape(chr(signs.quote)), re.escape(chr(signs.delimiter))
    edge = rf"{delimiter}\r\n"
    opening = rf"(?:\A|[{edge}]){quote}(?:[{BLANKS}]|[+-]?0[0-9xX])"
    return f"{opening}|[{BLANKS}]{quote}[{edge}]"
