"""Arrow arrays from and to plain memory.

Arrow's own constructors (`pa.array`, `pa.scalar`, `to_numpy`) load pandas on first use,
which takes longer than a small import and 40 MB; these do without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Memory = NDArray[Any]

NO_TEXT = pa.nulls(1, pa.string())[0]
NO_NUMBER = pa.nulls(1, pa.float64())[0]


def fixed(
    values: Memory, type: pa.DataType, valid: NDArray[np.bool_] | None = None
) -> pa.Array:
    """Return numbers, days or moments as Arrow, null where `valid` is false."""
    bits = None if valid is None else _bits(valid)
    data = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(type, len(values), [bits, data])


def booleans(values: NDArray[np.bool_]) -> pa.Array:
    """Return truth values, none missing, as Arrow."""
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, _bits(values)])


def texts(values: Sequence[str]) -> pa.Array:
    """Return texts, none missing, as Arrow."""
    encoded = [value.encode() for value in values]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


def text(value: str) -> pa.Scalar:
    """Return one text."""
    return texts([value])[0]


def number(value: float) -> pa.Scalar:
    """Return one floating-point number."""
    return fixed(np.array([value]), pa.float64())[0]


def whole(value: int) -> pa.Scalar:
    """Return one 32-bit whole number."""
    return fixed(np.array([value], dtype=np.int32), pa.int32())[0]


def blob(data: bytes) -> pa.Array:
    """Return one sequence of bytes, which is not copied."""
    offsets = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    return pa.Array.from_buffers(
        pa.large_binary(), 1, [None, offsets, pa.py_buffer(data)]
    )


def is_utf8(data: bytes) -> bool:
    """Tell whether bytes are UTF-8."""
    offsets = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    buffers = [None, offsets, pa.py_buffer(data)]
    try:
        pa.Array.from_buffers(pa.large_string(), 1, buffers).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def numbers_of(values: pa.Array, dtype: type[np.generic]) -> Memory:
    """Return the memory of fixed-width values; what is in null places is undefined."""
    memory = np.frombuffer(values.buffers()[1], dtype=dtype)
    return memory[values.offset : values.offset + len(values)]


def truths_of(values: pa.Array) -> NDArray[np.bool_]:
    """Return truth values; false where they are missing."""
    found = numbers_of(values.cast(pa.uint8()), np.uint8) != 0
    if values.null_count:
        found = found & truths_of(values.is_valid())
    return found


def _bits(values: NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(values, bitorder="little"))
