"""The tree of a dataset's versions: added, restored, cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from datamine.leases import request_cancel
from datamine.queue import ring
from datasets.exceptions import InTrashError, NothingToCancelError, NotReadyError
from datasets.models import Dataset, DatasetVersion
from datasets.quotas import require_room
from projects.activities import record_activity

if TYPE_CHECKING:
    from datasets.recipes import StepSpec
    from projects.models import User


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


def require_ready(version: DatasetVersion) -> None:
    if not version.is_ready:
        raise NotReadyError(
            f"Version {version.number} is {version.get_status_display().lower()} and "
            "has no data. Choose one that is ready."
        )
