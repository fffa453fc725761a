"""A project's bundle becomes a project of this installation, wholly or not at all.

Nothing a bundle says is believed. Its names are looked up and never paths, every file
gets a key made here, ids are given anew, and rows name only rows that came with them.
Models are pickles: they are signed for this place only where this place's key, or that
of the source, vouches for their bytes; others lie there and are never opened until an
administrator trusts them.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from datamine import files
from datamine.away import is_away
from datamine.faults import fault_point
from datamine.operations.archives import (
    LARGEST_MANIFEST,
    ArchiveError,
    reading_as,
)
from datamine.operations.arriving import Arrival, Kept, number
from datamine.operations.carried import APPS, PROJECT, BundleManifest
from datamine.operations.rows import rows_of
from datamine.operations.schema import applied
from datamine.operations.signing import signatures_of
from datamine.room import is_full
from datasets.models import Dataset, DatasetVersion
from datasets.monitor import SilentMonitor
from datasets.quotas import require_place, require_room
from experiments.choices import SessionStatus
from experiments.models import ARTIFACTS, Result, TrainingSession
from projects.activities import record_activity
from projects.models import Project, User
from projects.services import create_project
from registry.models import ModelVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

    from datamine.operations.archives import ArchiveReader
    from datasets.monitor import Monitor

    Reader = ArchiveReader[BundleManifest]

LONGEST_ROW = 32 * 1024**2


class Limits(NamedTuple):
    """Bytes of rows, which come packed, and of a manifest; more is a bomb."""

    rows: int
    manifest: int


OPERATOR = Limits(rows=8 * 1024**3, manifest=LARGEST_MANIFEST)
#: For anybody who signs in.
WEB = Limits(rows=256 * 1024**2, manifest=16 * 1024**2)
#: The folders of the storage that a bundle may fill, and the ends of names there.
FOLDERS = {
    "uploads": ("",),
    "versions": (".parquet",),
    "artifacts": (".zip", ".npz"),
    "batches": (".csv",),
}
#: What versions of models are called: folders and files bear these names.
VERSION = re.compile(r"v[0-9]{8}_[0-9]{6}")
WRONG = (
    ValidationError, ValueError, TypeError, KeyError, AttributeError, OverflowError,
    RecursionError, DatabaseError,
)  # fmt: skip


@dataclass(frozen=True)
class Imported:
    """The project a bundle became, and how many of its models wait for trust."""

    project: Project
    models: int
    untrusted: int


def nothing(found: Imported) -> None: ...


@dataclass(frozen=True)
class Watching:
    """Who looks on while a bundle is taken in."""

    monitor: Monitor = field(default_factory=SilentMonitor)
    #: Told what came of it, in the transaction that makes the project.
    settle: Callable[[Imported], object] = nothing


NOBODY = Watching()


def import_project(
    source: Path,
    *,
    actor: User,
    name: str = "",
    source_key: str = "",
    match_people: bool = False,
    limits: Limits = OPERATOR,
    watching: Watching = NOBODY,
) -> Imported:
    """Make a new private project of a bundle; `actor` owns it.

    Files come first, then all rows at once: at worst files are left that no row names,
    which are swept. Rows are read through before, as others cannot write meanwhile.

    Parameters
    ----------
    source_key
        The key the source signs models with. The bundle's signature must then be
        right, and its models are signed anew for this place.
    match_people
        Rows name the people here who have the names of those there; else nobody.
    limits
        How large its rows and its manifest may be.
    watching
        Who is told how far it is, and what came of it.

    Raises
    ------
    ArchiveError
        For anything wrong with the bundle; nothing was imported.
    QuotaError
        Where it holds more than a project may.
    """
    monitor = watching.monitor
    with (
        reading_as(BundleManifest, source, limits.manifest) as archive,
        tempfile.TemporaryDirectory(dir=files.scratch(), prefix="import-") as folder,
    ):
        refuse_others(archive.manifest, source_key)
        kept: dict[str, Kept] = {}
        is_written = False
        try:
            keep_files(archive, Path(folder, "file"), source_key, kept, monitor)
            with archive.rows(Path(folder)) as lines:
                monitor.phase("Reading the rows")
                read_through(lines, limits)
                monitor.phase("Putting in the rows")
                with transaction.atomic():
                    found = put_in(
                        archive.manifest, lines, kept, actor, name, match_people
                    )
                    watching.settle(found)
                    is_written = True
        except BaseException as error:
            if not is_written and not is_away(error):  # else the project may be there
                for file in kept.values():
                    files.delete(file.key)
            raise
        return found


def refuse_others(manifest: BundleManifest, source_key: str) -> None:
    """Refuse a bundle of another release, or one that its key does not vouch for."""
    here = applied()
    if manifest.migrations != {app: here[app] for app in APPS}:
        raise ArchiveError(
            f"The bundle was made by another release ({manifest.program}) whose tables "
            "differ. Bring both places to the same release, then export again."
        )
    if source_key and not manifest.is_sealed_with(source_key):
        raise ArchiveError(
            "The bundle is not signed with the key that was given: it is damaged, was "
            "changed, or comes from elsewhere."
        )


def keep_files(
    archive: Reader,
    place: Path,
    source_key: str,
    kept: dict[str, Kept],
    monitor: Monitor,
) -> None:
    """Store every file under a key made here, after holding it against its digest."""
    monitor.phase("Storing the files")
    monitor.total(len(archive.manifest.files))
    own = settings.ARTIFACT_KEY.encode()
    known = [own, *([source_key.encode()] if source_key else [])]
    for key, sha256 in archive.manifest.files.items():
        folder, suffix = key.partition("/")[0], Path(key).suffix
        if suffix not in FOLDERS.get(folder, ()):
            raise ArchiveError(f"A bundle holds no file {key[:100]!r}.")
        archive.extract(key, place)
        signatures = signatures_of(place, known) if folder == ARTIFACTS else ()
        new = files.new_key(folder, 0, suffix)
        kept[key] = Kept(new, sha256, place.stat().st_size, signatures)
        files.store(place, new)
        monitor.advance()


def read_through(lines: IO[bytes], limits: Limits) -> None:
    """Read all rows, and go back to the first; raise where they are none or a bomb."""
    try:
        for _ in rows_of(bounded(lines, limits.rows)):
            pass
    except WRONG as error:
        raise ArchiveError(f"The bundle's rows cannot be read: {error}") from error
    lines.seek(0)


def put_in(
    manifest: BundleManifest,
    lines: IO[bytes],
    kept: dict[str, Kept],
    actor: User,
    name: str,
    match_people: bool,
) -> Imported:
    """Put in all rows, and look whether they make a project."""
    told = manifest.project
    try:
        project = made_project(told, name, actor)
        people = dict(User.objects.values_list("username", "pk"))
        arrival = Arrival(
            apps=MigrationExecutor(connection).loader.project_state().apps,
            kept=kept,
            ids={PROJECT: {number(told["id"]): project.pk}},
            people=people if match_people else {},
        )
        for label, rows in rows_of(lines):
            arrival.take(label, rows)
        arrival.finish()
        if +arrival.counts != +Counter(manifest.rows):
            raise ArchiveError("The bundle's rows are not as many as were written.")
        require_sense(project)
    except WRONG as error:
        if is_away(error) or is_full(error):
            raise
        raise ArchiveError(f"The bundle's rows cannot be read: {error}") from error
    require_room(project, 0)
    require_place(project, 0)
    results = Result.objects.filter(session__experiment__project=project)
    found = Imported(project, results.count(), results.filter(artifact_hmac="").count())
    fault_point("import.written")
    record_activity(
        actor, project, "imported",
        made_at=str(manifest.made_at)[:40], untrusted=found.untrusted,
    )  # fmt: skip
    return found


def made_project(told: dict[str, Any], name: str, actor: User) -> Project:
    """Make a project as the bundle describes it, private whatever it was."""
    values = {
        "name": name or told["name"],
        "description": told["description"],
        "needs_second_owner": told["needs_second_owner"],
        "metadata": told["metadata"],
    }
    Project(key="bundle", **values).full_clean(validate_unique=False)
    if not isinstance(values["metadata"], dict):
        raise ArchiveError("The bundle's metadata are no object.")
    return create_project(**values, actor=actor)


def bounded(lines: IO[bytes], most: int) -> Iterator[bytes]:
    """Yield lines, but not those of a bomb: few packed bytes that become very many."""
    total = 0
    while line := lines.readline(LONGEST_ROW + 1):
        total += len(line)
        if len(line) > LONGEST_ROW or total > most:
            raise ArchiveError("The bundle's rows are larger than any project's.")
        yield line


def require_sense(project: Project) -> None:
    """Refuse rows that each are well-formed, and together no project."""
    for version in DatasetVersion.objects.filter(dataset__project=project):
        _ = version.specs  # raises where they are not ours, as does the schema
        known = {column.id for column in version.schema}
        if not {c["id"] for c in (version.profile or {}).get("columns", ())} <= known:
            raise ArchiveError("A profile is of columns that its version has not.")
    done = TrainingSession.objects.filter(
        experiment__project=project, status=SessionStatus.COMPLETED
    )
    if done.filter(result=None).exists():
        raise ArchiveError("A completed session came without its result.")
    versions = ModelVersion.objects.filter(model__project=project)
    if not all(map(VERSION.fullmatch, versions.values_list("version", flat=True))):
        raise ArchiveError("A version of a model has a name that is none.")
    if Dataset.everything.filter(project=project, versions=None).exists():
        raise ArchiveError("A dataset came without any version.")
