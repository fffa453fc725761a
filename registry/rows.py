"""A CSV file of rows to predict, read whole and checked, within a limit."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from datasets.readers.errors import ReaderError
from datasets.readers.sniff import sniff

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from datasets.readers.dialect import Dialect

NUMERIC = frozenset({"integer", "number"})
TRUTHS = {"true": True, "false": False}


def read_rows(
    path: Path, filename: str, signature: Iterable[dict], limit: int
) -> list[dict[str, object]]:
    """Return the rows of a CSV file as values by column name.

    Parameters
    ----------
    path, filename
        The file and the name the user gave it, for its extension only.
    signature
        The columns a model asks for, with `name` and `type`.
    limit
        How many rows are taken at most.

    Raises
    ------
    ReaderError
        If it is no table, has more rows than `limit`, or a record of another length;
        the line is named.
    """
    dialect = sniff(path, filename).dialect
    if not dialect.header:
        raise ReaderError("The first line must hold the names of the columns.")
    types = {column["name"]: column["type"] for column in signature}
    rows: list[dict[str, object]] = []
    with path.open(encoding=dialect.encoding, newline="") as text:
        for values in _records(text, dialect):
            if len(rows) == limit:
                raise ReaderError(
                    f"The file has more than {limit} rows; predict it in parts."
                )
            rows.append(
                {
                    name: _typed(value, types.get(name, "text"), dialect)
                    for name, value in values.items()
                }
            )
    return rows


def _records(text: Iterable[str], dialect: Dialect) -> Iterable[dict[str, str]]:
    """Yield each record by column name, refusing those of another length."""
    lines = csv.reader(text, delimiter=dialect.delimiter, strict=True)
    try:
        names: list[str] | None = None
        for record in lines:
            if not record or _is_comment(record, dialect):
                continue
            if names is None:
                names = [name.strip() for name in record]
            elif len(record) != len(names):
                raise ReaderError(
                    f"Line {lines.line_num} has {len(record)} values; the first line "
                    f"names {len(names)} columns.",
                    line=lines.line_num,
                )
            else:
                yield dict(zip(names, record, strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise ReaderError(
            f"Line {lines.line_num} cannot be read: {error}.", line=lines.line_num
        ) from error


def _is_comment(record: list[str], dialect: Dialect) -> bool:
    return bool(dialect.comment) and record[0].startswith(dialect.comment)


def _typed(text: str, kind: str, dialect: Dialect) -> object:
    """Return the value the text stands for; text that is none stays as it is."""
    text = text.strip()
    if text in dialect.missing_markers:
        return None
    if kind == "boolean":
        return TRUTHS.get(text.lower(), text)
    if kind in NUMERIC:
        plain = text.replace(dialect.thousands, "") if dialect.thousands else text
        try:
            return float(plain.replace(dialect.decimal, "."))
        except ValueError:
            return text
    return text
