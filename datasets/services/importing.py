"""Makes a dataset of an upload, and reads its file anew."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from datasets.choices import ProcessingStatus
from datasets.exceptions import BeingImportedError, MadeHereError
from datasets.models import Dataset, DatasetVersion, Upload
from datasets.quotas import locked_project, require_place
from datasets.services.labels import name_taken
from datasets.services.versions import add_version, locked
from projects.activities import record_activity

if TYPE_CHECKING:
    from datasets.readers.dialect import Dialect
    from projects.models import Project, User

NAME_LENGTH = 200
UNFINISHED = (ProcessingStatus.PENDING, ProcessingStatus.PROCESSING)


def import_upload(
    upload: Upload,
    *,
    name: str = "",
    description: str = "",
    file_format: str,
    dialect: Dialect,
    actor: User,
) -> Dataset:
    """Make the upload a dataset whose first version is read in the background.

    Without a name it is called as its file. Raises `NameTakenError` and `QuotaError`.
    """
    try:
        with transaction.atomic():
            require_place(locked_project(upload.project))
            dataset = Dataset.objects.create(
                project=upload.project,
                name=name or free_name(upload.project, upload.filename),
                description=description,
                filename=upload.filename,
                upload=upload.key,
                file_format=file_format,
                file_size=upload.size,
                sha256=upload.sha256,
                created_by=actor,
            )
            add_version(dataset, actor=actor, dialect=dialect.model_dump(mode="json"))
            upload.delete()
            record_activity(actor, dataset, "uploaded")
    except IntegrityError as clash:
        raise name_taken(name) from clash
    return dataset


def import_again(dataset: Dataset, *, dialect: Dialect, actor: User) -> DatasetVersion:
    """Read the uploaded file anew, in another way, as a new version without parent.

    Raises `BeingImportedError` while it is being read, `MadeHereError` if there is no
    file.
    """
    require_file(dataset)
    with transaction.atomic():
        if locked(dataset).versions.filter(parent=None, status__in=UNFINISHED).exists():
            raise BeingImportedError(
                f"“{dataset.name}” is being read right now. Wait or cancel that first."
            )
        values = dialect.model_dump(mode="json")
        version = add_version(dataset, actor=actor, dialect=values)
        record_activity(actor, dataset, "imported again", version=version.number)
    return version


def free_name(project: Project, filename: str) -> str:
    """Return the file's name without ending, numbered if a dataset has it."""
    stem = PurePath(filename).stem[: NAME_LENGTH - 6].strip() or "Table"
    taken = set(
        project.datasets.filter(name__startswith=stem).values_list("name", flat=True)
    )
    names = (f"{stem} ({number})" for number in range(2, len(taken) + 3))
    return next((n for n in (stem, *names) if n not in taken), stem)


def require_file(dataset: Dataset) -> None:
    if dataset.is_synthetic:
        raise MadeHereError(
            f"“{dataset.name}” was made by a generator, so there is no file to read. "
            "Make another table with other settings."
        )
