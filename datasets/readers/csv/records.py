"""Records out of text: regular pieces as they are, the rest one record at a time."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasets.readers.csv.careful import Careful
from datasets.readers.csv.lines import last_line_end, line_ends, occurrences
from datasets.readers.csv.shape import Shape, Signs
from datasets.readers.errors import BadRecord, ReaderError
from datasets.readers.findings import Findings
from datasets.words import word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from datasets.readers.csv.source import Source
    from datasets.readers.dialect import Dialect
    from datasets.readers.limits import Limits

#: Bytes proved regular and parsed at a time.
PIECE = 4 << 20
#: Bytes read record by record before the next try at the fast way; doubled each time.
CAREFUL = 128 << 10
#: Cells written anew at a time.
CELLS = 500_000
SEPARATOR_LINE = re.compile(rb"sep=[^\r\n](?:\r\n|\r|\n)", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """Records that all have the right number of cells.

    `data` is UTF-8 CSV in the signs of the dialect; `line` the physical line on which
    it begins; `lines` the line of each record where `data` was written anew.
    """

    data: bytes
    width: int
    shape: Shape
    line: int
    lines: tuple[int, ...] = ()

    def line_of(self, row: int, dialect: Dialect) -> int:
        """Return the physical line on which a row (from 0) begins."""
        if self.lines:
            return self.lines[row]
        text = io.StringIO(self.data.decode(), newline="")
        quote = {"quotechar": dialect.quote} if dialect.quote else {"quoting": 3}
        reader = csv.reader(text, delimiter=dialect.delimiter, **quote)
        for _ in range(row):
            next(reader)
        return self.line + reader.line_num


class Records:
    """The records of one file, in order.

    Parameters
    ----------
    source : Source
    dialect : Dialect
    limits : Limits

    Attributes
    ----------
    source : Source
    first : list of str
        The cells of the first record, which may be the header.
    width : int
        Cells in every record.
    findings : Findings

    Raises
    ------
    ReaderError
        If there is no record, one is too long, or has too many cells.
    """

    def __init__(self, source: Source, dialect: Dialect, limits: Limits) -> None:
        self.source = source
        self._dialect = dialect
        self._limits = limits
        self._signs = signs_of(dialect)
        self._buffer = b""
        self._line = 1
        self._at_end = False
        self.findings = Findings()
        self._skip_separator_line()
        self.first = self._first_record()
        self.width = len(self.first)

    def blocks(self, shape_of: Callable[[bytes], Shape | None]) -> Iterator[Block]:
        """Yield all records after the header as blocks; bad ones go to `findings`.

        `shape_of` proves pieces of whole lines regular; where it returns None they
        are read one record at a time.
        """
        careful_size = CAREFUL
        while self._fill():
            cut = self._cut()
            piece = self._buffer[:cut]
            shape = shape_of(piece) if cut else None
            if shape is None:
                yield from self._careful_block(careful_size)
                careful_size = min(2 * careful_size, PIECE)
                continue
            yield Block(piece, self.width, shape, self._line)
            self._buffer = self._buffer[cut:]
            self._line += line_ends(piece)
            careful_size = CAREFUL

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield line and cells of all records after the header, one at a time."""
        while self._fill():
            careful = self._careful()
            while (cells := careful.next_record()) is not None:
                if (fitting := self._fit(careful.line, cells)) is not None:
                    yield careful.line, fitting
                if careful.consumed >= PIECE:
                    break
            self._buffer, self._line = careful.rest()

    def _skip_separator_line(self) -> None:
        self._fill()
        if found := SEPARATOR_LINE.match(self._buffer):
            self._buffer = self._buffer[found.end() :]
            self._line += 1

    def _first_record(self) -> list[str]:
        careful = self._careful()
        cells = careful.next_record()
        if self.findings.bad:
            record = self.findings.bad[0]
            raise ReaderError(record.detail, line=record.line, records=[record])
        if cells is None:
            raise ReaderError("The file has no rows; choose a file with a table in it.")
        if len(cells) > self._limits.max_columns:
            raise ReaderError(
                f"The file has {len(cells):,} columns; at most "
                f"{self._limits.max_columns:,} are allowed.",
                line=careful.line,
            )
        if not self._dialect.header:
            careful.give_back()
        self._buffer, self._line = careful.rest()
        return cells

    def _careful(self) -> Careful:
        return Careful(
            self._buffer,
            self._line,
            more=self._more,
            dialect=self._dialect,
            max_record=self._limits.max_record,
            findings=self.findings,
        )

    def _careful_block(self, size: int) -> Iterator[Block]:
        careful = self._careful()
        rows, lines = [], []
        while careful.consumed < size and (cells := careful.next_record()) is not None:
            if (fitting := self._fit(careful.line, cells)) is not None:
                rows.append(fitting)
                lines.append(careful.line)
        self._buffer, self._line = careful.rest()
        if rows:
            yield rewritten(rows, lines, self._dialect)

    def _fit(self, line: int, cells: list[str]) -> list[str] | None:
        return fitted(cells, self.width, line, self._dialect, self.findings)

    def _more(self) -> bytes:
        part = b"" if self._at_end else self.source.read(PIECE)
        self._at_end = not part
        return part

    def _fill(self) -> bool:
        """Have a piece at hand unless the file ends; tell whether there is anything."""
        parts, have = [self._buffer], len(self._buffer)
        while have < PIECE and (part := self._more()):
            parts.append(part)
            have += len(part)
        if len(parts) > 1:
            self._buffer = b"".join(parts)
        return bool(self._buffer)

    def _cut(self) -> int:
        """Return the length of the longest part that ends with a record.

        Counts quotes: an odd number of them before a line end means that a cell is
        open there, if the quotes are structural, which `shape_of` then checks.
        """
        cut = last_line_end(self._buffer, len(self._buffer), at_end=self._at_end)
        sign = bytes([self._signs.quote])
        if not self._signs.quote or sign not in self._buffer:
            return cut
        if occurrences(self._buffer[:cut], self._signs.quote) % 2:
            opening = self._buffer.rfind(sign, 0, cut)
            cut = last_line_end(self._buffer, opening, at_end=False)
        return cut


