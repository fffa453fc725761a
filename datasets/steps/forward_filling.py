"""Filling gaps from the rows above."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
from typing_extensions import override

from datasets.steps.base import Parameters, Step, StepError
from datasets.steps.filling import typed
from datasets.tables import ROW, Table
from datasets.values import to_json

if TYPE_CHECKING:
    from datasets.engines import Engine
    from datasets.steps.base import State
    from datasets.tables import Column


class ForwardFillParameters(Parameters):
    """Nothing to set: the columns say all."""


class ForwardFill(Step[ForwardFillParameters]):
    """Repeat the last value above a gap, in the order of the rows.

    A gap before the first value has nothing above and stays. New rows have no rows
    above them: they get the last value that was there when the step was fitted.
    """

    @property
    @override
    def fills(self) -> bool:
        return True

    @override
    def fit(self, table: Table, engine: Engine) -> State:
        columns = self.chosen(table.schema)
        return {column.name: _last(table, column, engine) for column in columns}

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        ids = [column.id for column in self.chosen(table.schema)]
        return Table(engine.forward_fill(table.frame, ids), table.schema)

    @override
    def replay(self, table: Table, state: State, engine: Engine) -> Table:
        filled = (
            nw.col(column.id).fill_null(typed(column, state))
            for column in self.chosen(table.schema)
        )
        return Table(table.frame.with_columns(*filled), table.schema)

    @override
    def complete(self, table: Table, state: State, engine: Engine) -> Table:
        return self.replay(table, state, engine)


def _last(table: Table, column: Column, engine: Engine) -> Any:
    known = table.frame.select(ROW, column.id).drop_nulls(column.id)
    row = engine.rows(known.select(nw.col(ROW).max()))[0][0]
    if row is None:
        raise StepError(
            f"“{column.name}” has no values at all, so there is none to repeat. Leave "
            "the column out.",
            column.name,
            "all_missing",
        )
    return to_json(
        engine.rows(known.filter(nw.col(ROW) == row).select(column.id))[0][0]
    )
