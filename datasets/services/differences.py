"""What differs between two versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasets import stored
from datasets.exceptions import NotReadyError
from datasets.lineage import origins
from datasets.models import DatasetVersion
from datasets.paging import PageError
from datasets.services.versions import history_of, require_ready
from datasets.steps.base import StepError

if TYPE_CHECKING:
    from datasets.difference import Difference


def compare_versions(
    before: DatasetVersion, after: DatasetVersion, *, column: str | None = None
) -> Difference:
    """Say what differs between two versions, and show some of it.

    With `column`, the rows shown are those where the column of this name changed.
    Raises `NotReadyError`, also where the rows to show are too large, and
    `DamagedDataError`.
    """
    from datasets.comparison import Side, compare  # noqa: PLC0415 -- heavy import

    require_ready(before)
    require_ready(after)
    try:
        with stored.readable(before) as one:
            one.stat()  # a file that is gone is told of the right version
            with stored.readable(after) as other:
                sides = Side(one, before.schema), Side(other, after.schema)
                renamed = new_names(before, after)
                return compare(*sides, column=column, renamed=renamed)
    except PageError as error:
        raise NotReadyError(str(error)) from error


def new_names(before: DatasetVersion, after: DatasetVersion) -> dict[str, str]:
    """Return new names by old ones of columns that steps renamed between versions.

    Where both come from one import they are columns that were one there.
    """
    ids = {column.id: column.name for column in before.schema}
    moved = {ids[c.id]: c.name for c in after.schema if ids.get(c.id, c.name) != c.name}
    if not moved:
        return {}
    (first, specs), (second, others) = history_of(before), history_of(after)
    if first != second:
        return {}
    try:
        return {
            old: new
            for old, new in moved.items()
            if origins(specs, old) == origins(others, new)
        }
    except StepError:  # of a package that is gone
        return {}
