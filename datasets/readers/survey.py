"""What each column turns out to be, decided on every row.

A column starts with the kinds its first rows allow. While blocks are read with the
best of them, a value that does not fit strikes that kind out; then the file is read
again, for what was written so far has the wrong type. So a type is kept only if every
value of the column fits, and a file whose first rows are typical is read once.

Text becomes a *category* by `text_type`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datasets.readers.arrays import texts
from datasets.readers.csv.parsing import Cells, Plan
from datasets.readers.kinds import (
    MOST_CATEGORIES,
    Kind,
    candidates,
    candidates_for,
    surviving,
    text_type,
)
from datasets.tables import ColumnType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasets.readers.declared import Declared
    from datasets.readers.dialect import Dialect

#: Share of values that fit a kind from which the misfits are worth a notice.
NEARLY = 0.5
#: Share of different values in the first rows up to which a dictionary pays.
REPEATING = 0.5


@dataclass
class Seen:
    """What one pass over the file has seen of a column."""

    values: int = 0
    not_finite: int = 0
    distinct: set[str] | None = field(default_factory=set)
    longest: int = 0
    others: Counter[str] = field(default_factory=Counter)
    others_count: int = 0
    surely_ordered: bool = False
    misfits: int = 0
    first_misfit: tuple[int, str] | None = None  # line and text

    def add(self, cells: Cells) -> None:
        """Add a block's column."""
        self.values += cells.values
        self.not_finite += cells.not_finite
        self.longest = max(self.longest, cells.longest)
        self.others_count += cells.others_count
        self.others.update(cells.others)
        self.surely_ordered |= cells.surely_ordered
        if self.distinct is not None and cells.distinct is not None:
            self.distinct |= cells.distinct
        if cells.distinct is None or len(self.distinct or ()) > MOST_CATEGORIES:
            self.distinct = None


class ColumnSurvey:
    """One column while its type is being decided.

    Parameters
    ----------
    name : str
    first : sequence of str
        Its values in the first rows, without missing ones.
    dialect : Dialect
    declared : Declared, optional
        What the file says of the column; the user's choice in `dialect` counts more.
    """

    def __init__(
        self,
        name: str,
        first: Sequence[str],
        dialect: Dialect,
        declared: Declared | None = None,
    ) -> None:
        dialect = dialect.of_column(name)
        self.name = name
        self.first = first
        self.wanted = dialect.types.get(name)
        if self.wanted is not None:
            declared = None
        self._allowed = texts(declared.values) if declared and declared.values else None
        self._all = candidates(dialect)
        self._kinds = self._all
        self._known = bool(first)
        self._repeating = len(set(first)) <= REPEATING * len(first)
        self._nearly: Kind | None = None
        self.seen = Seen()
        self._at_start: Kind | None = None
        if declared is not None:
            self.wanted = declared.type
            self._kinds = declared.kinds
            self._known = True
        elif self.wanted is not None:
            self._kinds = candidates_for(self.wanted, dialect)
            self._known = True
        fitting = surviving(self._kinds, first)
        self._kinds = fitting or (self._kinds[:1] if self.is_forced else ())
        if self._known and not self._kinds and not declared and not self.wanted:
            self._nearly = _nearly(self._all, first)

    @property
    def is_forced(self) -> bool:
        """Whether a type was asked for, or declared, that a text can break."""
        if self.is_closed:
            return True
        return self.wanted not in {None, ColumnType.TEXT, ColumnType.CATEGORY}

    @property
    def is_closed(self) -> bool:
        """Whether the file declares the only values there may be."""
        return self._allowed is not None

    @property
    def kind(self) -> Kind | None:
        return self._kinds[0] if self._known and self._kinds else None

    @property
    def plan(self) -> Plan:
        is_text = self.kind is None
        return Plan(
            self.kind,
            repeating=self.is_repeating,
            count_distinct=is_text and self.seen.distinct is not None,
            nearly=self._nearly,
            allowed=self._allowed,
        )

    @property
    def is_repeating(self) -> bool:
        """Whether the first rows show text with few different values."""
        return self.kind is None and self._known and self._repeating

    @property
    def type(self) -> ColumnType:
        if self.kind is not None:
            return self.kind.type
        if self.wanted is not None:
            return self.wanted
        distinct = None if self.seen.distinct is None else len(self.seen.distinct)
        return text_type(self.seen.values, distinct, self.seen.longest)

    def begin_pass(self) -> None:
        """Forget what was counted: the file is read from the start."""
        self.seen = Seen()
        self._at_start = self.kind

    @property
    def refuses(self) -> bool:
        """Whether the type asked for was tried on all rows and does not fit."""
        return (
            self.is_forced and bool(self.seen.misfits) and self._at_start == self.kind
        )

    def settle(self, cells: Cells, planned: Kind | None) -> bool:
        """Take in a block's column; tell whether it was what it was planned to be."""
        if cells.misfits:
            self._strike_out(planned, cells)
            return False
        self.seen.add(cells)
        if not self._known and cells.values:
            return self._meet_first_values(cells)
        return True

    def _strike_out(self, planned: Kind | None, cells: Cells) -> None:
        self.seen.misfits += cells.misfits
        if planned is None or planned not in self._kinds:
            return
        found = cells.array.drop_null().unique().to_pylist()
        left = tuple(kind for kind in self._kinds if kind != planned)
        self._kinds = surviving(left, found)
        if self.is_forced and not self._kinds:
            self._kinds = (planned,)
        if not self._kinds and self._nearly is None:
            self._nearly = _nearly(self._all, found) or planned

    def _meet_first_values(self, cells: Cells) -> bool:
        found = cells.array.drop_null().unique().to_pylist()
        self._known = True
        self._kinds = surviving(self._kinds, found)
        if not self._kinds:
            self._nearly = _nearly(self._all, found)
        return not self._kinds and self._nearly is None


def _nearly(kinds: Sequence[Kind], cells: Sequence[str]) -> Kind | None:
    """Return the kind that most and at least `NEARLY` of the cells fit, though not all.

    Whole numbers fit numbers and days fit moments: asked about the narrow kind, people
    would be offered 1.5 among whole numbers as a sign of a missing value.
    """
    wide = [k for k in kinds if k.type not in (ColumnType.INTEGER, ColumnType.DATE)]
    fitting = {kind: sum(map(kind.accepts, cells)) for kind in wide}
    best = max(wide, key=fitting.__getitem__)
    return best if cells and fitting[best] >= NEARLY * len(cells) else None
