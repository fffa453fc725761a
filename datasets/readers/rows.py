"""Rows that a model is asked about, out of a file of any format, one at a time."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from datasets.monitor import SilentMonitor
from datasets.readers.catalogue import reader
from datasets.readers.errors import ReaderError
from datasets.readers.limits import Limits
from datasets.readers.sniff import sniff
from datasets.tables import ColumnType
from datasets.values import ValueTypeError, parse_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from datasets.readers.dialect import Dialect
    from datasets.readers.findings import Findings

NUMERIC = frozenset({"integer", "number"})


class RowFile:
    """A file of rows with the types that a model's columns have.

    Parameters
    ----------
    path, filename
        The file and the name the user gave it, for its extension only.
    signature
        The columns a model asks for, with `name` and `type`.

    Raises
    ------
    ReaderError
        If it is no table.
    """

    def __init__(
        self, path: Path, filename: str, signature: Iterable[dict[str, Any]]
    ) -> None:
        found = sniff(path, filename)
        self.dialect = found.dialect
        if not self.dialect.header:
            raise ReaderError("The first line must hold the names of the columns.")
        self.types = {column["name"]: column["type"] for column in signature}
        self.feed = reader(found.format).open(path, self.dialect, Limits())
        self.feed.prepare(SilentMonitor())

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns are called."""
        return self.feed.names.names

    @property
    def findings(self) -> Findings:
        """What was noticed in the last reading: records that do not fit."""
        return self.feed.findings

    def __iter__(self) -> Iterator[tuple[int, dict[str, object]]]:
        """Yield the line of each record that fits, and its values by column."""
        types = [self.types.get(name, "text") for name in self.names]
        for line, cells in self.feed.rows():
            told = zip(self.names, types, cells, strict=True)
            yield line, {n: value_of(c, t, self.dialect) for n, t, c in told}


def read_rows(
    path: Path, filename: str, signature: Iterable[dict[str, Any]], limit: int
) -> list[dict[str, object]]:
    """Return the rows of a file as `stream_rows` yields them.

    Parameters
    ----------
    path, filename, signature
        As of `RowFile`.
    limit
        How many rows are taken at most.

    Raises
    ------
    ReaderError
        If it has more rows than `limit`, and as `stream_rows` does.
    """
    rows = list(islice(stream_rows(path, filename, signature), limit + 1))
    if len(rows) > limit:
        raise ReaderError(f"The file has more than {limit} rows; send it in parts.")
    return rows


def stream_rows(
    path: Path, filename: str, signature: Iterable[dict[str, Any]]
) -> Iterator[dict[str, object]]:
    """Yield the rows of a file as values by column name.

    Raises
    ------
    ReaderError
        If it is no table, or has a record of another length; the line is named.
    """
    file = RowFile(path, filename, signature)
    for _, row in file:
        yield row
    refuse_bad(file.findings)


def refuse_bad(findings: Findings) -> None:
    """Raise the first record that does not fit: each row must get its answer."""
    if findings.bad:
        bad = findings.bad[0]
        raise ReaderError(bad.detail, line=bad.line, records=[bad])


def value_of(text: str, kind: str, dialect: Dialect) -> object:
    """Return what a cell stands for; what is no number stays text, to be refused."""
    text = text.strip()
    if text in dialect.missing_markers:
        return None
    if kind not in NUMERIC:
        return text
    plain = text.replace(dialect.thousands, "") if dialect.thousands else text
    try:
        return parse_value(plain.replace(dialect.decimal, "."), ColumnType.NUMBER)
    except ValueTypeError:
        return text


def lines_of(path: Path) -> int:
    """Count the lines of a file, to say how far its reading is."""
    with path.open("rb") as file:
        return sum(part.count(b"\n") for part in iter(lambda: file.read(2**20), b""))
