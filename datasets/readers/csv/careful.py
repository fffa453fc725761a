"""Records one at a time with the standard library's reader, and exact line numbers."""

from __future__ import annotations

import csv
from collections import deque
from typing import TYPE_CHECKING

from datasets.readers.csv.lines import last_line_end
from datasets.readers.errors import BadRecord, ReaderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datasets.readers.dialect import Dialect
    from datasets.readers.findings import Findings

#: Bytes split into lines at a time.
PART = 256 << 10
#: Bytes read again behind broken quotes before the file is given up.
REREAD = 256 << 20


class Careful:
    """The records at the beginning of a text, as the `csv` module reads them.

    After a record it cannot read, it goes on at the line after that record's first, so
    that an open quote costs one line and not the rest of the file.

    Parameters
    ----------
    text : bytes
        UTF-8; a record begins at its first byte.
    line : int
        The physical line of that byte.
    more : callable
        Returns the text that follows, in parts; empty at the end of the file.
    dialect : Dialect
    max_record : int
        Bytes.
    findings : Findings
        Told about broken records, comments and empty lines.

    Attributes
    ----------
    line : int
        The physical line on which the last record begins.
    consumed : int
        Bytes read so far.
    """

    def __init__(
        self,
        text: bytes,
        line: int,
        *,
        more: Callable[[], bytes],
        dialect: Dialect,
        max_record: int,
        findings: Findings,
    ) -> None:
        self._text = text
        self._more = more
        self._dialect = dialect
        self._max_record = max_record
        self._findings = findings
        self._lines: deque[bytes] = deque()
        self._record: list[bytes] = []
        self._next_line = line
        self._ended = False
        self._blanks = " \t".replace(dialect.delimiter, "")
        self._empty = (self._blanks + "\r\n").encode()
        self._comment = dialect.comment.encode()
        self._reader = self._new_reader()
        self.line = line
        self.consumed = 0

    def next_record(self) -> list[str] | None:
        """Return the cells of the next record, trimmed; None at the end of the file."""
        while True:
            self._record = []
            try:
                cells = next(self._reader)
            except StopIteration:
                return None
            except csv.Error:
                self._skip_broken()
                continue
            return [cell.strip(self._blanks) for cell in cells]

    def give_back(self) -> None:
        """Make the last record the next one again."""
        self._push_back(self._record)
        self._next_line = self.line

    def rest(self) -> tuple[bytes, int]:
        """Return the text not yet read and its physical line."""
        return b"".join([*self._lines, self._text]), self._next_line

    def _new_reader(self) -> Iterator[list[str]]:
        # The limit is one per process: it is only ever raised, never put back, so
        # that no other reader in this process can be surprised.
        csv.field_size_limit(max(csv.field_size_limit(), self._max_record))
        dialect = self._dialect
        return csv.reader(
            self._feed(),
            delimiter=dialect.delimiter,
            quotechar=dialect.quote or None,
            quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
            skipinitialspace=dialect.delimiter != " ",
            strict=True,
        )

    def _feed(self) -> Iterator[str]:
        """Yield lines; between records, pass over empty ones and comments."""
        size = 0
        while (line := self._pop()) is not None:
            if not self._record:
                if self._is_passed_over(line):
                    continue
                self.line, size = self._next_line - 1, 0
            self._record.append(line)
            size += len(line)
            if size > self._max_record:
                if len(self._record) == 1:
                    raise self._too_long(self.line)
                return  # inside an open quote: the reader reports the end of the data
            yield line.decode()

    def _is_passed_over(self, line: bytes) -> bool:
        if not line.strip(self._empty):
            self._findings.empty_lines += 1
            return True
        if self._comment and line.startswith(self._comment):
            self._findings.comment_lines += 1
            return True
        return False

    def _pop(self) -> bytes | None:
        if not self._lines and not self._split_more():
            return None
        line = self._lines.popleft()
        self._next_line += 1
        self.consumed += len(line)
        return line

    def _split_more(self) -> bool:
        end = PART
        while not (cut := last_line_end(self._text, end, at_end=self._ended)):
            if end < len(self._text):
                end *= 2
                continue
            if len(self._text) > self._max_record:
                raise self._too_long(self._next_line)
            part = self._more()
            self._ended = not part
            if self._ended and not self._text:
                return False
            self._text += part
        part, self._text = self._text[:cut], self._text[cut:]
        self._lines.extend(part.splitlines(keepends=True))
        return True

    def _skip_broken(self) -> None:
        """Give up the first line of a record whose quotes do not add up."""
        lines = self._record
        self._findings.add(self._broken(lines))
        self._findings.reread += sum(map(len, lines))
        if self._findings.reread > REREAD:
            raise ReaderError(
                f"Line {self.line:,}: too many quotes are broken from here on. Is the "
                "quote sign right?",
                line=self.line,
                records=self._findings.bad,
            )
        self._push_back(lines[1:])
        self._next_line = self.line + 1
        self._reader = self._new_reader()

    def _push_back(self, lines: list[bytes]) -> None:
        self._lines.extendleft(reversed(lines))
        self.consumed -= sum(map(len, lines))

    def _broken(self, lines: list[bytes]) -> BadRecord:
        quote = self._dialect.quote.encode()
        delimiter = self._dialect.delimiter.encode()
        last = self._next_line - 1
        if b"".join(lines).count(quote) % 2:
            detail = f"Line {self.line:,}: a quote is opened here and never closed."
        elif last > self.line:
            detail = (
                f"Line {self.line:,}: a quote is opened here and closed in line "
                f"{last:,}, with text behind it."
            )
        else:
            detail = f"Line {self.line:,}: text follows a closing quote."
        return BadRecord(self.line, 0, lines[0].count(delimiter) + 1, detail)

    def _too_long(self, line: int) -> ReaderError:
        return ReaderError(
            f"Line {line:,} is longer than {self._max_record:,} bytes, the most that "
            "one record may have.",
            line=line,
        )
