"""Blocks of CSV to Arrow columns: by a parser where it is right, else by rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from datasets.readers.arrays import NO_TEXT, texts, truths_of
from datasets.readers.conversion import convert, without_infinities
from datasets.readers.errors import ReaderError
from datasets.readers.kinds import (
    EXACT,
    MOST_CATEGORIES,
    TRUE_FALSE,
    Integer,
    Kind,
    Moment,
    Number,
)
from datasets.readers.parquet import DICTIONARY
from datasets.tables import ColumnType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasets.readers.csv.records import Block
    from datasets.readers.dialect import Dialect

#: Different misfits remembered for the notice.
MISFITS = 1_000
TRUE = ["true", "True", "TRUE"]
FALSE = ["false", "False", "FALSE"]


@dataclass(frozen=True)
class Plan:
    """How to read one column of one block.

    Attributes
    ----------
    kind : Kind or None
        None for text.
    repeating : bool
        Few different values are expected.
    count_distinct : bool
    nearly : Kind or None
        For text: the kind whose misfits are to be counted.
    allowed : pyarrow.Array of string or None
        For text: the only values that fit.
    """

    kind: Kind | None
    repeating: bool = False
    count_distinct: bool = False
    nearly: Kind | None = None
    allowed: pa.Array | None = None


@dataclass(frozen=True)
class Cells:
    """One column of one block.

    Attributes
    ----------
    array : pyarrow.Array
        Typed as planned; text if `misfits` is not 0.
    values : int
        Cells that are not missing.
    misfits : int
        Cells the planned kind does not accept; `first_misfit` is the row of the first.
    not_finite : int
        Infinities and NaN that became null.
    distinct : frozenset of str or None
        The different texts; None if not counted or more than `MOST_CATEGORIES`.
    longest : int
        Characters of the longest text.
    others : Counter
        The commonest texts that `Plan.nearly` does not accept.
    others_count : int
        How many cells it does not accept.
    surely_ordered : bool
        Some date shows which part is the day.
    """

    array: pa.Array
    values: int
    misfits: int = 0
    first_misfit: int = 0
    not_finite: int = 0
    distinct: frozenset[str] | None = None
    longest: int = 0
    others: Counter[str] = field(default_factory=Counter)
    others_count: int = 0
    surely_ordered: bool = False


def parse(block: Block, plans: Sequence[Plan], dialect: Dialect) -> list[Cells]:
    """Read a block's columns as planned; where a plan does not hold, as text."""
    as_text = {f"c{index}": pa.string() for index in range(block.width)}
    try:
        table = _read(block, as_text | _fast_types(block, plans), dialect)
    except pa.ArrowInvalid:
        # Some value is not what was planned; Arrow does not say which columns differ.
        table = _read_as_text(block, as_text, dialect)
    columns = [_one_chunk(column) for column in table.columns]
    if block.shape.padded:
        columns = [_trimmed(column, dialect) for column in columns]
    return [
        _cells(column, plan, block, index, dialect)
        for index, (column, plan) in enumerate(zip(columns, plans, strict=True))
    ]


def _read_as_text(
    block: Block, types: dict[str, pa.DataType], dialect: Dialect
) -> pa.Table:
    try:
        return _read(block, types, dialect)
    except pa.ArrowInvalid as error:
        raise ReaderError(
            f"The rows from line {block.line:,} on can be read in more than one way; "
            "check the delimiter and the quote sign.",
            line=block.line,
        ) from error


def _fast_types(block: Block, plans: Sequence[Plan]) -> dict[str, pa.DataType]:
    if block.shape.padded:
        return {}
    types = {f"c{index}": _fast_type(plan) for index, plan in enumerate(plans)}
    for index in block.shape.zero_led:
        if types[f"c{index}"] in {pa.int64(), pa.float64()}:
            types[f"c{index}"] = pa.string()
    return types


def _fast_type(plan: Plan) -> pa.DataType:
    """Return the type Arrow's parser may read directly, text where it may not."""
    kind = plan.kind
    if kind is None:
        return DICTIONARY if plan.repeating else pa.string()
    if isinstance(kind, Integer | Number) and not kind.thousands:
        return pa.int64() if isinstance(kind, Integer) else pa.float64()
    if isinstance(kind, Moment) and kind.order == "ymd":
        return {
            "date": pa.date32(),
            "datetime": pa.timestamp("us"),
            "datetime with zone": pa.timestamp("us", tz="UTC"),
        }[kind.name]
    return pa.bool_() if kind == TRUE_FALSE else pa.string()


