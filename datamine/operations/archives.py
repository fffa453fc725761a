"""A backup as one file: all rows, all stored files, and a manifest that vouches.

It is a tar file, nothing packed twice: `files/…` holds what the storage holds, under
the same keys; `rows.jsonl.gz` the database; `manifest.json`, written last, the digest
of each. A file without a whole manifest is no backup.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from typing import IO, TYPE_CHECKING, ClassVar, Generic, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT = 1
MANIFEST, ROWS, FILES = "manifest.json", "rows.jsonl.gz", "files/"
LARGEST_MANIFEST = 512 * 1024**2
CHUNK = 1024**2


class ArchiveError(Exception):
    """A file that is no whole backup; the message says why."""


@dataclass
class Manifest:
    """What a backup holds, and what is needed to put it back."""

    made_at: str
    program: str
    database: str
    migrations: dict[str, list[str]]
    rows: dict[str, int]
    rows_sha256: str
    #: The SHA-256 of each stored file by its key.
    files: dict[str, str]
    #: Keys that rows name and the storage had lost already.
    lost: list[str] = field(default_factory=list)
    #: What models are signed with; empty where it is kept elsewhere.
    artifact_key: str = ""
    format: int | str = FORMAT

    #: What people call such a file.
    KIND: ClassVar[str] = "backup"

    @classmethod
    def parse(cls, content: bytes) -> Self:
        try:
            found = json.loads(content)
            if found.get("format") != cls.format:
                raise ArchiveError(
                    f"The {cls.KIND} has format {found.get('format')}; this program "
                    f"reads {cls.format}."
                )
            return cls(**found)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise ArchiveError(f"The {cls.KIND}'s manifest cannot be read.") from error


AnyManifest = TypeVar("AnyManifest", bound=Manifest)


class Digesting:
    """A file that is read by others, and remembers the digest of what they read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self.file.read(size)
        self.hash.update(part)
        return part


class ArchiveWriter:
    """Writes a backup; nothing bears its name before it is whole."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self.archive = archive

    def add(self, name: str, path: Path) -> str:
        """Add the file at `path`; return its SHA-256."""
        with path.open("rb") as file:
            told = tarfile.TarInfo(name)
            told.size = os.fstat(file.fileno()).st_size
            told.mode = 0o600
            digesting = Digesting(file)
            self.archive.addfile(told, digesting)
        return digesting.hash.hexdigest()

    def finish(self, manifest: Manifest) -> None:
        content = json.dumps(asdict(manifest), indent=1).encode()
        told = tarfile.TarInfo(MANIFEST)
        told.size, told.mode = len(content), 0o600
        self.archive.addfile(told, io.BytesIO(content))


@contextmanager
def writing(target: Path) -> Iterator[ArchiveWriter]:
    """Write a backup to `target`, under another name first, for its owner only."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        fresh.touch(mode=0o600, exist_ok=False)
        with fresh.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield ArchiveWriter(tar)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


class ArchiveReader(Generic[AnyManifest]):
    """Reads a backup; everything is held against the manifest's digests.

    Names are only looked up, never paths; links and files with holes, which are larger
    than the archive, are no files of ours.
    """

    def __init__(
        self, archive: tarfile.TarFile, told: type[AnyManifest], largest: int
    ) -> None:
        self.archive, self.kind = archive, told.KIND
        self.members = {
            member.name: member
            for member in archive
            if member.isfile() and not member.issparse()
        }
        self.manifest = told.parse(self._content(MANIFEST, largest))

    def extract(self, key: str, target: Path) -> None:
        """Write the stored file of `key` to `target`."""
        self._extract(f"{FILES}{key}", self.manifest.files[key], target)

    @contextmanager
    def rows(self, folder: Path) -> Iterator[IO[bytes]]:
        """Give the lines of all rows to read; `folder` is for a copy."""
        path = folder / ROWS
        self._extract(ROWS, self.manifest.rows_sha256, path)
        with gzip.open(path) as lines:
            yield lines  # type: ignore[misc]

    def _extract(self, name: str, sha256: str, target: Path) -> None:
        source = self._opened(name)
        digest = hashlib.sha256()
        with target.open("wb") as copy:
            while part := source.read(CHUNK):
                digest.update(part)
                copy.write(part)
        if digest.hexdigest() != sha256:
            raise ArchiveError(f"{name} is damaged: its digest is another.")

    def _content(self, name: str, largest: int) -> bytes:
        content = self._opened(name).read(largest + 1)
        if len(content) > largest:
            raise ArchiveError(f"{name} is too large.")
        return content

    def _opened(self, name: str) -> IO[bytes]:
        member = self.members.get(name)
        found = self.archive.extractfile(member) if member else None
        if found is None:
            raise ArchiveError(f"The {self.kind} is not whole: it holds no {name}.")
        return found


@contextmanager
def reading_as(
    told: type[AnyManifest], source: Path, largest_manifest: int = LARGEST_MANIFEST
) -> Iterator[ArchiveReader[AnyManifest]]:
    """Open an archive; `ArchiveError` says what is wrong with it, then or later."""
    try:
        with tarfile.open(source, "r:") as archive:
            yield ArchiveReader(archive, told, largest_manifest)
    except FileNotFoundError as error:
        raise ArchiveError(f"There is no file {source}.") from error
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ArchiveError(
            f"The file is no {told.KIND}, or damaged: {error}."
        ) from error


def reading(source: Path) -> AbstractContextManager[ArchiveReader[Manifest]]:
    """Open a backup, as `reading_as` does."""
    return reading_as(Manifest, source)
