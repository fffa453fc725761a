"""JSON Lines: a value in each line of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasets.readers.csv.source import Source
from datasets.readers.errors import ReaderError
from datasets.readers.json.document import PIECE, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datasets.readers.limits import Limits


def holds_lines(path: Path, encoding: str, limits: Limits) -> bool:
    """Tell whether the first line is a list or an object, and more lines follow."""
    with Source(path, encoding, limits) as source:
        found = lines(source, limits)
        try:
            line, first = next(found, (0, b""))
            parsed(first, line)
            return first[:1] in {b"{", b"["} and next(found, None) is not None
        except ReaderError:
            return False


def lines(source: Source, limits: Limits) -> Iterator[tuple[int, bytes]]:
    """Yield number and text of each line that is not empty."""
    rest, number = b"", 1
    while part := source.read(PIECE):
        *whole, rest = (rest + part).split(b"\n")
        for line in whole:
            if text := line.strip():
                yield number, text
            number += 1
        if len(rest) > limits.max_record:
            raise ReaderError(
                f"Line {number:,} is longer than {limits.max_record:,} bytes, the most "
                "that one record may have.",
                line=number,
            )
    if text := rest.strip():
        yield number, text