def signs_of(dialect: Dialect) -> Signs:
    """Return the signs of a dialect as bytes."""
    return Signs(
        ord(dialect.delimiter), ord(dialect.quote or "\0"), ord(dialect.comment or "\0")
    )


def fitted(
    cells: list[str], width: int, line: int, dialect: Dialect, findings: Findings
) -> list[str] | None:
    """Return a record of the right width; None, and a finding, if there is none."""
    missing = width - len(cells)
    if missing == 0:
        return cells
    found = word("1 cell") if len(cells) == 1 else word(f"{len(cells):,} cells")
    detail = f"Line {line:,} has {found} where {width:,} are expected."
    record = BadRecord(line, width, len(cells), detail)
    if missing > 0 and _may_fill(cells, dialect):
        findings.add_filled(record, cells, dialect.missing_markers)
        return cells + [""] * missing
    findings.add(record)
    return None


def _may_fill(cells: list[str], dialect: Dialect) -> bool:
    """Tell whether a short record is filled; one that ends empty may lack any cell."""
    if dialect.bad_records == "fill_ends":
        return bool(cells[-1])
    return dialect.bad_records == "fill"


def rewritten_blocks(
    rows: Iterable[tuple[int, list[str]]], dialect: Dialect
) -> Iterator[Block]:
    """Yield records with their lines as blocks of at most `CELLS` cells."""
    found: list[list[str]] = []
    lines: list[int] = []
    for line, cells in rows:
        found.append(cells)
        lines.append(line)
        if len(found) * len(cells) >= CELLS:
            yield rewritten(found, lines, dialect)
            found, lines = [], []
    if found:
        yield rewritten(found, lines, dialect)


def rewritten(
    rows: Sequence[Sequence[str]], lines: Sequence[int], dialect: Dialect
) -> Block:
    """Return records, at least one, as a block in the signs of the dialect."""
    text = io.StringIO(newline="")
    csv.writer(
        text,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_ALL if dialect.quote else csv.QUOTE_NONE,
        lineterminator="\n",
    ).writerows(rows)
    width = len(rows[0])
    # No cell is padded on purpose; which ones begin with 0 was not looked at.
    shape = Shape(padded=False, zero_led=frozenset(range(width)))
    data = text.getvalue().encode()
    return Block(data, width, shape, lines[0], tuple(lines))
