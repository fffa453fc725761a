"""A JSON text read in order, however long: parts are passed over, lists are taken."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from datasets.readers.errors import ReaderError
from datasets.readers.json.outline import lines_at, outline

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from datasets.readers.csv.source import Source
    from datasets.readers.limits import Limits

#: Bytes read, outlined and parsed at a time.
PIECE = 1 << 20
#: Brackets inside brackets; real data have some ten.
DEEPEST = 200
#: Bytes of a value that is taken whole: an object of columns.
WHOLE = 32 << 20
BLANKS = re.compile(rb"[ \t\r\n]*")
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
SCALAR = re.compile(rb"[^ \t\r\n,\]}]*")


class Document:
    """The text of one file.

    Parameters
    ----------
    source : Source
    limits : Limits
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._buffer = b""
        self._at = 0
        self._first_line = 1

    @property
    def line(self) -> int:
        """The physical line of the next byte."""
        return self._first_line + self._buffer.count(b"\n", 0, self._at)

    def peek(self) -> bytes:
        """Return the next byte that is no blank; empty at the end of the text."""
        while True:
            blanks = BLANKS.match(self._buffer, self._at)
            self._at = blanks.end() if blanks else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._read(PIECE):
                return b""

    def enter(self, path: Sequence[str]) -> Sequence[str]:
        """Go to the value at a path; return the rest of the path inside a list."""
        for place, name in enumerate(path):
            if self.peek() == b"[":
                return path[place:]
            if not self._enter(name):
                raise ReaderError(
                    f"There is nothing called “{name}” in this file; choose another "
                    "place of the records."
                )
        return ()

    def elements(self) -> Generator[tuple[list[object], list[int]]]:
        """Take the list at hand; yield some of its values with their lines."""
        self.peek()
        self._at += 1
        size, is_first = PIECE, True
        while True:
            text = self._ahead(size)
            found = outline(text)
            self._refuse_depth(found.beyond(DEEPEST), text)
            end = found.end
            commas = found.commas if end is None else found.commas[found.commas < end]
            if end is None and not commas.size:
                self._refuse_unclosed(text, size, self._limits.max_record)
                size *= 2
                continue
            cut = int(commas[-1]) if end is None else end
            if end is None:
                commas = commas[:-1]
            if not (is_first and end is not None and not text[:end].strip()):
                yield self._values(text[:cut], [0, *(commas + 1).tolist()])
            self._at += cut + 1
            size, is_first = PIECE, False
            if end is not None:
                return

    def value(self) -> object:
        """Take the value at hand, whole."""
        text = self._value()
        found = self._parsed(text)
        self._at += len(text)
        return found

    def finish(self) -> None:
        """Refuse what follows the value."""
        if self.peek():
            raise ReaderError(
                f"Line {self.line:,}: something follows the end of the JSON text; "
                "remove it.",
                line=self.line,
            )

    def _enter(self, name: str) -> bool:
        """Go to a member of the object at hand; tell whether there is one."""
        if self.peek() != b"{":
            return False
        while True:
            self._at += 1
            if self.peek() != b'"':
                return False
            key = self.value()
            if self.peek() != b":":
                raise self._unexpected("a colon")
            self._at += 1
            if key == name:
                return True
            self._pass_over()
            if self.peek() != b",":
                return False

    def _pass_over(self) -> None:
        """Go behind the value at hand, however long it is."""
        if self.peek() not in {b"{", b"["}:
            scalar = self._value()
            self._at += len(scalar)
            return
        depth, size = 0, PIECE
        while True:
            text = self._ahead(size)
            found = outline(text, depth)
            self._refuse_depth(found.beyond(DEEPEST), text)
            if (close := found.close) is not None:
                self._at += close + 1
                return
            self._refuse_unclosed(text, size, WHOLE)
            if not found.places.size:
                size *= 2
                continue
            self._at += int(found.places[-1]) + 1
            depth, size = int(found.depths[-1]), PIECE

    def _values(self, text: bytes, starts: list[int]) -> tuple[list[object], list[int]]:
        values = self._parsed(b"[" + text + b"]")
        assert isinstance(values, list)
        firsts = [_after_blanks(text, start) for start in starts]
        return values, lines_at(text, firsts, self.line)

    def _parsed(self, text: bytes) -> object:
        try:
            return parsed(text, self.line)
        except ReaderError as error:
            advice = f"{error.sentence} Correct the file there."
            raise ReaderError(advice, line=error.line) from None

    def _value(self) -> bytes:
        sign, size = self.peek(), PIECE
        while True:
            text = self._ahead(size)
            if sign in {b"{", b"["}:
                found = outline(text)
                self._refuse_depth(found.beyond(DEEPEST), text)
                if (close := found.close) is not None:
                    return text[: close + 1]
            elif sign == b'"':
                if string := STRING.match(text):
                    return string[0]
            else:
                scalar = SCALAR.match(text)
                if scalar and (scalar.end() < len(text) or len(text) < size):
                    return scalar[0]
            self._refuse_unclosed(text, size, WHOLE)
            size *= 2

    def _ahead(self, size: int) -> bytes:
        """Return the next bytes: `size` of them, or all there are."""
        missing = size - (len(self._buffer) - self._at)
        while missing > 0 and (got := self._read(missing)):
            missing -= got
        return self._buffer[self._at : self._at + size]

    def _read(self, size: int) -> int:
        """Forget what was taken and read on; return how much was read."""
        part = self._source.read(size)
        self._first_line = self.line
        self._buffer = self._buffer[self._at :] + part
        self._at = 0
        return len(part)

    def _refuse_unclosed(self, text: bytes, size: int, most: int) -> None:
        line = self.line
        if len(text) < size:
            raise ReaderError(
                f"The file ends before what begins in line {line:,} is complete; it "
                "may have been cut off. Get the whole file and upload that.",
                line=line,
            )
        if size > most:
            raise ReaderError(
                f"Line {line:,}: one value has more than {most:,} bytes, the most "
                "that is read at once. Write the table as one object for each row.",
                line=line,
            )

    def _refuse_depth(self, place: int | None, text: bytes) -> None:
        if place is not None:
            line = lines_at(text, [place], self.line)[0]
            raise ReaderError(
                f"Line {line:,}: more than {DEEPEST} brackets are open here. Nothing "
                "nested so deep becomes a table; take the inner part.",
                line=line,
            )

    def _unexpected(self, wanted: str) -> ReaderError:
        return ReaderError(
            f"Line {self.line:,}: this is no JSON, {wanted} is expected. Correct the "
            "file there.",
            line=self.line,
        )


def parsed(text: bytes, line: int) -> object:
    """Return the value of a text that begins on `line`; NaN and Infinity are numbers.

    Raises
    ------
    ReaderError
        If it is no JSON; the line is named.
    """
    try:
        return json.loads(text.decode())
    except json.JSONDecodeError as error:
        at = line + error.lineno - 1
        what = error.msg[0].lower() + error.msg[1:]
        raise ReaderError(
            f"Line {at:,}, sign {error.colno:,}: this is no JSON ({what}).",
            line=at,
        ) from None
    except (ValueError, RecursionError):
        raise ReaderError(
            f"Line {line:,}: a value is nested too deep, or a number has thousands of "
            "digits.",
            line=line,
        ) from None


def _after_blanks(text: bytes, start: int) -> int:
    blanks = BLANKS.match(text, start)
    return blanks.end() if blanks else start
