"""Do rows and stored files belong together? What is lacking on either side."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.files.storage import default_storage

from datamine import files
from datamine.operations.storage import named_files, orphans


@dataclass
class Differences:
    """Keys of files: those that rows name in vain, and those that no row names."""

    lost: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)

    @property
    def harmful(self) -> bool:
        return bool(self.lost or self.damaged)


def compare(*, with_digests: bool = False) -> Differences:
    """Compare rows and storage; with digests, every byte is read.

    Files younger than a day may belong to a row that is about to be written, and are
    no orphans yet.
    """
    found = Differences(orphans=orphans())
    for key, sha256 in named_files().items():
        if not default_storage.exists(key):
            found.lost.append(key)
        elif with_digests and sha256 and not is_whole(key, sha256):
            found.damaged.append(key)
    return found


def is_whole(key: str, sha256: str) -> bool:
    with files.local_copy(key) as path:
        return files.digest(path) == sha256


def remove(keys: list[str]) -> None:
    """Delete files that no row names."""
    for key in keys:
        files.delete(key)
