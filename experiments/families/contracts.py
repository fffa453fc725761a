"""A data contract: the columns a family of models knows, and what they may hold.

Columns of a table are found by their names, whatever case and blanks they are written
with. Labels are brought to one spelling; what is no label at all is left for the check
to name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from datasets.tables import ColumnType
from datasets.words import word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Role = Literal["feature", "target", "extra"]


@dataclass(frozen=True)
class ContractColumn:
    """One column as the contract names it.

    Parameters
    ----------
    name, meaning : str
    kind : {"number", "integer", "category", "date"}
    unit : str, optional
    role : {"feature", "target", "extra"}
        `extra` columns are further targets, known in training only.
    low, high : float, optional
        What a value may be; beyond, the table is refused.
    low_excluded : bool
        Whether `low` itself is too low.
    usual : pair of float, optional
        Where values usually lie; beyond, another unit is suspected.
    labels : dict of str to tuple of str
        Every label with the other ways to write it.
    required : bool
    missing_allowed : bool
    is_expected_new : bool
        Whether values that training did not see are usual, as names and times are; no
        answer then remarks on them.
    """

    name: str
    meaning: str
    kind: Literal["number", "integer", "category", "date"] = "number"
    unit: str | None = None
    role: Role = "feature"
    low: float | None = None
    high: float | None = None
    low_excluded: bool = False
    usual: tuple[float, float] | None = None
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required: bool = True
    missing_allowed: bool = False
    is_expected_new: bool = False

    @property
    def spellings(self) -> dict[str, str]:
        """Every way to write a label, as `plainly` writes it, with the label."""
        return {
            plainly(spelling): label
            for label, others in self.labels.items()
            for spelling in (label, *others)
        }

    @property
    def bounds(self) -> str:
        """What a value may be, in words."""
        if self.labels:
            return ", ".join(self.labels)
        if self.low is None:
            return (
                word("any number")
                if self.high is None
                else word(f"at most {self.high:g}")
            )
        least = (
            word(f"more than {self.low:g}") if self.low_excluded else f"{self.low:g}"
        )
        if self.high is None:
            return least if self.low_excluded else word(f"at least {least}")
        return f"{least} to {self.high:g}"

    def allows(self, low: float, high: float) -> bool:
        """Whether all values from `low` to `high` are within the bounds."""
        if self.low is not None and (
            low <= self.low if self.low_excluded else low < self.low
        ):
            return False
        return self.high is None or high <= self.high

    def is_usual(self, low: float, high: float) -> bool:
        """Whether the unit may well be the one that is named."""
        return self.usual is None or (self.usual[0] <= low and high <= self.usual[1])


@dataclass(frozen=True)
class Contract:
    """The columns of a family, in the order its estimator takes them."""

    columns: tuple[ContractColumn, ...]

    def role(self, role: Role) -> tuple[ContractColumn, ...]:
        """Return the columns that play a role."""
        return tuple(column for column in self.columns if column.role == role)

    @property
    def target(self) -> ContractColumn | None:
        """The column that is learned; None where it is computed from the others."""
        return next(iter(self.role("target")), None)

    def find(self, names: Iterable[str]) -> dict[str, str]:
        """Return which of a table's columns each column of the contract is."""
        known = {plainly(name): name for name in names}
        return {
            column.name: known[plainly(column.name)]
            for column in self.columns
            if plainly(column.name) in known
        }

    def features(self, names: Iterable[str]) -> list[str]:
        """Return the table's columns a model takes, in the order of the contract."""
        found = self.find(names)
        return [found[c.name] for c in self.role("feature") if c.name in found]

    def lacking(self, names: Iterable[str]) -> list[str]:
        """Return the required columns that are not there."""
        found = self.find(names)
        return [c.name for c in self.columns if c.required and c.name not in found]

    def of(self, name: str) -> ContractColumn | None:
        """Return what the contract says of a table's column."""
        wanted = plainly(name)
        return next((c for c in self.columns if plainly(c.name) == wanted), None)


def plainly(text: object) -> str:
    """Return text without the case and blanks that make no difference.

    A whole number is written without decimals: labels may come as 0, 0.0 or "0".
    """
    if isinstance(text, float) and text.is_integer():
        text = int(text)
    return " ".join(str(text).split()).casefold()


def spelled(values: Sequence[Any], column: ContractColumn) -> list[Any]:
    """Return labels in their one spelling; what is no label stays as it is."""
    spellings = column.spellings
    return [
        None if value is None else spellings.get(plainly(value), str(value))
        for value in values
    ]


#: What a column of each kind may be in a table.
TYPES: dict[str, frozenset[ColumnType]] = {
    "number": frozenset({ColumnType.NUMBER, ColumnType.INTEGER}),
    "integer": frozenset({ColumnType.NUMBER, ColumnType.INTEGER}),
    "category": frozenset(
        {
            ColumnType.CATEGORY,
            ColumnType.TEXT,
            ColumnType.INTEGER,
            ColumnType.NUMBER,
            ColumnType.BOOLEAN,
        }
    ),
    "date": frozenset(
        {
            ColumnType.DATE,
            ColumnType.DATETIME,
            ColumnType.INTEGER,
            ColumnType.NUMBER,
        }
    ),
}