def _read(
    block: Block, types: dict[str, pa.DataType], dialect: Dialect, *, only: bool = False
) -> pa.Table:
    return arrow_csv.read_csv(
        pa.BufferReader(block.data),
        read_options=arrow_csv.ReadOptions(
            use_threads=False,
            column_names=[f"c{index}" for index in range(block.width)],
            block_size=len(block.data) + 1,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote or False,
            newlines_in_values=bool(dialect.quote),
        ),
        convert_options=arrow_csv.ConvertOptions(
            check_utf8=False,  # done when the file was read
            column_types=types,
            include_columns=list(types) if only else None,
            null_values=list(dialect.missing_markers),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            true_values=TRUE,
            false_values=FALSE,
            decimal_point=dialect.decimal,
        ),
    )


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _trimmed(cells: pa.Array, dialect: Dialect) -> pa.Array:
    trimmed = pc.utf8_trim(cells, " \t".replace(dialect.delimiter, ""))
    missing = pc.is_in(trimmed, texts(dialect.missing_markers))
    return pc.if_else(missing, NO_TEXT, trimmed)


def _cells(
    column: pa.Array, plan: Plan, block: Block, index: int, dialect: Dialect
) -> Cells:
    if plan.kind is None or not pa.types.is_float64(column.type):
        return read_as(column, plan)
    bounds = pc.min_max(column)
    low, high = bounds["min"].as_py(), bounds["max"].as_py()
    if low is not None and (low < -EXACT or high > EXACT):
        return _converted(_column_as_text(block, index, dialect), plan.kind)
    return _typed(column, plan.kind)


def read_as(column: pa.Array, plan: Plan) -> Cells:
    """Take a column as planned: text is converted, what is typed already is kept."""
    if plan.kind is None:
        return _text(column, plan)
    if pa.types.is_string(column.type):
        return _converted(column, plan.kind)
    return _typed(column, plan.kind)


def _column_as_text(block: Block, index: int, dialect: Dialect) -> pa.Array:
    """Read one column again as text: its numbers may be too long to be exact."""
    table = _read(block, {f"c{index}": pa.string()}, dialect, only=True)
    return _one_chunk(table.column(0))


def _converted(cells: pa.Array, kind: Kind) -> Cells:
    array = convert(kind, cells)
    misfits = array.null_count - cells.null_count
    if misfits:
        lost = pc.and_(pc.is_null(array), pc.is_valid(cells))
        first = int(truths_of(lost).argmax())
        values = len(cells) - cells.null_count
        return Cells(cells, values, misfits=misfits, first_misfit=first)
    return _typed(array, kind)


def _typed(array: pa.Array, kind: Kind) -> Cells:
    values = len(array) - array.null_count
    if kind.type is ColumnType.NUMBER:
        array, not_finite = without_infinities(array)
        return Cells(array, values, not_finite=not_finite)
    if isinstance(kind, Moment):
        if getattr(array.type, "tz", None):
            array = array.cast(pa.timestamp("us"))
        return Cells(array, values, surely_ordered=_surely_ordered(array, kind))
    return Cells(array, values)


def _surely_ordered(array: pa.Array, kind: Moment) -> bool:
    """Tell whether some day's number is no month's, so that the order is certain."""
    if kind.order not in {"dmy", "mdy"}:
        return True
    return (pc.max(pc.day(array)).as_py() or 0) > 12


def _text(cells: pa.Array, plan: Plan) -> Cells:
    values = len(cells) - cells.null_count
    if not values:
        return Cells(cells, 0, distinct=frozenset())
    if plan.allowed is not None and (misfits := _strange(cells, plan.allowed)).any():
        first = int(misfits.argmax())
        return Cells(cells, values, misfits=int(misfits.sum()), first_misfit=first)
    distinct = None
    different = cells.dictionary if pa.types.is_dictionary(cells.type) else None
    if plan.count_distinct:
        different = pc.unique(cells) if different is None else different
        if len(different) <= MOST_CATEGORIES + 1:
            distinct = frozenset(v for v in different.to_pylist() if v is not None)
    longest = pc.max(pc.utf8_length(cells if different is None else different)).as_py()
    others = _others(cells, plan.nearly) if plan.nearly else Counter()
    return Cells(
        cells,
        values,
        distinct=distinct,
        longest=longest or 0,
        others=Counter(dict(others.most_common(MISFITS))),
        others_count=others.total(),
    )


def _strange(cells: pa.Array, allowed: pa.Array) -> NDArray[np.bool_]:
    """Mark the texts that are not among those allowed."""
    if pa.types.is_dictionary(cells.type):
        # Each value is looked up once: nearly always all of them are allowed.
        if pc.all(pc.is_in(cells.dictionary, allowed)).as_py():
            return np.zeros(len(cells), dtype=bool)
        cells = cells.cast(pa.string())
    known = pc.is_in(cells, allowed)
    return truths_of(pc.and_(pc.is_valid(cells), pc.invert(known)))


def _others(cells: pa.Array, kind: Kind) -> Counter[str]:
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(pa.string())
    lost = pc.and_(pc.is_null(convert(kind, cells)), pc.is_valid(cells))
    counted = pc.value_counts(cells.filter(lost))
    texts, counts = (counted.field(index).to_pylist() for index in (0, 1))
    return Counter(dict(zip(texts, counts, strict=True)))
