"""Numbers out of text that says more: currencies, percent signs, units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import narwhals.stable.v2 as nw
from pydantic import Field
from typing_extensions import override

from datasets.steps.base import Parameters, Step
from datasets.tables import ColumnType, Table
from datasets.words import word

if TYPE_CHECKING:
    from datasets.engines import Engine
    from datasets.steps.base import State
    from datasets.tables import Column, Schema

#: Blanks, the narrow and the unbreakable one too, and both signs of less than nothing.
_BLANKS = " \u00a0\u202f"
_MINUS = "\u2212-"  # the plain one last: it stands for itself there
_SIGNS = rf"[^\s0-9.,'()+<>≤≥~{_BLANKS}{_MINUS}]{{1,12}}"
#: “50k” and “2 Mio €” are no 50 and no 2; “5 kg” and “5 m” are 5.
_SCALED = (
    rf"[0-9][{_BLANKS}]?(?:(?i:k|mn|mio|mln|mrd|bn|tsd|thousand|million|billion)|M|B)"
    r"(?:[^\pL]|$)"
)
#: What stands between thousands, by the sign of decimals.
_GROUPS = {".": f"[,'{_BLANKS}]", ",": f"[.'{_BLANKS}]"}


class ReadAmountsParameters(Parameters):
    """How the numbers are written."""

    decimal: Literal[".", ","] = Field(
        ".",
        title="Decimal sign",
        description="A point as in $1,234.50, or a comma as in 1.234,50 €.",
        json_schema_extra={
            "words": {".": word("decimal point"), ",": word("decimal comma")}
        },
    )


class ReadAmounts(Step[ReadAmountsParameters]):
    """Read text with one number in it as that number.

    A minus, wherever it stands, and brackets around all make it negative. A percent
    sign is taken away and divides nothing: “12 %” is 12.
    """

    @property
    @override
    def reads_text(self) -> bool:
        return True

    @property
    @override
    def told(self) -> list[str]:
        return [word("decimal comma")] if self.parameters.decimal == "," else []

    @override
    def outcome(self, schema: Schema) -> Schema:
        return schema.retype(dict.fromkeys(self.columns, ColumnType.NUMBER))

    @override
    def apply(self, table: Table, state: State, engine: Engine) -> Table:
        read = (self._number(column) for column in self.chosen(table.schema))
        return Table(table.frame.with_columns(*read), self.outcome(table.schema))

    def _number(self, column: Column) -> nw.Expr:
        decimal = self.parameters.decimal
        text = nw.col(column.id).str.strip_chars()
        digits = text.str.replace_all("^[^0-9]+", "").str.replace_all("[^0-9]+$", "")
        digits = digits.str.replace_all(_GROUPS[decimal], "")
        digits = digits.str.replace_all(decimal, ".", literal=True)
        fits = text.str.contains(pattern(decimal)) & ~text.str.contains(_SCALED)
        number = nw.when(fits).then(digits).cast(nw.Float64)
        is_less = text.str.contains(f"[({_MINUS}]")
        return nw.when(is_less).then(-number).otherwise(number).alias(column.id)


def pattern(decimal: str) -> str:
    """Return what a whole amount looks like, to every engine alike."""
    group, blank, sign = _GROUPS[decimal], f"[{_BLANKS}]?", f"[+{_MINUS}]?"
    whole = f"(?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+)"
    number = f"{whole}(?:[{decimal}][0-9]+)?"
    # A point before the number ends an abbreviation, or it is the number's own.
    before, after = rf"(?:{_SIGNS}(?:\.?[{_BLANKS}])?)?", rf"(?:{blank}{_SIGNS}\.?)?"
    amount = f"{sign}{blank}{before}{sign}{blank}{number}{after}"
    return rf"^(?:{amount}|\({amount}\))$"
