"""What the files of tables tell by how they are packed, without unpacking all."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pyarrow import parquet

from datasets.tables import ROW, ROW_GROUP

if TYPE_CHECKING:
    from pathlib import Path

    #: Whether each number of a row is meant.
    Rows = np.ndarray[Any, np.dtype[np.bool_]]


class Chunk(NamedTuple):
    """A column of a row group: where it lies in its file, and what it holds.

    `figures` has the smallest and the largest `_row`; other columns do without.
    """

    start: int
    length: int
    unpacked: int
    rows: int
    figures: Any


def chunks(path: Path) -> dict[str, list[Chunk]]:
    """Return the chunks of each column of a typed Parquet file, by id."""
    metadata = parquet.read_metadata(path)
    found: dict[str, list[Chunk]] = {ROW: []}
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            chunk = Chunk(
                start=column.dictionary_page_offset or column.data_page_offset,
                length=column.total_compressed_size,
                unpacked=column.total_uncompressed_size,
                rows=group.num_rows,
                figures=column.statistics if column.path_in_schema == ROW else None,
            )
            found.setdefault(column.path_in_schema, []).append(chunk)
    return found


def alike(one: Path, other: Path) -> frozenset[str]:
    """Return the ids of the columns that are the same in both files, byte for byte.

    Equal values that were packed in another way are not found: the columns returned
    are alike for sure, the others may be. Where the rows differ, none is.
    """
    first, second = chunks(one), chunks(other)
    with one.open("rb") as left, other.open("rb") as right:

        def is_same(id: str) -> bool:
            mine, theirs = first[id], second.get(id, [])
            return len(mine) == len(theirs) and all(
                (a.length, a.rows) == (b.length, b.rows)
                and _bytes(left, a) == _bytes(right, b)
                for a, b in zip(mine, theirs, strict=True)
            )

        if not is_same(ROW):
            return frozenset()
        return frozenset(id for id in first if is_same(id))


def spans(path: Path) -> list[tuple[int, int | None]]:
    """Return parts that cover every `_row`, each of about `ROW_GROUP` rows here."""
    starts = []
    rows = ROW_GROUP
    for chunk in chunks(path)[ROW]:
        if rows >= ROW_GROUP:
            starts.append(chunk.figures.min)
            rows = 0
        rows += chunk.rows
    return list(pairwise([0, *starts[1:], None]))


def numbered(*paths: Path) -> list[Rows]:
    """Return which rows each file has, of all numbers that any of them has."""
    found = [chunks(path)[ROW] for path in paths]
    last = max((chunk.figures.max for some in found for chunk in some), default=-1)
    return [_numbered(path, last + 1) for path in paths]


def _numbered(path: Path, length: int) -> Rows:
    rows = np.zeros(length, dtype=bool)
    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=[ROW]):
            rows[batch.column(0).to_numpy()] = True
    return rows


def _bytes(file: Any, chunk: Chunk) -> bytes:
    file.seek(chunk.start)
    data: bytes = file.read(chunk.length)
    return data
