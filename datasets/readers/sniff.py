"""A first look at a file: which format it has and how it is to be read."""

from __future__ import annotations

from dataclasses import replace
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from datasets.readers.catalogue import reader
from datasets.readers.contents import recognise
from datasets.readers.preview import preview

if TYPE_CHECKING:
    from pathlib import Path

    from datasets.readers.dialect import Dialect
    from datasets.readers.report import Guess, Sniff


def sniff(path: Path, filename: str, dialect: Dialect | None = None) -> Sniff:
    """Look at the first part of a file and guess how to read it.

    Parameters
    ----------
    path : Path
        The file; only its first part is read.
    filename : str
        The name the user gave it; only its extension is looked at.
    dialect : Dialect, optional
        Corrections: what is set in it counts more than the guess, which then gives
        no reasons.

    Raises
    ------
    ReaderError
        If the content is no table, or not in a format DataMine reads.
    """
    entry = reader(recognise(path, filename))
    guess: Guess = resolve_name(entry.guess)(path)
    if dialect is not None:
        stated = dialect.model_dump(exclude_unset=True)
        corrected = guess.dialect.model_copy(update=stated)
        guess = replace(guess, dialect=corrected, reasons=[])
    return preview(path, entry, guess)
