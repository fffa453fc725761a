"""Spellings that differ in blanks or capitals made one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import narwhals.stable.v2 as nw
from pydantic import Field
from typing_extensions import override

from datasets.steps.base import Parameters, Step
from datasets.tables import Table
from datasets.words import word

if TYPE_CHECKING:
    from datasets.engines import Engine
    from datasets.steps.base import State
    from datasets.tables import Column

#: Signs that look like a blank. Engines do not agree on more.
BLANKS = "[ \t\r\n\u00a0\u202f]+"


class TidyTextParameters(Parameters):
    """What becomes of capitals."""

    case: Literal["keep", "lower", "upper"] = Field(
        "keep",
        title="Capitals",
        description="Whether “Yes” and “yes” become the same.",
        json_schema_extra={
            "words": {
                "keep": word("as they are"),
                "lower": word("all small: “yes”"),
                "upper": word("all capital: “YES”"),
            }
        },
    )


class TidyText(Step[TidyTextParameters]):
    """Take away blanks around text, make one of several, and agree on capitals."""

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        tidied = (self._tidied(column) for column in self.chosen(table.schema))
        return Table(table.frame.with_columns(*tidied), table.schema)

    def _tidied(self, column: Column) -> nw.Expr:
        text = nw.col(column.id).str.replace_all(BLANKS, " ").str.strip_chars(" ")
        if self.parameters.case == "lower":
            text = text.str.to_lowercase()
        if self.parameters.case == "upper":
            text = text.str.to_uppercase()
        return nw.when(text.str.len_chars() > 0).then(text).alias(column.id)
