"""What is wrong with this installation, or soon will be, in words."""

from __future__ import annotations

import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.checks import run_checks
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, connection

from datamine import env, health
from datamine.operations.reconciling import compare
from datasets.engines import EngineError, engine
from datasets.tables import Column, ColumnType, Schema

LEAST_FREE, LITTLE_FREE = 1 * 1024**3, 10 * 1024**3
MOST_SKEW = 2.0  # seconds between this clock and the database's
LEAST_POSTGRESQL = 140000
NETWORKS = {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"}


class Verdict(Enum):
    GOOD = "good"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """What one look showed; the words of a fault say what to do about it."""

    part: str
    verdict: Verdict
    words: str


Look = Callable[[], Iterator[tuple[Verdict, str]]]


def examine() -> list[Finding]:
    """Look at every part; a part that cannot be looked at is a problem, no crash."""
    return [
        Finding(part, verdict, words)
        for part, look in LOOKS.items()
        for verdict, words in seen(look)
    ]


def seen(look: Look) -> list[tuple[Verdict, str]]:
    try:
        return list(look()) or [(Verdict.GOOD, "")]
    except health.Unready as reason:
        return [(Verdict.PROBLEM, str(reason))]
    except (DatabaseError, OSError) as error:
        return [(Verdict.PROBLEM, f"It cannot be reached: {error}")]


def look_at_settings() -> Iterator[tuple[Verdict, str]]:
    if settings.DEBUG:
        yield (
            Verdict.WARNING,
            "DATAMINE_DEBUG=1 shows errors with settings to whoever meets them; unset "
            "it where others reach this site.",
        )
    if not env.HTTPS and env.PROXIES:
        yield (
            Verdict.WARNING,
            "Browsers come by a proxy without HTTPS: passwords travel in the open. Set "
            "DATAMINE_HTTPS=1.",
        )
    if len(settings.SECRET_KEY) < 40 or len(settings.ARTIFACT_KEY) < 40:
        yield Verdict.PROBLEM, "A key is shorter than 40 characters: make a longer one."
    if settings.SECRET_KEY == settings.ARTIFACT_KEY:
        yield (
            Verdict.WARNING,
            "One key signs log-ins and models. Give them different ones.",
        )
    for found in run_checks():
        verdict = Verdict.PROBLEM if found.is_serious() else Verdict.WARNING
        yield verdict, f"{found.msg} ({found.id})"


def look_at_database() -> Iterator[tuple[Verdict, str]]:
    health.check_database()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            if int(cursor.fetchone()[0]) < LEAST_POSTGRESQL:
                yield Verdict.PROBLEM, "PostgreSQL is older than 14: upgrade it."
    if connection.vendor == "sqlite" and file_system(str(env.HOME)) in NETWORKS:
        yield (
            Verdict.PROBLEM,
            f"SQLite on a network file system loses data: move {env.HOME} to a local "
            "disk, or use PostgreSQL.",
        )


def file_system(path: str) -> str:
    """Return the kind of file system that holds a path; nothing where unknown."""
    kinds: dict[str, str] = {}
    mounts = Path("/proc/mounts")
    for line in mounts.read_text().splitlines() if mounts.exists() else []:
        _, place, kind, *_ = line.split()
        kinds[place] = kind
    holding = [place for place in kinds if path.startswith(place.rstrip("/") + "/")]
    return kinds[max(holding, key=len)] if holding else ""


def look_at_clock() -> Iterator[tuple[Verdict, str]]:
    """Leases are counted on the database's clock, everything people see on ours."""
    if connection.vendor == "sqlite":
        return  # they are one clock
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXTRACT(EPOCH FROM clock_timestamp())")
        skew = abs(float(cursor.fetchone()[0]) - time.time())
    if skew > MOST_SKEW:
        yield (
            Verdict.WARNING,
            f"This machine's clock and the database's are {skew:.0f} s apart: let both "
            "follow a time server.",
        )


def look_at_storage() -> Iterator[tuple[Verdict, str]]:
    health.check_storage()
    places = {"scratch space": settings.SCRATCH_DIR}
    if isinstance(default_storage, FileSystemStorage):
        places["files"] = Path(default_storage.location)
    for name, place in places.items():
        free = shutil.disk_usage(place).free
        if free < LITTLE_FREE:
            verdict = Verdict.PROBLEM if free < LEAST_FREE else Verdict.WARNING
            yield verdict, f"{free / 1024**3:.1f} GiB are free for {name} in {place}."


def look_at_permissions() -> Iterator[tuple[Verdict, str]]:
    for path in (env.HOME, *env.HOME.glob("*-key")):
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO) and path != env.HOME:
            yield Verdict.PROBLEM, f"Others may read {path}: chmod 600 {path}"
        elif mode & stat.S_IRWXO:
            yield Verdict.WARNING, f"Others may look into {path}: chmod 700 {path}"


def look_at_workers() -> Iterator[tuple[Verdict, str]]:
    health.check_workers()
    yield from ()


def look_at_queue() -> Iterator[tuple[Verdict, str]]:
    health.check_queue()
    yield from ()


def look_at_files() -> Iterator[tuple[Verdict, str]]:
    found = compare()
    if found.lost:
        yield (
            Verdict.PROBLEM,
            f"{len(found.lost)} stored files are gone, first {found.lost[0]}; "
            "`manage.py reconcile` lists them. Restore them from a backup.",
        )


def look_at_engine() -> Iterator[tuple[Verdict, str]]:
    """Let a cluster, where there is one, write and read where work is done."""
    if settings.ENGINE == "polars":
        return
    schema = Schema((Column("c0", "number", ColumnType.INTEGER),))
    try:
        chosen = engine(settings.ENGINE)
        with TemporaryDirectory(dir=settings.SCRATCH_DIR) as folder:
            path = Path(folder, "table.parquet")
            chosen.write(chosen.table({"c0": [1, 2, 3]}, schema).frame, path)
            chosen.rows(chosen.scan(path))
    except EngineError as error:
        yield Verdict.PROBLEM, str(error)


LOOKS: dict[str, Look] = {
    "Settings": look_at_settings,
    "Database": look_at_database,
    "Clock": look_at_clock,
    "Storage": look_at_storage,
    "Permissions": look_at_permissions,
    "Workers": look_at_workers,
    "Queue": look_at_queue,
    "Files": look_at_files,
    "Engine": look_at_engine,
}
