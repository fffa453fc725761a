"""The table every pure part of DataMine passes on: a lazy frame and its schema."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import narwhals.stable.v2 as nw

#: The hidden column that gives a row its place; order exists only through it.
ROW = "_row"
#: Rows of a stored table that lie together.
ROW_GROUP = 100_000
#: Bytes of a column that are packed together: the least that is unpacked for one row.
#: Rows from all over a file come in half the time they take with the usual MiB.
DATA_PAGE = 32 << 10
#: Ids are parts of statements and nothing else may be: what is stored may not be ours.
COLUMN_ID = re.compile(r"c[0-9]{1,9}")


class ColumnType(StrEnum):
    """What the values of a column are, decided on all of its rows."""

    INTEGER = "integer"
    NUMBER = "number"
    CATEGORY = "category"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"


NUMERIC = frozenset({ColumnType.INTEGER, ColumnType.NUMBER})


@dataclass(frozen=True)
class Column:
    """One column: `id` is its name inside files, `name` the label people see."""

    id: str
    name: str
    type: ColumnType


class UnknownColumnError(LookupError):
    """A name that the schema does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no column “{name}”.")
        self.name = name


@dataclass(frozen=True)
class Schema:
    """The columns of a table, in order, without the hidden row number."""

    columns: tuple[Column, ...]

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column called `name`, or raise `UnknownColumnError`."""
        for column in self.columns:
            if column.name == name:
                return column
        raise UnknownColumnError(name)

    def select(self, names: Iterable[str]) -> Schema:
        """Return the schema of these columns, in the order of `names`."""
        return Schema(tuple(self.column(name) for name in names))

    def free_ids(self, count: int) -> list[str]:
        """Return so many ids that no column has, as new columns need."""
        start = 1 + max((int(column.id[1:]) for column in self.columns), default=-1)
        return [f"c{number}" for number in range(start, start + count)]

    def retype(self, types: dict[str, ColumnType]) -> Schema:
        """Return the schema with the types of some columns, by name, replaced."""
        return Schema(
            tuple(replace(c, type=types.get(c.name, c.type)) for c in self.columns)
        )

    def to_json(self) -> list[dict[str, str]]:
        return [{"id": c.id, "name": c.name, "type": c.type.value} for c in self]

    @classmethod
    def from_json(cls, rows: Iterable[dict[str, str]]) -> Schema:
        """Rebuild a schema; keys beside id, name and type are passed over.

        Raises `ValueError` for ids that are not of our making.
        """
        columns = tuple(Column(r["id"], r["name"], ColumnType(r["type"])) for r in rows)
        ids = [column.id for column in columns]
        if not all(map(COLUMN_ID.fullmatch, ids)) or len(set(ids)) < len(ids):
            raise ValueError(f"These are not column ids: {ids}.")
        return cls(columns)


@dataclass(frozen=True)
class Table:
    """A lazy frame with the columns `_row`, `c0` … `cN`, and what they mean."""

    frame: nw.LazyFrame[Any]
    schema: Schema
