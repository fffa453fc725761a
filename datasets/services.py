"""Everything that changes datasets, for pages, API and admin alike."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from datamine import files
from datamine.leases import request_cancel
from datamine.queue import ring
from datamine.room import NO_ROOM, is_full
from datasets import stored
from datasets.choices import ProcessingStatus
from datasets.exceptions import (
    BeingImportedError,
    InTrashError,
    MadeHereError,
    NameTakenError,
    NoFileError,
    NoRoomError,
    NoStepsError,
    NothingToCancelError,
    NotReadyError,
    QuotaError,
    StepRefusedError,
    UnreadableFileError,
)
from datasets.lineage import origins
from datasets.models import Dataset, DatasetVersion, Recipe, Tag, Upload
from datasets.paging import PageError
from datasets.quotas import locked_project, require_place, require_room
from datasets.readers.errors import ReaderError
from datasets.readers.sniff import sniff
from datasets.recipes import build, check_recipe
from datasets.steps.base import StepError
from datasets.tags import checked
from datasets.trials import TrialError, try_steps
from datasets.uploads import label_of
from projects.activities import record_activity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import TemporaryUploadedFile

    from datasets.difference import Difference
    from datasets.readers.dialect import Dialect
    from datasets.readers.report import Sniff
    from datasets.recipes import StepSpec
    from datasets.trials import Trial
    from projects.models import Project, User

NAME_LENGTH = 200
UNFINISHED = (ProcessingStatus.PENDING, ProcessingStatus.PROCESSING)


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


def apply_steps(
    version: DatasetVersion,
    *,
    specs: Sequence[StepSpec],
    description: str = "",
    actor: User,
) -> DatasetVersion:
    """Make a child of the version by these steps, in the background.

    Raises `NotReadyError` if the version has no data, `StepRefusedError` if a step
    does not go with its columns.
    """
    require_ready(version)
    try:
        check_recipe(specs, version.schema)
    except StepError as error:
        raise StepRefusedError(error) from error
    with transaction.atomic():
        child = add_version(
            version.dataset,
            actor=actor,
            parent=version,
            steps=[spec.model_dump(mode="json") for spec in specs],
            description=description,
        )
        names = [spec.step for spec in specs]
        record_activity(
            actor, version.dataset, "prepared", version=child.number, steps=names
        )
    return child


def try_on_sample(version: DatasetVersion, specs: Sequence[StepSpec]) -> Trial:
    """Say what the steps would do to a sample of the version; nothing is made.

    Raises as `apply_steps` does, `NotReadyError` where the sample is too large, and
    `DamagedDataError`.
    """
    require_ready(version)
    try:
        check_recipe(specs, version.schema)
        with stored.readable(version) as path:
            return try_steps(path, version.schema, version.rows_count, specs)
    except StepError as error:
        raise StepRefusedError(error) from error
    except TrialError as error:
        raise NotReadyError(str(error)) from error


def compare_versions(
    before: DatasetVersion, after: DatasetVersion, *, column: str | None = None
) -> Difference:
    """Say what differs between two versions, and show some of it.

    With `column`, the rows shown are those where the column of this name changed.
    Raises `NotReadyError`, also where the rows to show are too large, and
    `DamagedDataError`.
    """
    from datasets.comparison import Side, compare  # noqa: PLC0415 -- heavy import

    require_ready(before)
    require_ready(after)
    try:
        with stored.readable(before) as one:
            one.stat()  # a file that is gone is told of the right version
            with stored.readable(after) as other:
                sides = Side(one, before.schema), Side(other, after.schema)
                renamed = new_names(before, after)
                return compare(*sides, column=column, renamed=renamed)
    except PageError as error:
        raise NotReadyError(str(error)) from error


def new_names(before: DatasetVersion, after: DatasetVersion) -> dict[str, str]:
    """Return new names by old ones of columns that steps renamed between versions.

    Where both come from one import they are columns that were one there.
    """
    ids = {column.id: column.name for column in before.schema}
    moved = {ids[c.id]: c.name for c in after.schema if ids.get(c.id, c.name) != c.name}
    if not moved:
        return {}
    (first, specs), (second, others) = history_of(before), history_of(after)
    if first != second:
        return {}
    try:
        return {
            old: new
            for old, new in moved.items()
            if origins(specs, old) == origins(others, new)
        }
    except StepError:  # of a package that is gone
        return {}


def save_recipe(
    project: Project, *, name: str, specs: Sequence[StepSpec], actor: User
) -> Recipe:
    """Keep steps under a name, for other tables of the project.

    Raises `NoStepsError`, `StepRefusedError` for parameters that cannot be, and
    `NameTakenError`.
    """
    if not specs:
        raise NoStepsError("There are no steps to save. Add one first.")
    check_parameters(specs)
    steps = [spec.model_dump(mode="json") for spec in specs]
    try:
        with transaction.atomic():
            recipe = Recipe.objects.create(
                project=project, name=name, steps=steps, created_by=actor
            )
            record_activity(actor, recipe, "saved")
    except IntegrityError as clash:
        raise NameTakenError(
            f"This project has a recipe “{name}” already. Choose another name."
        ) from clash
    return recipe


def check_parameters(specs: Sequence[StepSpec]) -> None:
    """Raise `StepRefusedError` for a step that goes with no table at all."""
    for position, spec in enumerate(specs):
        try:
            build(spec)
        except StepError as error:
            error.position = position
            raise StepRefusedError(error) from error


def delete_recipe(recipe: Recipe, *, actor: User) -> None:
    """Forget the steps; versions that were made by them stay."""
    with transaction.atomic():
        record_activity(actor, recipe, "deleted")
        recipe.delete()


def history_of(version: DatasetVersion) -> tuple[DatasetVersion, list[StepSpec]]:
    """Return the import that a version goes back to, and all steps since."""
    specs = version.specs
    while parent := version.parent:
        version, specs = parent, [*parent.specs, *specs]
    return version, specs


def restore_version(version: DatasetVersion, *, actor: User) -> Dataset:
    """Make the version the active one of its dataset; nothing is lost by it."""
    require_ready(version)
    dataset = version.dataset
    with transaction.atomic():
        Dataset.objects.filter(pk=dataset.pk).update(
            active_version=version, updated_at=timezone.now()
        )
        record_activity(actor, dataset, "restored", version=version.number)
    dataset.active_version = version
    return dataset


@transaction.atomic
def cancel_version(version: DatasetVersion, *, actor: User) -> None:
    """Ask for the making of a version to stop; raise `NothingToCancelError` if over."""
    if not request_cancel(version):
        raise NothingToCancelError(
            f"Version {version.number} is {version.get_status_display().lower()}; "
            "there is nothing left to cancel."
        )
    record_activity(actor, version.dataset, "cancelled", version=version.number)


def update_dataset(
    dataset: Dataset,
    *,
    name: str,
    description: str,
    tags: list[str] | None = None,
    actor: User,
) -> Dataset:
    """Change the labels of a dataset; without tags it keeps those it has.

    Raises `NameTakenError` and `BadTagError`.
    """
    dataset.name, dataset.description = name, description
    try:
        with transaction.atomic():
            dataset.save(update_fields=["name", "description", "updated_at"])
            if tags is not None:
                set_tags(dataset, tags)
            record_activity(actor, dataset, "updated")
    except IntegrityError as clash:
        raise name_taken(name) from clash
    return dataset


def set_tags(dataset: Dataset, words: list[str]) -> None:
    """Let the dataset have these tags and no others; in a transaction."""
    names = checked(words)
    dataset.tags.exclude(name__in=names).delete()
    Tag.objects.bulk_create(
        [Tag(dataset=dataset, name=name) for name in names], ignore_conflicts=True
    )


def discard_upload(upload: Upload) -> None:
    """Throw an upload away."""
    with transaction.atomic():
        remove_after_commit({upload.key})
        upload.delete()


def free_name(project: Project, filename: str) -> str:
    """Return the file's name without ending, numbered if a dataset has it."""
    stem = PurePath(filename).stem[: NAME_LENGTH - 6].strip() or "Table"
    taken = set(
        project.datasets.filter(name__startswith=stem).values_list("name", flat=True)
    )
    names = (f"{stem} ({number})" for number in range(2, len(taken) + 3))
    return next((n for n in (stem, *names) if n not in taken), stem)


