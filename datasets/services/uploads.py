"""Files that were sent, until they are imported or thrown away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from datamine import files
from datamine.room import NO_ROOM, is_full
from datasets import stored
from datasets.exceptions import (
    NoFileError,
    NoRoomError,
    QuotaError,
    UnreadableFileError,
)
from datasets.models import Upload
from datasets.quotas import locked_project, require_room
from datasets.readers.errors import ReaderError
from datasets.readers.sniff import sniff
from datasets.uploads import label_of

if TYPE_CHECKING:
    from django.core.files.uploadedfile import TemporaryUploadedFile

    from datasets.readers.dialect import Dialect
    from datasets.readers.report import Sniff
    from projects.models import Project, User


def receive_upload(
    project: Project, file: TemporaryUploadedFile, *, actor: User
) -> Upload:
    """Keep the bytes of a file that was sent, under a key made here.

    Raises `NoFileError` if there are no bytes, `NoRoomError` if the disk is full,
    `QuotaError` if the project may use no more of it.
    """
    if not file.size:
        raise NoFileError("The file is empty. Choose a file with a table in it.")
    path = Path(file.temporary_file_path())
    key = files.new_key(stored.UPLOADS, project.pk, "")
    sha256 = files.digest(path)
    try:
        files.store(path, key)
    except OSError as error:
        if is_full(error):
            raise NoRoomError(NO_ROOM) from error
        raise
    try:
        with transaction.atomic():
            require_room(locked_project(project), file.size)
            return Upload.objects.create(
                project=project,
                filename=label_of(file.name or ""),
                key=key,
                size=file.size,
                sha256=sha256,
                created_by=actor,
            )
    except QuotaError:
        files.delete(key)
        raise


def sniff_file(key: str, filename: str, *, dialect: Dialect | None = None) -> Sniff:
    """Say how stored bytes would be read, by default or with this dialect.

    Only the first part of the file is looked at. Raises `UnreadableFileError`.
    """
    try:
        with files.local_copy(key) as path:
            return sniff(path, filename, dialect)
    except ReaderError as error:
        raise UnreadableFileError(error) from error


def discard_upload(upload: Upload) -> None:
    """Throw an upload away."""
    with transaction.atomic():
        remove_after_commit({upload.key})
        upload.delete()


def remove_after_commit(keys: set[str]) -> None:
    """Delete files once their rows are gone; what a crash leaves is swept."""

    def remove() -> None:
        for key in keys - {""}:
            files.delete(key)

    transaction.on_commit(remove)
