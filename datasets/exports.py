"""A version as a file for people and programs, piece by piece within little memory."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pyarrow

    from datasets.tables import Schema

#: What a spreadsheet would take for a formula, after any blanks.
FORMULA = r"^[\s\x{00A0}]*[=+\-@\t\r]"
PYTHON_FORMULA = re.compile(r"[\s\u00a0]*[=+\-@\t\r]")
BATCH_CELLS = 1_000_000


def stream_csv(path: Path, schema: Schema, *, neutralise: bool) -> Iterator[bytes]:
    """Yield the table as UTF-8 CSV; a missing value is an empty cell.

    Parameters
    ----------
    path
        The version's Parquet file.
    schema
        Its columns; their names become the header.
    neutralise
        Whether text that a spreadsheet would run as a formula gets an apostrophe in
        front. Programs want it as it is.
    """
    import pyarrow  # noqa: PLC0415 -- heavy import
    from pyarrow import csv as arrow_csv  # noqa: PLC0415 -- heavy import

    names = [formula_free(name) if neutralise else name for name in schema.names]
    yield header_line(names)
    options = arrow_csv.WriteOptions(include_header=False)
    for batch in batches(path, schema):
        columns = [plain(column, neutralise=neutralise) for column in batch.columns]
        sink = io.BytesIO()
        # Names may repeat once they are neutralised: none are needed here.
        table = pyarrow.Table.from_arrays(
            columns, names=[str(i) for i, _ in enumerate(names)]
        )
        arrow_csv.write_csv(table, sink, options)
        yield sink.getvalue()


def write_parquet(path: Path, schema: Schema, target: Path) -> None:
    """Write the table under the names people gave its columns, group by group."""
    import pyarrow  # noqa: PLC0415 -- heavy import
    from pyarrow import parquet  # noqa: PLC0415 -- heavy import

    writer = None
    try:
        for batch in batches(path, schema):
            table = pyarrow.Table.from_batches([batch]).rename_columns(
                list(schema.names)
            )
            writer = writer or parquet.ParquetWriter(
                target, table.schema, compression="zstd"
            )
            writer.write_table(table)
    finally:
        if writer:
            writer.close()


def batches(path: Path, schema: Schema) -> Iterator[pyarrow.RecordBatch]:
    """Yield the rows without `_row`, so many at a time as fit a steady memory.

    An empty table yields one empty batch.
    """
    from pyarrow import parquet  # noqa: PLC0415 -- heavy import

    ids = [column.id for column in schema]
    size = max(BATCH_CELLS // max(len(ids), 1), 1)
    with parquet.ParquetFile(path) as file:
        if not file.metadata.num_rows:
            yield _empty(file, ids)
            return
        for batch in file.iter_batches(batch_size=size, columns=ids):
            yield batch.select(ids)


def _empty(file: Any, ids: list[str]) -> pyarrow.RecordBatch:
    import pyarrow  # noqa: PLC0415 -- heavy import

    fields = [file.schema_arrow.field(id) for id in ids]
    arrays = [pyarrow.array([], type=field.type) for field in fields]
    return pyarrow.RecordBatch.from_arrays(arrays, schema=pyarrow.schema(fields))


def plain(column: pyarrow.Array, *, neutralise: bool) -> pyarrow.Array:
    """Return a column as it is written: formulas made harmless."""
    import pyarrow  # noqa: PLC0415 -- heavy import
    from pyarrow import compute  # noqa: PLC0415 -- heavy import

    kind = column.type
    if pyarrow.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    text = (
        pyarrow.types.is_string(column.type)
        or pyarrow.types.is_large_string(column.type)
        or pyarrow.types.is_string_view(column.type)
    )
    if not text:
        return column
    column = column.cast(pyarrow.large_string())
    if not neutralise:
        return column
    marked = compute.match_substring_regex(column, FORMULA)
    prefixed = compute.binary_join_element_wise(
        pyarrow.scalar("'", pyarrow.large_string()),
        column,
        pyarrow.scalar("", pyarrow.large_string()),
    )
    return compute.if_else(marked, prefixed, column)


def formula_free(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if PYTHON_FORMULA.match(text) else text


def neutral(value: object) -> object:
    """Return a cell for a spreadsheet: text made harmless, all else as it is."""
    return formula_free(value) if isinstance(value, str) else value


class _Echo:
    """A file that hands every line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield rows of cells as lines of CSV that are safe to open in a spreadsheet."""
    writer = csv.writer(_Echo())
    for row in rows:
        yield writer.writerow([neutral(cell) for cell in row])


def header_line(names: list[str]) -> bytes:
    """Return the first line of a CSV file."""
    quoted = ('"' + name.replace('"', '""') + '"' for name in names)
    return (",".join(quoted) + "\n").encode()
