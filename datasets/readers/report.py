"""What a reader hands back: a guess before the import, a report after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasets.readers.dialect import Dialect
    from datasets.readers.errors import BadRecord
    from datasets.readers.questions import Question
    from datasets.tables import ColumnType, Schema


@dataclass(frozen=True)
class Guess:
    """How a file seems to be read, and why.

    `parts` are the tables inside the file, each as `Dialect.part` names it, with a
    title; empty for formats that hold one table.
    """

    dialect: Dialect
    reasons: list[str]
    parts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sniff:
    """What a file looks like, from its first part.

    `rows` are the first 20 rows as text, `None` where a value is missing; `columns`
    pairs each name with the type its first rows suggest; `dialect`, `reasons` and
    `parts` are those of the `Guess`.
    """

    format: str
    dialect: Dialect
    reasons: list[str]
    parts: dict[str, str]
    columns: list[tuple[str, ColumnType]]
    rows: list[list[str | None]]
    warnings: list[str]


@dataclass(frozen=True)
class ImportReport:
    """What became of a file.

    `size` (bytes) and `sha256` (hexadecimal) describe the Parquet file written;
    `bad_records` are the first dropped records, `bad_count` how many there were;
    `questions` is what only the owner of the file can answer.
    """

    schema: Schema
    rows_count: int
    size: int
    sha256: str
    bad_records: list[BadRecord]
    bad_count: int
    notices: list[str]
    questions: list[Question]
    dialect: Dialect
