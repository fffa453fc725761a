"""A first look at a file: which format it has and how it is to be read."""

from __future__ import annotations

from pkgutil import resolve_name
from typing import TYPE_CHECKING

from datasets.readers.catalogue import reader
from datasets.readers.contents import recognise

if TYPE_CHECKING:
    from pathlib import Path

    from datasets.readers.dialect import Dialect
    from datasets.readers.report import Sniff


def sniff(path: Path, filename: str, dialect: Dialect | None = None) -> Sniff:
    """Look at the first part of a file and guess how to read it.

    Parameters
    ----------
    path : Path
        The file; only its first part is read.
    filename : str
        The name the user gave it; only its extension is looked at.
    dialect : Dialect, optional
        How to read it, where that was corrected; nothing is guessed then.

    Raises
    ------
    ReaderError
        If the content is no table, or not in a format DataMine reads.
    """
    entry = reader(recognise(path, filename))
    if dialect is not None:
        return resolve_name(entry.preview)(path, dialect, [])
    return resolve_name(entry.sniff)(path)