def add_version(dataset: Dataset, *, actor: User, **values: Any) -> DatasetVersion:
    """Add the next version, to be made in the background; in a transaction.

    Raises `InTrashError` and `QuotaError`.
    """
    locked(dataset)
    require_room(dataset.project)
    last = dataset.versions.aggregate(last=Max("number"))["last"] or 0
    version = DatasetVersion.objects.create(
        dataset=dataset, number=last + 1, created_by=actor, **values
    )
    ring(version)
    return version


def locked(dataset: Dataset) -> Dataset:
    """Keep others from adding to a dataset until the transaction ends.

    Raises `InTrashError` if it was thrown away meanwhile.
    """
    found = Dataset.everything.select_for_update().get(pk=dataset.pk)
    if found.trashed_at:
        raise InTrashError(f"“{found.name}” is in the trash. Put it back first.")
    return found


def require_file(dataset: Dataset) -> None:
    if dataset.is_synthetic:
        raise MadeHereError(
            f"“{dataset.name}” was made by a generator, so there is no file to read. "
            "Make another table with other settings."
        )


def require_ready(version: DatasetVersion) -> None:
    if not version.is_ready:
        raise NotReadyError(
            f"Version {version.number} is {version.get_status_display().lower()} and "
            "has no data. Choose one that is ready."
        )


def name_taken(name: str) -> NameTakenError:
    return NameTakenError(f"This project has a dataset “{name}” already.")


def remove_after_commit(keys: set[str]) -> None:
    """Delete files once their rows are gone; what a crash leaves is swept."""

    def remove() -> None:
        for key in keys - {""}:
            files.delete(key)

    transaction.on_commit(remove)
