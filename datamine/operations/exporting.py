"""A whole project as one file that another installation can take in."""

from __future__ import annotations

import gzip
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

from datamine import files
from datamine.operations.archives import FILES, ROWS, ArchiveError, writing
from datamine.operations.backups import program_version
from datamine.operations.carried import (
    APPS,
    CARRIED,
    PERSON,
    PROJECT,
    BundleManifest,
    Table,
    label_of,
    relations,
)
from datamine.operations.rows import one_moment, write_table
from datamine.operations.schema import applied
from datasets.monitor import SilentMonitor
from projects.activities import record_activity
from projects.models import Project, User

if TYPE_CHECKING:
    from typing import IO

    from datamine.operations.archives import ArchiveWriter
    from datasets.monitor import Monitor

SILENT = SilentMonitor()

#: What of a project's own row goes along.
TOLD = ("name", "description", "needs_second_owner", "metadata")


def export_project(
    project: Project, target: Path, *, actor: User | None
) -> BundleManifest:
    """Write a project with all its files to `target`, and write down that it was."""
    manifest = write_bundle(project, target)
    record_export(project, manifest, actor=actor)
    return manifest


def record_export(
    project: Project, manifest: BundleManifest, *, actor: User | None
) -> None:
    record_activity(actor, project, "exported", rows=sum(manifest.rows.values()))


def write_bundle(
    project: Project, target: Path, *, monitor: Monitor = SILENT
) -> BundleManifest:
    """Write a project with all its files to `target`, which must not exist.

    The file appears whole or not at all. Raises `ArchiveError` where a stored file is
    gone or damaged.
    """
    if target.exists():
        raise ArchiveError(f"{target} exists already; name another file.")
    with (
        tempfile.TemporaryDirectory(dir=files.scratch(), prefix="export-") as folder,
        writing(target) as archive,
    ):
        monitor.phase("Reading the rows")
        rows = Path(folder, ROWS)
        manifest = read_project(project, rows)
        monitor.phase("Packing the files")
        monitor.total(len(manifest.files))
        for key, sha256 in manifest.files.items():
            pack(archive, key, sha256)
            monitor.advance()
        manifest.rows_sha256 = archive.add(ROWS, rows)
        manifest.signature = manifest.sealed_with(settings.ARTIFACT_KEY)
        archive.finish(manifest)
    return manifest


def pack(archive: ArchiveWriter, key: str, sha256: str) -> None:
    """Add a stored file; raise `ArchiveError` where it is gone or damaged."""
    try:
        with files.local_copy(key) as path:
            found = archive.add(f"{FILES}{key}", path)
    except FileNotFoundError as error:
        raise ArchiveError(
            f"{key} is gone. If somebody deleted something just now, export again; "
            "else see `manage.py reconcile`."
        ) from error
    if found != sha256:
        raise ArchiveError(f"{key} is damaged; restore it from a backup.")


def read_project(project: Project, path: Path) -> BundleManifest:
    """Write the project's rows of one moment to `path`; return what is known."""
    with gzip.open(path, "wb", compresslevel=5) as file, one_moment():
        outgoing = Outgoing(file)  # type: ignore[arg-type]
        outgoing.write(project)
        project.refresh_from_db()
        return BundleManifest(
            made_at=timezone.now().isoformat(timespec="seconds"),
            program=program_version(),
            database=connection.vendor,
            migrations={app: applied()[app] for app in APPS},
            rows=outgoing.counts,
            rows_sha256="",
            files=outgoing.files,
            project={
                "id": project.pk,
                **{name: getattr(project, name) for name in TOLD},
            },
        )


class Outgoing:
    """The rows of a project on their way out; names of people stand for their ids."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.people = dict(User.objects.values_list("pk", "username"))
        self.known: dict[str, set[int]] = {}
        self.counts: dict[str, int] = {}
        self.files: dict[str, str] = {}

    def write(self, project: Project) -> None:
        self.known[PROJECT] = {project.pk}
        chosen = [(table, table.rows(project.pk)) for table in CARRIED]
        for table, rows in chosen:
            pks = rows.values_list("pk", flat=True)
            self.known[table.label] = set(pks)
        for table, rows in chosen:
            change = partial(self.told, table)
            self.counts[table.label] = write_table(self.file, rows, change)

    def told(
        self, table: Table, label: str, row: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Return a row as it travels; None where it belongs to one that stays."""
        for relation in relations(apps.get_model(label)):
            name, target = relation.attname, label_of(relation)
            if target == PERSON:
                row[name] = self.people.get(row[name])
            elif row[name] is not None and row[name] not in self.known[target]:
                if not relation.null:
                    self.known[table.label].discard(row["id"])
                    return None
                row[name] = None
        for column in table.files:
            if row[column.key]:
                self.files[row[column.key]] = row[column.sha256]
        return table.told(row)
