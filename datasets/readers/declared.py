"""What a file itself says about its columns, where it says more than their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasets.readers.kinds import Kind
    from datasets.tables import ColumnType


@dataclass(frozen=True)
class Declared:
    """The type of a column, as declared by its file.

    Attributes
    ----------
    type : ColumnType or None
        None for text that is a category if its values repeat.
    kinds : tuple of Kind
        What its values may be, best first; empty for text. All that fit none of
        them are refused.
    values : tuple of str
        The only texts allowed; empty if any is.
    """

    type: ColumnType | None
    kinds: tuple[Kind, ...] = ()
    values: tuple[str, ...] = ()
