"""Put a backup into an empty place, whatever engine and storage that place has."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.apps import apps as installed
from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connection, transaction

from datamine import files
from datamine.operations.archives import ArchiveError, reading
from datamine.operations.rows import RowsError, read_rows
from datamine.operations.schema import migrate_forward, migrate_to
from experiments.models import ARTIFACTS

if TYPE_CHECKING:
    from datamine.operations.archives import ArchiveReader, Manifest
    from datamine.operations.rows import Change

#: Rows that let somebody in, unless it is asked for.
TOKENS = "projects.apitoken"
SESSION, RESULT = "experiments.trainingsession", "experiments.result"


class OccupiedError(Exception):
    """There is something where a backup was to be restored."""


def restore(source: Path, *, with_tokens: bool = False) -> Manifest:
    """Put all rows and files of a backup into this installation, which must be empty.

    Files come first, then the rows at once: whatever interrupts this, doing it again
    is all that is needed. Models are signed anew where this installation has a key of
    its own. Sessions that were under way begin again.

    Raises
    ------
    ArchiveError
        For a damaged backup; no row was written.
    OccupiedError
        Where people or projects are there already.
    UnknownSchemaError
        For a backup of a newer release.
    """
    refuse_occupied()
    with (
        reading(source) as archive,
        tempfile.TemporaryDirectory(dir=files.scratch(), prefix="restore-") as folder,
    ):
        signatures = put_files_back(archive, Path(folder, "file"))

        def change(label: str, row: dict[str, Any]) -> dict[str, Any] | None:
            if label == TOKENS and not with_tokens:
                return None
            if label == RESULT:
                row["artifact_hmac"] = signatures.get(
                    row["artifact_hmac"], row["artifact_hmac"]
                )
            return fresh(label, row)

        put_rows_back(archive, Path(folder), change)
    migrate_forward()
    emit_post_migrate_signal(verbosity=0, interactive=False, db=DEFAULT_DB_ALIAS)
    return archive.manifest


def refuse_occupied() -> None:
    """Refuse a place that somebody uses; one never migrated is empty."""
    there = connection.introspection.table_names()
    for label in ("projects.User", "projects.Project"):
        model = installed.get_model(label)
        if model._meta.db_table in there and model._base_manager.exists():
            raise OccupiedError(
                "There are people or projects here already, and a restore would write "
                "over them. Name an empty DATAMINE_HOME, or an empty DATABASE_URL."
            )


def put_files_back(archive: ArchiveReader[Manifest], place: Path) -> dict[str, str]:
    """Store every file under its key; return new signatures of models by the old."""
    from experiments.learning.artifacts import sign  # noqa: PLC0415 -- heavy import

    old = (archive.manifest.artifact_key or settings.ARTIFACT_KEY).encode()
    new = settings.ARTIFACT_KEY.encode()
    signatures = {}
    for key in archive.manifest.files:
        archive.extract(key, place)
        files.store(place, key)
        if old != new and key.startswith(f"{ARTIFACTS}/"):
            content = place.read_bytes()
            signatures[sign(content, old).hmac] = sign(content, new).hmac
    return signatures


def fresh(label: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without what belonged to processes of another time and place."""
    if label == SESSION:
        row["checkpoints"] = {}
    return row


def put_rows_back(
    archive: ArchiveReader[Manifest], folder: Path, change: Change
) -> None:
    """Fill a database of the backup's time; `folder` is for a copy of the rows."""
    apps = migrate_to(archive.manifest.migrations)
    told = archive.manifest.rows
    with transaction.atomic(), archive.rows(folder) as lines:
        try:
            counts = read_rows(lines, apps, change)
        except (ValueError, RowsError) as error:
            raise ArchiveError(f"The backup's rows cannot be read: {error}") from error
        if any(counts[name] != told.get(name, 0) for name in {*counts} - {TOKENS}):
            raise ArchiveError("The backup's rows are not as many as were written.")
