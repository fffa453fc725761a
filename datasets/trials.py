"""Steps tried on a sample of a version: what would change, before anything is made."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasets.tables import NUMERIC, ROW, Schema, Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from datasets.changes import Changes
    from datasets.engines import Engine
    from datasets.recipes import FittedRecipe, StepSpec

    #: The number of each row and its values.
    Rows = list[tuple[int, list[Any]]]

SAMPLE_ROWS = 5000
SAMPLE_CELLS = 1_000_000
EXAMPLES = 8
#: Bars of a small histogram.
BARS = 20
MEMORY_MB = 256


class TrialError(Exception):
    """The sample did not fit into the memory of a page; the text is a sentence."""


@dataclass(frozen=True)
class Shape:
    """How the values of a column lie: numbers in bars, others by frequency.

    Parameters
    ----------
    counts
        Numbers of values in bars of equal width, or of the most frequent values.
    labels
        The smallest and the largest number, or the most frequent values.
    missing
        How many have no value.
    """

    counts: list[int]
    labels: list[str]
    missing: int


@dataclass(frozen=True)
class Trial:
    """What steps do to a sample.

    Parameters
    ----------
    sample_rows, total_rows
        How many rows were tried, of how many; all of them if equal.
    changes
        What differs in the sample.
    schema
        The columns afterwards.
    columns
        The names of the columns shown in `examples`.
    examples
        Some rows: their number, the values before and after. None for no value.
    added, removed
        The names of columns that only one of the tables has.
    shapes
        How the values of the shown columns lie before and after.
    recipe
        What was learned from the sample.
    """

    sample_rows: int
    total_rows: int
    changes: Changes
    schema: Schema
    columns: list[str]
    examples: list[tuple[int, list[Any], list[Any]]]
    added: list[str]
    removed: list[str]
    shapes: list[tuple[Shape, Shape]]
    recipe: FittedRecipe


def try_steps(
    path: Path, schema: Schema, total: int, specs: Sequence[StepSpec]
) -> Trial:
    """Fit and apply the steps to at most `SAMPLE_ROWS` rows spread over the table.

    Raises
    ------
    StepError
        If a step cannot be done.
    TrialError
        If the sample needs too much memory.
    """
    import duckdb  # noqa: PLC0415 -- heavy import

    from datasets.changes import count_changes  # noqa: PLC0415 -- heavy import
    from datasets.engines import engine  # noqa: PLC0415 -- heavy import
    from datasets.recipes import fit_recipe  # noqa: PLC0415 -- heavy import

    duck = engine("duckdb", memory_mb=MEMORY_MB, threads=1)
    names = list(dict.fromkeys(name for spec in specs for name in spec.columns))
    try:
        before = sample(duck, path, schema, total)
        recipe, lazy = fit_recipe(specs, before, duck)
        after = Table(duck.keep(lazy.frame), lazy.schema)
        changes = count_changes(before, after, names, duck)
        both = set(before.schema.names) & set(after.schema.names)
        shown = [name for name in names if name in both][:EXAMPLES]
        old, new = (rows_of(table, shown, duck) for table in (before, after))
    except duckdb.OutOfMemoryException as error:
        raise TrialError(
            "This table is too wide to try the steps here. Apply them: the new "
            "version says what changed, and the old one stays."
        ) from error
    return Trial(
        sample_rows=changes.rows_before,
        total_rows=total,
        changes=changes,
        schema=after.schema,
        columns=shown,
        examples=compare_rows(old, new),
        added=[n for n in after.schema.names if n not in before.schema.names],
        removed=[n for n in schema.names if n not in after.schema.names],
        shapes=list(
            zip(
                shapes_of(before, shown, old), shapes_of(after, shown, new), strict=True
            )
        ),
        recipe=recipe,
    )


def sample(duck: Engine, path: Path, schema: Schema, total: int) -> Table:
    """Return every n-th row, held in memory."""
    import narwhals.stable.v2 as nw  # noqa: PLC0415 -- heavy import

    wanted = max(min(SAMPLE_ROWS, SAMPLE_CELLS // max(len(schema), 1)), 100)
    every = max(-(-total // wanted), 1)
    frame = duck.scan(path)
    if every > 1:
        frame = frame.filter(nw.col(ROW) % every == 0)
    return Table(duck.keep(frame), schema)


def compare_rows(old: Rows, new: Rows) -> list[tuple[int, list[Any], list[Any]]]:
    """Return some rows before and after, those that changed first."""
    if not old or not old[0][1]:
        return []
    after = dict(new)
    pairs = [(row, values, after[row]) for row, values in old if row in after]
    pairs.sort(key=lambda pair: all(map(is_same, pair[1], pair[2])))
    return sorted(pairs[:EXAMPLES])


def is_same(before: Any, after: Any) -> bool:
    """Whether a value stayed what it was, be it of another type: 3.0 and "3.0"."""
    return bool(before == after) or str(before) == str(after)


def shapes_of(table: Table, names: Sequence[str], rows: Rows) -> list[Shape]:
    """Return how the values of each of the columns lie."""
    numeric = [table.schema.column(name).type in NUMERIC for name in names]
    return [shape_of(rows, *column) for column in enumerate(numeric)]


def shape_of(rows: Rows, place: int, is_numeric: bool) -> Shape:
    """Return how the values at a place of the rows lie."""
    values = [row[1][place] for row in rows]
    present = [value for value in values if value is not None]
    missing = len(values) - len(present)
    if not is_numeric:
        top = Counter(map(str, present)).most_common(BARS)
        labels = [value for value, _ in top[:3]]
        return Shape([count for _, count in top], labels, missing)
    finite = [value for value in present if math.isfinite(value)]
    if not finite:
        return Shape([], [], missing)
    low, high = min(finite), max(finite)
    width = (high / BARS - low / BARS) or 1.0
    bars = Counter(min(int(value / width - low / width), BARS - 1) for value in finite)
    counts = [bars[place] for place in range(BARS)]
    return Shape(counts, [f"{low:.6g}", f"{high:.6g}"], missing)


def rows_of(table: Table, names: Sequence[str], duck: Engine) -> Rows:
    """Return the row numbers and values of some columns, in order."""
    ids = [table.schema.column(name).id for name in names]
    rows = duck.rows(table.frame.select(ROW, *ids).sort(ROW))
    return [(row[0], list(row[1:])) for row in rows]
