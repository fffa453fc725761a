"""How the text of a file is to be read: guessed, shown, corrected, stored."""

from __future__ import annotations

import codecs
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from datasets.tables import ColumnType

#: Spellings of "no value" that are taken as missing unless the user says otherwise.
#: Numbers are never among them: 999 may be a value.
MISSING_MARKERS: tuple[str, ...] = (
    "",
    *("NA", "N/A", "n/a", "na", "#N/A", "#NA", "<NA>"),
    *("NaN", "nan", "NAN", "null", "NULL", "Null", "None", "none", "NONE"),
    *("?", "-", "--", "!!", ".", "missing", "Missing"),
    *("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"),
)


class Dialect(BaseModel):
    """Everything needed to read a file again in exactly the same way.

    `bad_records` says what happens to records with too few or too many cells: *stop*
    the import, *drop* them all, *fill* short ones with missing values and drop the
    others, or *fill_ends*: fill short ones as long as all records show that they only
    leave out empty cells at their end, and else stop. `types` holds the user's own
    choice of types by column name; `day_first` tells how to read dates such as 3/4/2020
    where all rows allow both, and `day_first_in` the same of single columns, by name.
    `part` names the table in a file that holds several, as the format's guess lists
    them. A format passes over what does not matter to it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoding: str = Field("utf-8", title="Encoding", max_length=40)
    delimiter: str = Field(",", title="Delimiter", min_length=1, max_length=1)
    quote: str = Field('"', title="Quote", max_length=1)
    decimal: Literal[".", ","] = Field(".", title="Decimal sign")
    thousands: Literal["", ",", ".", " ", "'"] = Field("", title="Thousands separator")
    header: bool = Field(True, title="First row holds the names")
    comment: str = Field("", title="Comment sign", max_length=1)
    missing_markers: tuple[str, ...] = Field(
        MISSING_MARKERS, title="Missing values", max_length=200
    )
    bad_records: Literal["stop", "fill_ends", "fill", "drop"] = Field(
        "stop", title="Bad records"
    )
    day_first: bool | None = Field(None, title="Day before month")
    day_first_in: dict[str, bool] = Field(
        default_factory=dict, title="Day before month, by column"
    )
    part: str = Field("", title="Table inside the file", max_length=1_000)
    types: dict[str, ColumnType] = Field(default_factory=dict, title="Types")

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        try:
            b"".decode(value)  # refuses codecs that are none of text, such as base64
            return codecs.lookup(value).name
        except LookupError:
            raise ValueError(f"There is no encoding “{value}”.") from None

    @field_validator("delimiter", "quote", "comment")
    @classmethod
    def _one_plain_sign(cls, value: str) -> str:
        if value and (not value.isascii() or value.isalnum() or value in "\r\n\0"):
            raise ValueError(
                "Choose a sign such as , ; | or a tab, no letter or digit."
            )
        return value

    @model_validator(mode="after")
    def _signs_differ(self) -> Dialect:
        signs = [s for s in (self.delimiter, self.quote, self.comment) if s]
        if len(set(signs)) < len(signs):
            raise ValueError("Delimiter, quote and comment sign must differ.")
        if self.thousands and self.thousands == self.decimal:
            raise ValueError("Decimal sign and thousands separator must differ.")
        return self

    @property
    def stops(self) -> bool:
        """Whether a bad record ends the import."""
        return self.bad_records in {"stop", "fill_ends"}

    def of_column(self, name: str) -> Dialect:
        """Return the dialect as it counts for one column."""
        if name not in self.day_first_in:
            return self
        return self.model_copy(update={"day_first": self.day_first_in[name]})
