"""Categories as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import narwhals.stable.v2 as nw
from pydantic import Field
from typing_extensions import override

from datasets.steps.base import Parameters, Step, StepError
from datasets.steps.catalogue import TEXTUAL
from datasets.steps.columns import narrowed
from datasets.tables import Column, ColumnType, Schema, Table
from datasets.words import word

if TYPE_CHECKING:
    from datasets.engines import Engine
    from datasets.steps.base import State


class EncodeParameters(Parameters):
    """How categories become numbers."""

    method: Literal["label", "onehot"] = Field(
        "onehot",
        title="Method",
        description="A column of zeros and ones is called “column=value”. Places in "
        "the alphabet count from 0 and suit trees and values with an order.",
        json_schema_extra={
            "words": {
                "label": word("label: place in the alphabet"),
                "onehot": word("one-hot: a column for each value"),
            }
        },
    )
    limit: int = Field(
        100,
        title="Most values",
        description="A column with more different values is refused.",
        ge=2,
        le=1000,
    )


class Encode(Step[EncodeParameters]):
    """Number the values, or spread them over columns.

    A value that was not there when the step was fitted has no number, and zeros in
    all columns; so has a gap. The new columns stand where the old one stood.
    """

    @property
    @override
    def told(self) -> list[str]:
        return [self.parameters.told("method")]

    @property
    @override
    def fills(self) -> bool:
        return self._spreads

    @property
    @override
    def is_outcome_known(self) -> bool:
        return not self._spreads

    @property
    def _spreads(self) -> bool:
        return self.parameters.method == "onehot"

    @override
    def origins(self, name: str) -> frozenset[str]:
        if not self._spreads:
            return frozenset({name})
        made_of = {c for c in self.columns if name.startswith(f"{c}=")}
        return frozenset(made_of or {name})

    @override
    def outcome(self, schema: Schema) -> Schema:
        if self._spreads:
            return Schema(tuple(c for c in schema if c.name not in self.columns))
        return schema.retype(dict.fromkeys(self.columns, ColumnType.INTEGER))

    @override
    def fit(self, table: Table, engine: Engine) -> State:
        columns = self.chosen(table.schema)
        state = {column.name: self._values(table, column, engine) for column in columns}
        if self._spreads:
            _check_names(table.schema, state)
        return state

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        return (self._spread if self._spreads else self._number)(table, state, engine)

    def _values(self, table: Table, column: Column, engine: Engine) -> list[str]:
        """Return the different values in their order, as text."""
        distinct = table.frame.select(column.id).drop_nulls().unique()
        limit = self.parameters.limit
        rows = engine.rows(distinct.sort(column.id).head(limit + 1))
        if len(rows) > limit:
            raise StepError(
                f"“{column.name}” has more than {limit} different values. Raise the "
                "limit, or leave the column out.",
                column.name,
                "too_many_values",
            )
        if not rows:
            raise StepError(
                f"“{column.name}” has no values at all. Leave the column out.",
                column.name,
                "all_missing",
            )
        return [_text_of(row[0]) for row in rows]

    def _number(self, table: Table, state: State, engine: Engine) -> Table:
        columns = self.chosen(table.schema)
        frame = table.frame.with_columns(*(_as_text(column) for column in columns))
        for column in columns:
            frame = engine.encode(frame, column.id, state[column.name])
        return Table(frame, self.outcome(table.schema))

    def _spread(self, table: Table, state: State, engine: Engine) -> Table:
        made = _made_columns(table.schema, {c: state[c] for c in self.columns})
        values = (
            (_as_text(column) == value).fill_null(False).cast(nw.Int64).alias(new.id)
            for column in self.chosen(table.schema)
            for value, new in zip(state[column.name], made[column.name], strict=True)
        )
        schema = Schema(
            tuple(new for c in table.schema for new in made.get(c.name, [c]))
        )
        return narrowed(Table(table.frame.with_columns(*values), table.schema), schema)


def _made_columns(schema: Schema, state: State) -> dict[str, list[Column]]:
    """Return the columns that each column becomes."""
    ids = iter(schema.free_ids(sum(map(len, state.values()))))
    return {
        name: [
            Column(next(ids), f"{name}={value}", ColumnType.INTEGER) for value in values
        ]
        for name, values in state.items()
    }


def _check_names(schema: Schema, state: State) -> None:
    taken = {name for name in schema.names if name not in state}
    for columns in _made_columns(schema, state).values():
        for column in columns:
            if column.name in taken:
                raise StepError(
                    f"There is a column “{column.name}” already. Rename or remove it "
                    "first.",
                    column.name,
                    "columns",
                )
            taken.add(column.name)


def _as_text(column: Column) -> nw.Expr:
    value = nw.col(column.id)
    return value if column.type in TEXTUAL else value.cast(nw.String)


def _text_of(value: Any) -> str:
    """Return a value as the engines write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
