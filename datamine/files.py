"""Files of the site: whole or not there, in a folder or in S3.

A key is made of words of the code and ids made by the server, never of a user's text.
A row that points to a key is written after the file, and deleted before it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage

from datamine.faults import fault_point

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = re.compile(r"[a-z]+(/[a-z0-9][a-z0-9-]*)+(\.[a-z0-9]+)*")
CHUNK = 1024**2
STALE_SECONDS = 3600


class StoredFileError(Exception):
    """A file could not be stored as it is; the storage holds nothing new."""


def new_key(folder: str, owner: int, suffix: str) -> str:
    """Return a key that no file has: "versions/12/<uuid>.parquet"."""
    return f"{folder}/{owner}/{uuid.uuid4()}{suffix}"


def store(path: Path, key: str) -> None:
    """Keep a copy of the file at `path` under `key`, durably and all or nothing."""
    if not KEY.fullmatch(key):
        raise ValueError(f"{key!r} is not a key made by the server.")
    fault_point("store.before")
    if isinstance(default_storage, FileSystemStorage):
        store_locally(path, local_path(key))
    else:
        store_remotely(path, key)
    fault_point("store.after")


@contextmanager
def local_copy(key: str) -> Iterator[Path]:
    """Give the file of `key` as a path to read, as long as the block lasts.

    The path is the stored file itself where files lie in a folder: never write to it.
    """
    if isinstance(default_storage, FileSystemStorage):
        yield local_path(key)
        return
    with tempfile.TemporaryDirectory(dir=scratch(), prefix="copy-") as folder:
        path = Path(folder, "file").with_suffix(Path(key).suffix)
        fetch(key, path)
        yield path


def fetch(key: str, target: Path) -> None:
    """Copy an object to a path."""
    with default_storage.open(key) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, CHUNK)


def delete(key: str) -> None:
    """Remove the file of `key`; one that is not there is no error."""
    fault_point("delete.before")
    default_storage.delete(key)


def digest(path: Path) -> str:
    """Return the SHA-256 of the file at `path`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def scratch() -> Path:
    """Where temporary files of this process belong; a child's folder dies with it."""
    return Path(os.environ.get("DATAMINE_CHILD_FOLDER", settings.SCRATCH_DIR))


def local_path(key: str) -> Path:
    return Path(default_storage.path(key))


def store_locally(path: Path, target: Path) -> None:
    """Copy beside the target, then rename: a crash leaves a whole file or none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with path.open("rb") as source, fresh.open("wb") as copy:
            fresh.chmod(0o600)
            shutil.copyfileobj(source, copy, CHUNK)
            copy.flush()
            os.fsync(copy.fileno())
        fault_point("store.written")
        fresh.replace(target)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def store_remotely(path: Path, key: str) -> None:
    """Put the object, then ask whether the storage holds all of it."""
    size = path.stat().st_size
    with path.open("rb") as source:
        name = default_storage.save(key, File(source, name=key))
    if name != key or default_storage.size(key) != size:
        default_storage.delete(name)
        raise StoredFileError(f"The storage did not keep {key} as it was sent.")


def sweep() -> int:
    """Remove temporary files that a crash left behind; return how many."""
    border = time.time() - STALE_SECONDS
    places = [*Path(settings.SCRATCH_DIR).glob("*")]
    if isinstance(default_storage, FileSystemStorage):
        places += Path(default_storage.location).rglob(".*.part")
    stale = [place for place in places if modified(place) < border]
    for place in stale:
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)
    return len(stale)


def modified(path: Path) -> float:
    """Return when a file, or anything in a folder, was last written."""
    times = [path, *path.rglob("*")] if path.is_dir() else [path]
    return max((p.stat().st_mtime for p in times if p.exists()), default=0.0)
