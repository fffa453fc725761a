"""The bytes of datasets and versions: under which key, and whether they are whole."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.utils import timezone

from datamine import files
from datamine.room import StorageAwayError
from datasets.exceptions import DamagedDataError
from datasets.models import Dataset, DatasetVersion, Upload

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

logger = logging.getLogger(__name__)

UPLOADS = "uploads"
VERSIONS = "versions"
#: A file without a row may be one whose row is about to be written.
GRACE = timedelta(days=1)


class DamagedFileError(Exception):
    """Stored bytes are gone or not those that were stored; the text is a sentence."""


def version_key(dataset_id: int, sha256: str) -> str:
    """Return where a version's table lies: equal tables of a dataset are one file."""
    return f"{VERSIONS}/{dataset_id}/{sha256}.parquet"


@contextmanager
def verified(key: str, sha256: str) -> Iterator[Path]:
    """Give a stored file to read, after making sure that it is what was stored."""
    try:
        with files.local_copy(key) as path:
            if files.digest(path) != sha256:
                raise DamagedFileError(
                    "The stored data are damaged: their digest is not the one written "
                    "down when they were stored. Restore them from a backup."
                )
            yield path
    except FileNotFoundError as missing:
        raise DamagedFileError(
            "The stored data are gone. Restore them from a backup."
        ) from missing


@contextmanager
def readable(version: DatasetVersion) -> Iterator[Path]:
    """Give a version's table to look at; `DamagedDataError` if it cannot be read.

    Its digest is taken where work begins, not for every page of rows.
    """
    import duckdb  # noqa: PLC0415 -- heavy import
    import pyarrow  # noqa: PLC0415 -- heavy import

    broken = (duckdb.IOException, duckdb.InvalidInputException, pyarrow.ArrowInvalid)
    try:
        with files.local_copy(version.data) as path:
            yield path
    except StorageAwayError:
        raise
    except (OSError, *broken) as error:
        logger.exception("Table %s cannot be read", version.data)
        raise DamagedDataError(
            f"The stored data of version {version.number} are gone or damaged. Restore "
            "them from a backup, or go on from another version."
        ) from error


def named_files() -> dict[str, str]:
    """Return the SHA-256 of every stored file of datasets that a row names, by key."""
    pairs = [
        *Upload.objects.values_list("key", "sha256"),
        *Dataset.everything.values_list("upload", "sha256"),
        *DatasetVersion.objects.values_list("data", "sha256"),
    ]
    return {key: sha256 for key, sha256 in pairs if key}


def sweep_orphans() -> int:
    """Remove stored files of datasets that no row names; return how many."""
    return remove_orphans((UPLOADS, VERSIONS), set(named_files()))


def remove_orphans(folders: Iterable[str], known: set[str]) -> int:
    """Remove old files below these folders whose key is not known."""
    found = orphans(folders, known)
    for key in found:
        files.delete(key)
    return len(found)


def orphans(folders: Iterable[str], known: set[str]) -> list[str]:
    """Return the old files below these folders whose key is not known."""
    keys = (key for folder in folders for key in stored_keys(folder))
    return [key for key in keys if key not in known and is_old(key)]


def stored_keys(folder: str) -> Iterator[str]:
    for owner in listed(folder)[0]:
        for name in listed(f"{folder}/{owner}")[1]:
            yield f"{folder}/{owner}/{name}"


def listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def is_old(key: str) -> bool:
    try:
        return default_storage.get_modified_time(key) < timezone.now() - GRACE
    except FileNotFoundError:
        return False
