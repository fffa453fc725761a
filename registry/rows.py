"""A CSV file of rows to predict, read whole and checked, within a limit."""

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


def read_rows(
    path: Path, filename: str, signature: Iterable[dict[str, Any]], limit: int
) -> list[dict[str, object]]:
    """Return the rows of a CSV file as `stream_rows` yields them.

    Parameters
    ----------
    path, filename, signature
        As of `stream_rows`.
    limit
        How many rows are taken at most.

    Raises
    ------
    ReaderError
        If it has more rows than `limit`, and as `stream_rows` does.
    """
    rows = list(islice(stream_rows(path, filename, signature), limit + 1))
    if len(rows) > limit:
        raise ReaderError(f"The file has more than {limit} rows; predict it in parts.")
    return rows


def stream_rows(
    path: Path, filename: str, signature: Iterable[dict[str, Any]]
) -> Iterator[dict[str, object]]:
    """Yield the rows of a CSV file as values by column name.

    Parameters
    ----------
    path, filename
        The file and the name the user gave it, for its extension only.
    signature
        The columns a model asks for, with `name` and `type`.

    Raises
    ------
    ReaderError
        If it is no table, or has a record of another length; the line is named.
    """
    found = sniff(path, filename)
    dialect = found.dialect
    if not dialect.header:
        raise ReaderError("The first line must hold the names of the columns.")
    types = {column["name"]: column["type"] for column in signature}
    feed = reader(found.format).open(path, dialect, Limits())
    feed.prepare(SilentMonitor())
    for _, cells in feed.rows():
        pairs = zip(feed.names.names, cells, strict=True)
        yield {n: value_of(t, types.get(n, "text"), dialect) for n, t in pairs}
    refuse_bad(feed.findings)


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
