"""The beginning of a file: its first rows, as the import will read them."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datasets.readers.feed import Feed


def first_rows(feed: Feed[Any], count: int) -> list[list[str]]:
    """Return the cells of the first `count` records that fit."""
    with closing(feed.rows()) as rows:
        return [cells for _, cells in islice(rows, count)]


def first_values(feed: Feed[Any], rows: list[list[str]]) -> list[list[str]]:
    """Return the values of each column that are not missing."""
    markers = set(feed.dialect.missing_markers)
    columns = zip(*rows, strict=True) if rows else [()] * len(feed.names.names)
    return [[cell for cell in column if cell not in markers] for column in columns]
