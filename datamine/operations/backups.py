"""Make a backup while people work, and prove that it can be restored."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.utils import timezone

from datamine import env, files
from datamine.operations.archives import (
    FILES,
    ROWS,
    ArchiveError,
    Manifest,
    writing,
)
from datamine.operations.rows import one_moment, write_rows
from datamine.operations.schema import applied
from datamine.operations.storage import named_files

if TYPE_CHECKING:
    from datamine.operations.archives import ArchiveWriter

#: How often the rows are read anew because files went away while they were copied.
ATTEMPTS = 5


def back_up(target: Path, *, with_key: bool = True) -> Manifest:
    """Write a backup of all rows and files to `target`, which must not exist.

    Files never change and are written before their row, so those that the rows of one
    moment name are copied afterwards. Where one was deleted meanwhile, the rows are
    read once more; what is gone for good is told as lost.
    """
    if target.exists():
        raise ArchiveError(f"{target} exists already; name another file.")
    with (
        tempfile.TemporaryDirectory(dir=files.scratch(), prefix="backup-") as folder,
        writing(target) as archive,
    ):
        copied: dict[str, str] = {}
        lost: set[str] = set()
        for _ in range(ATTEMPTS):
            manifest = read_database(Path(folder, ROWS))
            before = lost
            lost = copy_files(archive, manifest, copied)
            if lost <= before:
                break
        manifest.lost = sorted(lost)
        manifest.files = {key: copied[key] for key in manifest.files if key in copied}
        manifest.artifact_key = settings.ARTIFACT_KEY if with_key else ""
        manifest.rows_sha256 = archive.add(ROWS, Path(folder, ROWS))
        archive.finish(manifest)
    return manifest


def read_database(path: Path) -> Manifest:
    """Write all rows of one moment to `path`; return what is known of them."""
    with gzip.open(path, "wb", compresslevel=5) as file, one_moment():
        return Manifest(
            made_at=timezone.now().isoformat(timespec="seconds"),
            program=program_version(),
            database=connection.vendor,
            migrations=applied(),
            rows=write_rows(file),  # type: ignore[arg-type]
            rows_sha256="",
            files=named_files(),
        )


def program_version() -> str:
    try:
        return version("datamine")
    except PackageNotFoundError:  # it runs from its folder
        return "source"


def copy_files(
    archive: ArchiveWriter, manifest: Manifest, copied: dict[str, str]
) -> set[str]:
    """Add the files not yet copied; return the keys of those that are not there."""
    lost = set()
    for key, sha256 in manifest.files.items():
        if key in copied:
            continue
        try:
            with files.local_copy(key) as path:
                copied[key] = archive.add(f"{FILES}{key}", path)
        except FileNotFoundError:
            lost.add(key)
            continue
        if sha256 and copied[key] != sha256:
            lost.add(key)  # copied as it is: half a file may be better than none
    return lost


def verify(source: Path) -> str:
    """Restore a backup into an empty place that is gone afterwards; return its words.

    The place is another process with a folder of its own: nothing of this site is
    in its reach. Raises `ArchiveError` for what is missing or damaged.
    """
    with tempfile.TemporaryDirectory(dir=files.scratch(), prefix="verify-") as home:
        ended = subprocess.run(
            [sys.executable, env.BASE_DIR / "manage.py", "restore", source.absolute()],
            env={**os.environ, **scratch_place(home)},
            capture_output=True,
            text=True,
            check=False,
        )
    if ended.returncode:
        raise ArchiveError(ended.stderr.strip().rpartition("\n")[2])
    return ended.stdout.strip()


def scratch_place(home: str) -> dict[str, str]:
    """Return the settings of an installation in a folder, with the key of this one."""
    return {
        "DATAMINE_HOME": home,
        "DATABASE_URL": f"sqlite:///{home}/datamine.sqlite3",
        "DATAMINE_S3_BUCKET": "",
        "DATAMINE_ARTIFACT_KEY": settings.ARTIFACT_KEY,
    }
