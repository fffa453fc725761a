"""Steps tried on a sample of a version: what would change, before anything is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasets.tables import ROW, Schema, Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from datasets.changes import Changes
    from datasets.engines import Engine
    from datasets.recipes import FittedRecipe, StepSpec

SAMPLE_ROWS = 5000
SAMPLE_CELLS = 1_000_000
EXAMPLES = 8
MEMORY_MB = 256


class TrialError(Exception):
    """The sample did not fit into the memory of a page; the text is a sentence."""


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
    recipe
        What was learned from the sample.
    """

    sample_rows: int
    total_rows: int
    changes: Changes
    schema: Schema
    columns: list[str]
    examples: list[tuple[int, list[Any], list[Any]]]
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
        shown = [n for n in names if n in after.schema.names][:EXAMPLES]
        examples = compare_rows(before, after, shown, duck)
    except duckdb.OutOfMemoryException as error:
        raise TrialError(
            "This table is too wide to try the steps here. Apply them: the new "
            "version says what changed, and the old one stays."
        ) from error
    return Trial(
        changes.rows_before, total, changes, after.schema, shown, examples, recipe
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


def compare_rows(
    before: Table, after: Table, names: Sequence[str], duck: Engine
) -> list[tuple[int, list[Any], list[Any]]]:
    """Return some rows before and after, those that changed first."""
    if not names:
        return []
    old = rows_of(before, names, duck)
    new = dict(rows_of(after, names, duck))
    pairs = [(row, values, new[row]) for row, values in old if row in new]
    pairs.sort(key=lambda pair: pair[1] == pair[2])
    return sorted(pairs[:EXAMPLES])


def rows_of(
    table: Table, names: Sequence[str], duck: Engine
) -> list[tuple[int, list[Any]]]:
    """Return the row numbers and values of some columns, in order."""
    ids = [table.schema.column(name).id for name in names]
    rows = duck.rows(table.frame.select(ROW, *ids).sort(ROW))
    return [(row[0], list(row[1:])) for row in rows]
