"""Inputs that take long to compute, kept in a folder for the next training.

What is kept is known by a digest of all it was computed from: the rows, the settings,
the code and the libraries. So it is never stale, whichever session, version or project
asks; a file that is damaged is computed again. Files hold plain arrays, no pickles.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Array = np.ndarray[Any, Any]

LIBRARIES = ("numpy", "scipy", "nifty-ls")
ENDING = ".npy"


@dataclass(frozen=True)
class Shelf:
    """Where inputs are kept, and how many bytes of them at most."""

    folder: Path
    most_bytes: int

    def path(self, digest: str) -> Path:
        """Return where what has this digest is kept, or would be."""
        return self.folder / f"{digest}{ENDING}"

    def load(self, digest: str) -> Array | None:
        """Return what is kept, None where there is nothing or nothing whole."""
        path = self.path(digest)
        try:
            found: Array = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        with suppress(OSError):
            os.utime(path)  # what is used stays longest
        return found

    def save(self, digest: str, values: Array) -> None:
        """Keep values for the next one; a disk without room keeps nothing."""
        if values.nbytes > self.most_bytes:
            return
        path = self.path(digest)
        fresh = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with fresh.open("wb") as file:
                np.save(file, values, allow_pickle=False)
            self.make_room(fresh.stat().st_size)
            fresh.replace(path)
        except OSError:
            fresh.unlink(missing_ok=True)

    def make_room(self, size: int) -> None:
        """Remove what was not used for the longest time until so much fits."""
        kept = [(p.stat(), p) for p in self.folder.glob(f"*{ENDING}")]
        held = sum(found.st_size for found, _ in kept)
        for found, path in sorted(kept, key=lambda pair: pair[0].st_mtime):
            if held + size <= self.most_bytes:
                break
            path.unlink(missing_ok=True)
            held -= found.st_size


_shelf: ContextVar[Shelf | None] = ContextVar("shelf", default=None)


@contextmanager
def kept_on(shelf: Shelf) -> Iterator[None]:
    """Keep inputs on a shelf as long as the block lasts; else none are kept."""
    token = _shelf.set(shelf)
    try:
        yield
    finally:
        _shelf.reset(token)


def remembered(
    code: Sequence[str], values: Sequence[Any], compute: Callable[[], Array]
) -> Array:
    """Return what `compute` gives, or gave before.

    Parameters
    ----------
    code : sequence of str
        Paths of the source files that it is computed by.
    values : sequence
        Everything it is computed from, as arrays or numbers.
    compute : callable
    """
    shelf = _shelf.get()
    if shelf is None:
        return compute()
    digest = digest_of(tuple(code), values)
    found = shelf.load(digest)
    if found is None:
        found = compute()
        shelf.save(digest, found)
    return found


def digest_of(code: tuple[str, ...], values: Sequence[Any]) -> str:
    """Return the SHA-256 of code, libraries and values."""
    found = hashlib.sha256(_digest_of_code(code))
    for value in values:
        array = np.ascontiguousarray(value)
        found.update(f"{array.dtype.str}{array.shape}".encode())
        found.update(array.tobytes())
    return found.hexdigest()


@cache
def _digest_of_code(paths: tuple[str, ...]) -> bytes:
    found = hashlib.sha256()
    for path in paths:
        found.update(Path(path).read_bytes())
    for library in LIBRARIES:
        found.update(version(library).encode())
    return found.digest()
