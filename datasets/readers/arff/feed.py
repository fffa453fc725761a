"""ARFF as records: dense ones by the fast way where they are plain CSV, sparse ones."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from datasets.readers.arff.dates import moment
from datasets.readers.arff.header import Attribute, Header, read_header
from datasets.readers.arff.tokens import REMARK, pairs_in, values_in
from datasets.readers.csv.lines import last_line_end, line_ends
from datasets.readers.csv.records import Block, fitted, rewritten_blocks, signs_of
from datasets.readers.csv.source import Source
from datasets.readers.declared import Declared
from datasets.readers.errors import BadRecord, ReaderError
from datasets.readers.feed import TextFeed
from datasets.readers.findings import Findings
from datasets.readers.kinds import candidates_for
from datasets.readers.names import distinct_names
from datasets.tables import ColumnType

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from datasets.monitor import Monitor
    from datasets.readers.dialect import Dialect
    from datasets.readers.limits import Limits

#: Bytes proved plain and parsed at a time, and bytes read line by line before the
#: next try at that.
PIECE = 4 << 20
CAREFUL = 256 << 10
QUOTES = ("'", '"')
WEIGHT = re.compile(r"\{[^,]*\}")
SPARSE = re.compile(r"\{(.*?)\}(?:[ \t]*,[ \t]*(\{[^,{}]*\}))?", re.DOTALL)
#: What only the careful way understands: escapes, braces, remarks.
SPECIAL = (b"\\", b"{", b"%")


class ArffFeed(TextFeed):
    """An ARFF file; its header says the names and types of all columns."""

    def __init__(self, path: Path, dialect: Dialect, limits: Limits) -> None:
        plain = {"delimiter": ",", "decimal": ".", "thousands": "", "comment": ""}
        if dialect.quote not in QUOTES:
            plain["quote"] = QUOTES[0]
        super().__init__(path, dialect.model_copy(update=plain), limits)
        self._attributes: tuple[Attribute, ...] = ()

    def prepare(self, monitor: Monitor, rows: int | None = None) -> None:
        with self._data() as (_, header):
            self._attributes = header.attributes
        if len(self._attributes) > self.limits.max_columns:
            raise ReaderError(
                f"The header declares {len(self._attributes):,} columns; at most "
                f"{self.limits.max_columns:,} are allowed."
            )
        self.names = distinct_names([a.name for a in self._attributes])
        pairs = zip(self.names.names, self._attributes, strict=True)
        self.declared = {name: declared(a, self.dialect) for name, a in pairs}

    def rows(self) -> Generator[tuple[int, list[str]]]:
        with self._data() as (source, header):
            buffer, line = header.rest, header.line + 1
            while part := source.read(PIECE):
                buffer += part
                cut = last_line_end(buffer, len(buffer), at_end=False)
                yield from self._records(buffer[:cut], line)
                line += line_ends(buffer[:cut])
                buffer = self._bounded(buffer[cut:], line)
            yield from self._records(buffer, line)

    def blocks(self) -> Generator[Block]:
        from datasets.readers.csv.grammar import Prover  # noqa: PLC0415 -- heavy import

        width = len(self._attributes)
        prover = Prover(width, signs_of(self.dialect))
        with self._data() as (source, header):
            buffer, line, ended = header.rest, header.line + 1, False
            while True:
                while len(buffer) < PIECE and not ended:
                    part = source.read(PIECE)
                    buffer, ended = buffer + part, not part
                self.read_bytes = source.read_bytes
                if not buffer:
                    break
                cut = last_line_end(buffer, len(buffer), at_end=ended)
                piece = buffer[:cut] if cut else self._bounded(buffer, line)
                shape = prover.shape_of(piece) if self._is_plain(piece) else None
                if shape is None:
                    cut = last_line_end(piece, CAREFUL, at_end=ended)
                    piece = piece[:cut] if cut else piece
                    records = self._records(piece, line)
                    yield from rewritten_blocks(records, self.dialect)
                else:
                    yield Block(piece, width, shape, line)
                line += line_ends(piece)
                buffer = buffer[len(piece) :]

    def notices(self) -> list[str]:
        unread = [
            f"Column “{a.name[:60]}”: dates written as “{a.format[:40]}” stay text."
            for a in self._attributes
            if a.kind == "date" and moment(a.format) is None
        ]
        return [*super().notices(), *unread]

    @contextmanager
    def _data(self) -> Iterator[tuple[Source, Header]]:
        self.findings = Findings()
        with Source(self.path, self.dialect.encoding, self.limits) as source:
            header = read_header(source)
            yield source, header
            self.findings.nul_bytes = source.nul_count

    def _is_plain(self, piece: bytes) -> bool:
        """Tell whether commas, blanks and one kind of quote are all there is."""
        other = QUOTES[self.dialect.quote == QUOTES[0]].encode()
        return not any(sign in piece for sign in (*SPECIAL, other))

    def _bounded(self, text: bytes, line: int) -> bytes:
        if len(text) > self.limits.max_record:
            raise ReaderError(
                f"Line {line:,} is longer than {self.limits.max_record:,} bytes, the "
                "most that one record may have.",
                line=line,
            )
        return text

    def _records(self, text: bytes, line: int) -> Iterator[tuple[int, list[str]]]:
        """Yield line and cells of the records in whole lines that begin at `line`."""
        width = len(self._attributes)
        for number, raw in enumerate(text.splitlines(), line):
            record = raw.decode().strip(" \t")
            if not record:
                self.findings.empty_lines += 1
            elif record.startswith("%"):
                self.findings.comment_lines += 1
            elif (values := self._values(record, number)) is not None:
                cells = fitted(values, width, number, self.dialect, self.findings)
                if cells is not None:
                    yield number, cells

    def _values(self, record: str, line: int) -> list[str] | None:
        """Return the values of a record without weight; None for a bad sparse one."""
        if "%" in record and (remark := REMARK.fullmatch(record)):
            record = remark[1].strip(" \t")
        if record.startswith("{"):
            return self._sparse(record, line)
        values = values_in(record)
        if len(values) == len(self._attributes) + 1 and WEIGHT.fullmatch(values[-1]):
            self.findings.weights += 1
            values.pop()
        return values

    def _sparse(self, record: str, line: int) -> list[str] | None:
        """Return all values of a record that names only some, by their places."""
        found = SPARSE.fullmatch(record)
        pairs = pairs_in(found[1].strip(" \t")) if found else None
        width = len(self._attributes)
        if pairs is None or any(place >= width for place, _ in pairs):
            detail = (
                f"Line {line:,}: a sparse record is written as {{1 x, 3 y}}: places of "
                f"columns, from 0 to {width - 1:,}, each with its value."
            )
            self.findings.add(BadRecord(line, width, 0, detail))
            return None
        self.findings.weights += found is not None and found[2] is not None
        cells = [attribute.omitted for attribute in self._attributes]
        for place, value in pairs:
            cells[place] = value
        return cells


def declared(attribute: Attribute, dialect: Dialect) -> Declared:
    """Return what an attribute says of its column."""
    if attribute.kind == "numeric":
        kinds = (
            *candidates_for(ColumnType.INTEGER, dialect),
            *candidates_for(ColumnType.NUMBER, dialect),
        )
        return Declared(ColumnType.NUMBER, kinds)
    if attribute.kind == "nominal":
        return Declared(ColumnType.CATEGORY, values=attribute.values)
    if attribute.kind == "date" and (kind := moment(attribute.format)):
        return Declared(kind.type, (kind,))
    return Declared(ColumnType.TEXT)
