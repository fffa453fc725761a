"""The profile of a stored table, exact, in memory bounded by a few columns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import polars as pl
import polars.selectors as cs

from datasets.monitor import Monitor, SilentMonitor
from datasets.profiling.advice import about_column, about_pairs, about_table
from datasets.profiling.numbers import describe_numbers
from datasets.profiling.relations import MissingPatterns, Relations
from datasets.profiling.repeats import RowHashes
from datasets.profiling.words import describe_words
from datasets.tables import NUMERIC, ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from datasets.tables import Column, Schema

#: About so many cells are read at once, whole columns, at least one.
CELLS_AT_ONCE = 4_000_000
THREADS = 2
_MEASURED = NUMERIC | {ColumnType.DATE, ColumnType.DATETIME}


def profile(
    path: Path, schema: Schema, monitor: Monitor | None = None
) -> dict[str, Any]:
    """Describe every column of a typed Parquet file, and its rows.

    All but pairs, which are compared on some rows, is exact; quantiles are linear and
    deviations have `ddof=1`. Times and dates are ISO text. What does not exist (the
    mean of nothing, of text, of dates) is None.

    Parameters
    ----------
    path
        The file, with `_row` and the columns of `schema`.
    schema
        Its columns.
    monitor
        Told of each column; asked whether to stop.

    Returns
    -------
    dict
        `rows`, `columns` (see below), `duplicates` (rows equal to an earlier one),
        `relations` (`every` n-th row was compared; `pairs`: see `Relations.pairs`),
        `missing_patterns` (`columns` that are missing together, in how many `rows`
        just they) and `warnings`.
        A column has `id`, `name`, `type`, `missing`, `unique`, `minimum`, `maximum`,
        `mean`, `deviation`, `quantiles` by "0.25", "0.5" and "0.75", `top`
        (most frequent first, equal ones by value), `histogram` (`edges`, one more
        than `counts`, or None), `zeros`, `negatives`, `infinite`, `outliers`,
        `lengths` of text (or None) and `warnings`. A warning has `code`, `detail` and
        sometimes the `step` that helps.
    """
    monitor = monitor or SilentMonitor()
    source = pl.scan_parquet(path).with_columns(cs.float().fill_nan(None))
    rows = int(source.select(pl.len()).collect().item())
    hashes, relations = RowHashes(rows), Relations(rows)
    patterns = MissingPatterns(rows)
    described = []
    # Sorting and counting leave the interpreter's lock: two columns take one's time.
    with ThreadPoolExecutor(THREADS) as pool:
        for columns, block in _blocks(source, schema, rows):
            monitor.check()
            figures = list(pool.map(_describe, columns, block))
            for column, values, found in zip(columns, block, figures, strict=True):
                hashes.add(values, distinct=found["unique"] == rows)
                relations.add(column, values, found)
                patterns.add(column, values)
            described += figures
    again = (values for _, block in _blocks(source, schema, rows) for values in block)
    duplicates = hashes.count(again)
    pairs = relations.pairs()
    about_pairs(described, pairs)
    whole = {
        "rows": rows,
        "columns": described,
        "duplicates": duplicates,
        "relations": {"every": relations.every, "pairs": pairs},
        "missing_patterns": patterns.most_frequent(),
    }
    return whole | {"warnings": about_table(whole)}


def _blocks(
    source: pl.LazyFrame, schema: Schema, rows: int
) -> Iterator[tuple[Sequence[Column], list[pl.Series]]]:
    """Read the columns, some at a time."""
    size = max(CELLS_AT_ONCE // max(rows, 1), 1)
    for start in range(0, len(schema), size):
        some = schema.columns[start : start + size]
        block = source.select(column.id for column in some).collect(engine="streaming")
        yield some, block.get_columns()


def _describe(column: Column, values: pl.Series) -> dict[str, Any]:
    describe = describe_numbers if column.type in _MEASURED else describe_words
    head = {"id": column.id, "name": column.name, "type": column.type.value}
    missing = {"missing": values.null_count()}
    figures = head | missing | describe(values.drop_nulls())
    return figures | {"warnings": about_column(figures, len(values))}
