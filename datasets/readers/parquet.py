"""The file every version is: typed Parquet, digested while it is written."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from datasets.readers.arrays import fixed
from datasets.readers.conversion import ARROW_TYPES
from datasets.tables import DATA_PAGE, ROW, ROW_GROUP, ColumnType

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

DICTIONARY = pa.dictionary(pa.int32(), pa.string())
#: Whole numbers, days and moments are written as differences: a tenth smaller than
#: without and read 1.7 times as fast. Text with many values gains the same way.
AS_DIFFERENCES = frozenset({ColumnType.INTEGER, ColumnType.DATE, ColumnType.DATETIME})


class DigestingFile:
    """A file that knows the SHA-256 of what was written to it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._digest = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self.size += len(data)
        return self._file.write(data)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()
        self.closed = True

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


class TableWriter:
    """Writes the columns `_row`, `c0` … in row groups of `ROW_GROUP` rows.

    Parameters
    ----------
    path : pathlib.Path
    types : sequence of ColumnType
    repeating : collection of int
        Indices of text columns in which few values repeat; they get a dictionary.
    """

    def __init__(
        self, path: Path, types: Sequence[ColumnType], repeating: Collection[int]
    ) -> None:
        self._schema = _schema(types, repeating)
        self._file = DigestingFile(path)
        self._writer = pq.ParquetWriter(
            pa.PythonFile(self._file, mode="w"),
            self._schema,
            compression="zstd",
            data_page_size=DATA_PAGE,
            use_dictionary=[f"c{index}" for index in repeating],
            column_encoding=_encodings(types, repeating),
            store_schema=False,
        )
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self.rows = 0

    def write(self, columns: Sequence[pa.Array]) -> None:
        """Take the next rows; whole row groups are written at once."""
        count = len(columns[0])
        numbers = fixed(np.arange(self.rows, self.rows + count), pa.int64())
        arrays = [
            _as(array, field.type)
            for array, field in zip([numbers, *columns], self._schema, strict=True)
        ]
        self._waiting.append(pa.table(arrays, schema=self._schema))
        self.rows += count
        self._waiting_rows += count
        while self._waiting_rows >= ROW_GROUP:
            self._write_group()

    def close(self) -> None:
        """Write what is left and the file's end."""
        if self._waiting_rows or not self.rows:
            self._write_group()
        self._writer.close()
        self._file.close()

    def abandon(self) -> None:
        """Let go of the file; what was written is of no use."""
        self._waiting = []
        if not self._file.closed:
            self._writer.close()
            self._file.close()

    @property
    def size(self) -> int:
        return self._file.size

    @property
    def sha256(self) -> str:
        return self._file.hexdigest()

    def _write_group(self) -> None:
        parts = self._waiting or [self._schema.empty_table()]
        table = pa.concat_tables(parts).unify_dictionaries()
        group = table.slice(0, ROW_GROUP)
        rest = table.slice(ROW_GROUP)
        self._waiting = [rest] if rest.num_rows else []
        self._waiting_rows = rest.num_rows
        self._writer.write_table(group, row_group_size=ROW_GROUP)


def _schema(types: Sequence[ColumnType], repeating: Collection[int]) -> pa.Schema:
    fields = [pa.field(ROW, pa.int64(), nullable=False)]
    for index, type_ in enumerate(types):
        arrow = DICTIONARY if index in repeating else ARROW_TYPES[type_]
        fields.append(pa.field(f"c{index}", arrow))
    return pa.schema(fields)


def _encodings(
    types: Sequence[ColumnType], repeating: Collection[int]
) -> dict[str, str]:
    encodings = {ROW: "DELTA_BINARY_PACKED"}
    for index, type_ in enumerate(types):
        if type_ in AS_DIFFERENCES:
            encodings[f"c{index}"] = "DELTA_BINARY_PACKED"
        elif ARROW_TYPES[type_] == pa.string() and index not in repeating:
            encodings[f"c{index}"] = "DELTA_LENGTH_BYTE_ARRAY"
    return encodings


def _as(array: pa.Array, wanted: pa.DataType) -> pa.Array:
    if array.type == wanted:
        return array
    if wanted == DICTIONARY:
        return pc.dictionary_encode(array)
    return array.cast(wanted)
