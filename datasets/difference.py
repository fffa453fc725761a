"""What differs between two versions: columns, rows and cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datasets.tables import Column, ColumnType


@dataclass(frozen=True)
class Example:
    """A row before and after: values by column name, none where it was not there."""

    row: int
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """What must happen to one table to become the other.

    Parameters
    ----------
    added, removed
        The columns that only the later or only the earlier table has.
    renamed
        New names by old ones, of columns that are the same; `cells` has those whose
        values changed too under their new name.
    retyped
        The type before and after, by column name.
    rows_before, rows_after, rows_kept
        Numbers of rows; those kept have the same number in both.
    rows_compared
        How many of the kept ones were looked at. Unless it is all of them, `cells`
        and `rows_changed` are what was found among these.
    rows_changed
        Kept rows with at least one other value.
    cells
        Changed cells by column name, most first, of columns that both tables have.
    changed_rows, removed_rows, added_rows
        Some of the rows of each kind, in order. Where columns were added, unchanged
        rows follow the changed ones.
    """

    added: tuple[Column, ...]
    removed: tuple[Column, ...]
    renamed: dict[str, str]
    retyped: dict[str, tuple[ColumnType, ColumnType]]
    rows_before: int
    rows_after: int
    rows_kept: int
    rows_compared: int
    rows_changed: int
    cells: dict[str, int]
    changed_rows: list[Example]
    removed_rows: list[Example]
    added_rows: list[Example]

    @property
    def cells_changed(self) -> int:
        """The number of changed cells in all columns."""
        return sum(self.cells.values())

    @property
    def rows_removed(self) -> int:
        """How many rows only the earlier table has."""
        return self.rows_before - self.rows_kept

    @property
    def rows_added(self) -> int:
        """How many rows only the later table has."""
        return self.rows_after - self.rows_kept

    @property
    def is_complete(self) -> bool:
        """Whether every row was compared."""
        return self.rows_compared == self.rows_kept

    @property
    def is_nothing(self) -> bool:
        """Whether the tables are the same, as far as they were compared."""
        columns = (self.added, self.removed, self.renamed, self.retyped)
        return not (
            any(columns) or self.rows_removed or self.rows_added or self.rows_changed
        )
