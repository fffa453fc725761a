"""Two versions compared within the limits of a page.

Columns whose bytes are the same in both files are not unpacked at all; of the others,
parts spread over the table are compared, as many as a page has time for.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyarrow import compute, parquet

from datasets.alike import alike, chunks, numbered, spans
from datasets.difference import Difference, Example
from datasets.exports.cells import as_text, holds_text
from datasets.paging import rows_at
from datasets.tables import NUMERIC, ROW, Column, ColumnType, Schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from datasets.alike import Rows

    #: A column before, and what it is compared with.
    Pair = tuple[Column, Column]

#: Bytes of values that are unpacked at a time.
AT_ONCE = 16 << 20
#: Types whose values are compared as they are.
_KINDS = (NUMERIC, {ColumnType.CATEGORY, ColumnType.TEXT})


@dataclass(frozen=True)
class Side:
    """One of the tables compared: its stored file and its columns."""

    path: Path
    schema: Schema


@dataclass(frozen=True)
class Bounds:
    """How much is looked at and told.

    Parameters
    ----------
    examples
        So many rows are shown of each kind, at most 1000.
    shown
        So many columns are shown of a row.
    bytes
        So many bytes of values, of both tables together, are compared.
    """

    examples: int = 50
    shown: int = 12
    bytes: int = 200_000_000


def compare(
    before: Side,
    after: Side,
    bounds: Bounds | None = None,
    *,
    column: str | None = None,
    renamed: Mapping[str, str] | None = None,
) -> Difference:
    """Compare two tables row by row, by their `_row`.

    Values that are equal as numbers are equal: 3 and 3.0 are no change. Values of
    other types are compared as text.

    Parameters
    ----------
    before, after
        The tables.
    bounds
        How much is looked at and told.
    column
        Show only rows where the column of this name changed.
    renamed
        New names by old ones of columns that are known to be the same, whatever
        became of their values. Others that only changed their name are found.

    Raises
    ------
    PageError
        If the rows shown do not fit into the memory of pages.
    """
    known = _new_names(before.schema, after.schema, renamed or {})
    return _Comparison(before, after, bounds or Bounds(), column, known).difference()


def _new_names(
    before: Schema, after: Schema, renamed: Mapping[str, str]
) -> dict[str, str]:
    """Return those new names, by old ones, that the other table does not have."""
    return {
        old: new
        for old, new in renamed.items()
        if old not in after.names and new not in before.names
    }


@dataclass
class _Counts:
    """Rows compared, those changed, cells by column name, numbers of changed rows."""

    rows: int = 0
    changed: int = 0
    cells: Counter[str] = field(default_factory=Counter)
    numbers: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Comparison:
    before: Side
    after: Side
    bounds: Bounds
    column: str | None
    known: dict[str, str]

    def difference(self) -> Difference:
        kinds = {b.name: (a.type, b.type) for a, b in self.both}
        return Difference(
            added=self.added,
            removed=self.removed,
            renamed=self.renamed,
            retyped={name: pair for name, pair in kinds.items() if len(set(pair)) > 1},
            rows_before=int(self.rows[0].sum()),
            rows_after=int(self.rows[1].sum()),
            rows_kept=int(self.kept.sum()),
            rows_compared=self.counts.rows,
            rows_changed=self.counts.changed,
            cells={name: n for name, n in self.counts.cells.most_common() if n},
            changed_rows=self.changed_rows(),
            removed_rows=self.rows_only_in(0),
            added_rows=self.rows_only_in(1),
        )

    @cached_property
    def alike(self) -> frozenset[str]:
        return alike(self.before.path, self.after.path)

    @cached_property
    def rows(self) -> list[Rows]:
        """Which rows are there before, and which after."""
        if ROW in self.alike:
            return numbered(self.before.path) * 2
        return numbered(self.before.path, self.after.path)

    @cached_property
    def kept(self) -> Rows:
        return self.rows[0] & self.rows[1]

    @cached_property
    def both(self) -> list[Pair]:
        """The columns that both tables have, by name or known by another."""
        known = {self.known.get(c.name, c.name): c for c in self.before.schema}
        return [(known[c.name], c) for c in self.after.schema if c.name in known]

    @cached_property
    def renamed(self) -> dict[str, str]:
        """New names by old ones: those known, and of columns that stayed otherwise."""
        names = {a.name for a, _ in self.both}
        there = {b.name for _, b in self.both}
        left = {c.id: c for c in self.before.schema if c.name not in names}
        moved = [
            (left[c.id], c)
            for c in self.after.schema
            if c.name not in there and c.id in left and left[c.id].type == c.type
        ]
        counts = self.counted(moved)
        same = {a.name: b.name for a, b in moved if not counts.cells[b.name]}
        return self.known | same

    @cached_property
    def added(self) -> tuple[Column, ...]:
        known = {*self.before.schema.names, *self.renamed.values()}
        return tuple(c for c in self.after.schema if c.name not in known)

    @cached_property
    def removed(self) -> tuple[Column, ...]:
        known = {*self.after.schema.names, *self.renamed}
        return tuple(c for c in self.before.schema if c.name not in known)

    @cached_property
    def counts(self) -> _Counts:
        return self.counted(self.both)

    def counted(self, pairs: Sequence[Pair]) -> _Counts:
        """Count what differs, in every part or in as many as there is time for."""
        pairs = [
            (a, b)
            for a, b in pairs
            if (a.id, a.type) != (b.id, b.type) or b.id not in self.alike
        ]
        if not pairs:
            return _Counts(rows=int(self.kept.sum()))
        size = _size(self.before.path, [a.id for a, _ in pairs])
        size += _size(self.after.path, [b.id for _, b in pairs])
        if ROW not in self.alike:
            size *= 2  # a part of one file lies in two groups of rows of the other
        wanted = self.spread(size)
        at_once = AT_ONCE * max(map(len, self.rows)) // max(size, 1)
        batch = min(max(at_once, 100), 1 << 16)
        counts = _Counts()
        for old, new in _aligned(
            _batches(self.before.path, [a.id for a, _ in pairs], wanted, batch),
            _batches(self.after.path, [b.id for _, b in pairs], wanted, batch),
        ):
            self.count(counts, pairs, old, new)
        return counts

    def spread(self, size: int) -> Rows:
        """Return the rows to compare, if those of all values are of this size."""
        every = -(-size // self.bounds.bytes)
        if every <= 1:
            return self.kept
        is_less = self.rows[0].sum() < self.rows[1].sum()
        fewer = self.before if is_less else self.after
        wanted = np.zeros_like(self.kept)
        for low, high in spans(fewer.path)[::every]:
            wanted[low:high] = self.kept[low:high]
        return wanted

    def count(
        self,
        counts: _Counts,
        pairs: Sequence[Pair],
        old: pa.RecordBatch,
        new: pa.RecordBatch,
    ) -> None:
        """Add what differs between the same rows before and after."""
        changed = np.zeros(old.num_rows, dtype=bool)
        shown = changed
        for a, b in pairs:
            differs = _differs(a, b, old.column(a.id), new.column(b.id))
            counts.cells[b.name] += int(differs.sum())
            changed |= differs
            if b.name == self.column:
                shown = differs
        counts.rows += old.num_rows
        counts.changed += int(changed.sum())
        room = self.bounds.examples - len(counts.numbers)
        counts.numbers += old.column(ROW).to_numpy()[shown][:room].tolist()

    def changed_rows(self) -> list[Example]:
        """Return rows that changed; then, where columns were added, others."""
        numbers = list(self.counts.numbers)
        cells = self.counts.cells
        pairs = [(a, b) for a, b in self.both if cells[b.name]]
        if self.column is None:
            pairs.sort(key=lambda pair: -cells[pair[1].name])
        else:
            pairs = [pair for pair in pairs if pair[1].name == self.column]
            numbers = numbers if pairs else []
        if self.added and self.column is None:
            first = self.kept.nonzero()[0][: self.bounds.examples].tolist()
            others = [row for row in first if row not in set(numbers)]
            numbers += others[: self.bounds.examples - len(numbers)]
        pairs = pairs[: self.bounds.shown]
        gone = self.removed[: self.bounds.shown - len(pairs)]
        new = self.added[: self.bounds.shown - len(pairs) - len(gone)]
        return list(
            map(
                Example,
                numbers,
                _rows(self.before, [*(a for a, _ in pairs), *gone], numbers),
                _rows(self.after, [*(b for _, b in pairs), *new], numbers),
            )
        )

    def rows_only_in(self, place: int) -> list[Example]:
        """Return rows that only the table before, or only that after, has."""
        side = (self.before, self.after)[place]
        only = self.rows[place] & ~self.rows[1 - place]
        numbers = only.nonzero()[0][: self.bounds.examples].tolist()
        values = _rows(side, side.schema.columns[: self.bounds.shown], numbers)
        nothing: list[dict[str, Any]] = [{} for _ in numbers]
        pair = (values, nothing) if place == 0 else (nothing, values)
        return list(map(Example, numbers, *pair))


def _batches(
    path: Path, ids: Sequence[str], wanted: Rows, size: int
) -> Iterator[pa.RecordBatch]:
    """Yield `_row` and these columns of the rows wanted, in order."""
    groups = [
        place
        for place, chunk in enumerate(chunks(path)[ROW])
        if wanted[chunk.figures.min : chunk.figures.max + 1].any()
    ]
    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(size, row_groups=groups, columns=[ROW, *ids]):
            here = wanted[batch.column(ROW).to_numpy()]
            if here.any():
                yield batch if here.all() else batch.filter(pa.array(here))


def _aligned(
    left: Iterator[pa.RecordBatch], right: Iterator[pa.RecordBatch]
) -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch]]:
    """Yield pieces of equal length from two streams of the same rows."""
    theirs = None
    for mine in left:
        while mine.num_rows:
            theirs = theirs if theirs and theirs.num_rows else next(right)
            count = min(mine.num_rows, theirs.num_rows)
            yield mine.slice(0, count), theirs.slice(0, count)
            mine, theirs = mine.slice(count), theirs.slice(count)


def _differs(a: Column, b: Column, old: pa.Array, new: pa.Array) -> Rows:
    """Return whether each value differs; no value equals no value."""
    is_alike = a.type == b.type or any({a.type, b.type} <= kind for kind in _KINDS)
    if not is_alike or holds_text(old):
        old, new = as_text(old), as_text(new)
    if not is_alike:
        # Whichever type wrote it: 3.0 is "3", a moment has no fraction that is nothing.
        old, new = (
            compute.replace_substring_regex(text, r"\.0+$", "") for text in (old, new)
        )
    differ = compute.not_equal(old, new).fill_null(False)
    one_missing = compute.xor(old.is_null(), new.is_null())
    result: Rows = compute.or_(differ, one_missing).to_numpy(zero_copy_only=False)
    return result


def _size(path: Path, ids: Iterable[str]) -> int:
    found = chunks(path)
    return sum(chunk.unpacked for id in ids for chunk in found.get(id, []))


def _rows(
    side: Side, columns: Sequence[Column], numbers: list[int]
) -> list[dict[str, Any]]:
    """Return the values of these rows by column name."""
    rows = rows_at(side.path, [column.id for column in columns], numbers)
    return [
        {c.name: value for c, value in zip(columns, row, strict=True)} for row in rows
    ]
