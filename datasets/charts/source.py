"""What charts are drawn from: a stored table, asked in bounded queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import WithJsonSchema

from datasets.charts.drawing import GREYS, PALETTE, short
from datasets.declarations import branches, properties
from datasets.paging import PLACE, fetch
from datasets.steps.base import Parameters
from datasets.tables import NUMERIC, ColumnType, Schema, UnknownColumnError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from datasets.charts.drawing import Row
    from datasets.tables import Column

#: So many classes have a colour of their own; the rest share one.
CLASSES = 8
OTHERS, MISSING = tuple(GREYS)
TIMES = frozenset({ColumnType.DATE, ColumnType.DATETIME})
ORDERED = NUMERIC | TIMES


def _named(types: Iterable[ColumnType]) -> WithJsonSchema:
    """Declare the name of a column of one of these types."""
    schema = {"type": "string", "format": "column"}
    return WithJsonSchema(schema | {"accepts": sorted(types)})


AnyColumn = Annotated[str, _named(())]
Numbers = Annotated[str, _named(NUMERIC)]
Ordered = Annotated[str, _named(ORDERED)]


class ChartParameters(Parameters):
    """What a chart shows, columns by name."""


class ChartError(ValueError):
    """A chart that cannot be drawn of this table; the text is a sentence.

    Parameters
    ----------
    sentence
        What is wrong, and what to do.
    parameter
        The parameter it is about.
    """

    def __init__(self, sentence: str, parameter: str) -> None:
        super().__init__(sentence)
        self.parameter = parameter


@dataclass(frozen=True)
class Classes:
    """The most frequent values of a column, each with a place, a label and a colour.

    Without a column all rows are of one class.
    """

    column: Column | None = None
    found: list[str] = field(default_factory=list)

    #: Under which SQL finds the values and marks hold their label.
    name: str = "class"

    @property
    def place(self) -> str:
        """SQL for the place of a row's value from 1; 0 is another, -1 a missing one."""
        if self.column is None:
            return "0"
        id = self.column.id
        place = f"coalesce(list_position(${self.name}, {id}::VARCHAR), 0)"
        return f"CASE WHEN {id} IS NULL THEN -1 ELSE {place} END"

    @property
    def values(self) -> dict[str, list[str]]:
        """What `place` needs bound."""
        return {self.name: self.found} if self.column else {}

    @cached_property
    def labels(self) -> dict[int, str]:
        """What a legend says of each place; no two are the same."""
        labels: dict[int, str] = {0: OTHERS, -1: MISSING}
        for place, value in enumerate(self.found, start=1):
            label = short(value) or "(blank)"
            again = label in labels.values()
            labels[place] = f"{label} · {place}" if again else label
        return labels

    @property
    def fields(self) -> list[str]:
        """The field of the class, where there are classes."""
        return [self.name] if self.column else []

    def told(self, place: int) -> Row:
        """Return what a mark says of its class, where there are classes."""
        return {self.name: self.labels[place]} if self.column else {}

    @property
    def single(self) -> str:
        """The colour of marks that have no class."""
        return PALETTE[0]

    def seen(self, rows: list[Row]) -> list[str]:
        """Return the labels that occur, the most frequent first, those of none last."""
        labels = self.labels
        order = [labels[place] for place in (*range(1, len(self.found) + 1), 0, -1)]
        drawn = {row[self.name] for row in rows}
        return [label for label in order if label in drawn]


@dataclass(frozen=True)
class Source:
    """A typed Parquet file: its columns, how many rows it has, and values they miss."""

    path: Path
    schema: Schema
    rows: int
    missing: Mapping[str, int]
    #: How columns go together, as the profile says: see `profiling.relations`.
    pairs: Sequence[Mapping[str, Any]] = ()

    def column(self, parameters: ChartParameters, name: str) -> Column:
        """Return the column a parameter names, if it is of a type that suits."""
        try:
            column = self.schema.column(getattr(parameters, name))
        except UnknownColumnError as error:
            raise ChartError(str(error), name) from error
        types = accepted(type(parameters), name)
        if column.type not in types:
            raise ChartError(
                f"“{short(column.name)}” is of the type {column.type}. Choose a column "
                f"of one of these types: {', '.join(sorted(types))}.",
                name,
            )
        return column

    def optional(self, parameters: ChartParameters, name: str) -> Column | None:
        """Return the column a parameter names, None if it names none."""
        return self.column(parameters, name) if getattr(parameters, name) else None

    def ask(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a statement whose `{table}` is this file.

        Statements hold ids and words of ours only; all else is bound by name.
        """
        table = f"read_parquet($path, {PLACE} = true)"
        bound = {"path": str(self.path), **values}
        return fetch(statement.replace("{table}", table), bound)

    def classes(
        self, column: Column | None, most: int = CLASSES, name: str = "class"
    ) -> Classes:
        """Return the most frequent values of a column as text, equal ones by value."""
        if column is None:
            return Classes()
        found = self.ask(
            f"SELECT {column.id}::VARCHAR AS value FROM {{table}} "  # noqa: S608 -- ours
            "WHERE value IS NOT NULL GROUP BY value "
            "ORDER BY count(*) DESC, value LIMIT $most",
            most=most,
        )
        return Classes(column, [row[0] for row in found], name)

    def ends(self, column: Column, parameter: str) -> tuple[float, float]:
        """Return the least and the greatest number of an ordered column."""
        low, high = self.ask(
            f"SELECT min(v), max(v) FROM (SELECT {number_of(column)} AS v "  # noqa: S608 -- ours
            "FROM {table}) WHERE isfinite(v)"
        )[0]
        if low is None:
            raise ChartError(
                f"“{short(column.name)}” has no values to draw.", parameter
            )
        return low, high


def accepted(model: type[ChartParameters], name: str) -> frozenset[ColumnType]:
    """Return the types of columns a parameter may name; all if it says none."""
    schema = properties(model)[name]
    named = (part.get("accepts", ()) for part in branches(schema))
    return frozenset(map(ColumnType, chain(*named))) or frozenset(ColumnType)


def number_of(column: Column) -> str:
    """Return SQL for a value of an ordered column as a number: times in seconds."""
    if column.type in TIMES:
        return f"epoch({column.id}::TIMESTAMP)"
    return f"{column.id}::DOUBLE"


def kind_of(column: Column) -> str:
    """Return how an axis measures an ordered column."""
    return "temporal" if column.type in TIMES else "quantitative"
