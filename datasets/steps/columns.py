"""Which columns there are, and what they are called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from typing_extensions import override

from datasets.steps.base import Parameters, Step, StepError
from datasets.tables import ROW, Schema, Table

if TYPE_CHECKING:
    from datasets.engines import Engine
    from datasets.steps.base import State

#: As long as the names an import keeps.
LONGEST_NAME = 10_000

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


class SelectColumnsParameters(Parameters):
    """Nothing to set: the columns say all."""


class DropColumnsParameters(Parameters):
    """Nothing to set: the columns say all."""


class RenameParameters(Parameters):
    """What columns are called afterwards."""

    names: dict[Name, Name] = Field(
        default_factory=dict,
        title="New names",
        description="The new name of each column by its old one. Names may be swapped.",
    )


class SelectColumns(Step[SelectColumnsParameters]):
    """Keep the chosen columns, in the order they are named."""

    @override
    def outcome(self, schema: Schema) -> Schema:
        return schema.select(self.columns)

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        return narrowed(table, self.outcome(table.schema))


class DropColumns(Step[DropColumnsParameters]):
    """Remove the chosen columns."""

    @override
    def check(self, schema: Schema) -> None:
        if len(self.columns) == len(schema):
            raise StepError(
                "“Remove columns” would leave no column. Keep at least one.",
                code="columns",
            )

    @override
    def outcome(self, schema: Schema) -> Schema:
        gone = set(self.columns)
        return Schema(tuple(c for c in schema if c.name not in gone))

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        return narrowed(table, self.outcome(table.schema))


class Rename(Step[RenameParameters]):
    """Give columns other names; data stay where they are."""

    @override
    def check(self, schema: Schema) -> None:
        for name in self.columns:
            if name not in self.parameters.names:
                raise StepError(
                    f"“Rename columns” has no new name for “{name}”. Say what it is "
                    "to be called.",
                    name,
                    "parameter",
                    "names",
                )
        after = [self._new_name(name) for name in schema.names]
        for name in after:
            if after.count(name) > 1:
                raise StepError(
                    f"Two columns would be called “{name}”. Choose another name.",
                    name,
                    "columns",
                    "names",
                )

    @override
    def origins(self, name: str) -> frozenset[str]:
        old = {self._new_name(column): column for column in self.columns}
        return frozenset({old.get(name, name)})

    @override
    def outcome(self, schema: Schema) -> Schema:
        return Schema(tuple(replace(c, name=self._new_name(c.name)) for c in schema))

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        return Table(table.frame, self.outcome(table.schema))

    def _new_name(self, name: str) -> str:
        return self.parameters.names[name] if name in self.columns else name


def narrowed(table: Table, schema: Schema) -> Table:
    """Return the table with the columns of `schema` alone, in its order."""
    ids = (column.id for column in schema)
    return Table(table.frame.select(ROW, *ids), schema)
