"""scikit-learn without pandas, which it takes along wherever it finds it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from threading import get_ident
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class _NoPandas(MetaPathFinder):
    """Finds no pandas for the thread that made it; others find what they import."""

    def __init__(self) -> None:
        self.thread = get_ident()

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas" and get_ident() == self.thread:
            raise ModuleNotFoundError("pandas is hidden here.", name=fullname)


@contextmanager
def without_pandas() -> Iterator[None]:
    """Hide pandas from what this thread imports: 40 to 75 MiB, and its time to load.

    Whoever needs it imports it later, as if nothing had been.
    """
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def import_sklearn() -> None:
    """Import scikit-learn alone: a process that serves models needs nothing else."""
    with without_pandas():
        import sklearn.utils  # noqa: F401, PLC0415 -- heavy import
