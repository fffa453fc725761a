"""Datasets that are thrown away: in the trash for some weeks, then gone for good."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from datasets import stored
from datasets.exceptions import DatasetInUseError, NameTakenError, NotInTrashError
from datasets.models import (
    Dataset,
    DatasetVersion,
    SiteLimits,
    Tag,
    Upload,
    Visualization,
)
from datasets.quotas import locked_project, require_place
from datasets.services import discard_upload, locked, remove_after_commit
from datasets.words import word
from projects.activities import record_activity

if TYPE_CHECKING:
    from projects.models import User

logger = logging.getLogger(__name__)

#: What goes with a dataset.
PARTS = (DatasetVersion, Visualization, Tag)
#: Names told of what stands on a dataset.
TOLD = 5


@transaction.atomic
def trash_dataset(dataset: Dataset, *, actor: User) -> Dataset:
    """Put a dataset into the trash: nobody sees it, nothing of it is lost yet.

    Raises `DatasetInUseError` if experiments or other rows stand on it.
    """
    found = locked(dataset)
    refuse_in_use(found)
    found.trashed_at = timezone.now()
    found.save(update_fields=["trashed_at"])
    record_activity(actor, found, "trashed")
    return found


def put_back(dataset: Dataset, *, actor: User) -> Dataset:
    """Take a dataset out of the trash, as it was.

    Raises `NotInTrashError`, `NameTakenError` if another has its name by now, and
    `QuotaError` if the project has no place for it.
    """
    try:
        with transaction.atomic():
            require_place(locked_project(dataset.project))
            found = locked_in_trash(dataset)
            found.trashed_at = None
            found.save(update_fields=["trashed_at"])
            record_activity(actor, found, "put back")
    except IntegrityError as clash:
        raise NameTakenError(
            f"This project has another dataset “{dataset.name}” by now. Rename that "
            "one, then put this one back."
        ) from clash
    return found


def purge_dataset(dataset: Dataset, *, actor: User | None, reason: str = "") -> None:
    """Delete a dataset in the trash, its versions and its files; no way back.

    The rows go first, in one transaction: a crash leaves all of them, or none and
    some files, which are swept. Raises `NotInTrashError` and `DatasetInUseError`.
    """
    with transaction.atomic():
        found = locked_in_trash(dataset)
        refuse_in_use(found)
        keys = {found.upload, *found.versions.values_list("data", flat=True)}
        record_activity(actor, found, "purged", reason=reason)
        found.delete()
        remove_after_commit(keys)


def sweep() -> None:
    """Do what time has made due: the trash, uploads nobody imported, lost files."""
    now = timezone.now()
    kept = retention()
    reason = word(f"{kept.days} days in the trash")
    for dataset in Dataset.everything.filter(trashed_at__lt=now - kept):
        try:
            purge_dataset(dataset, actor=None, reason=reason)
        except (DatasetInUseError, NotInTrashError) as refusal:
            logger.warning("Dataset %s stays in the trash: %s", dataset.pk, refusal)
    for upload in Upload.objects.filter(created_at__lt=now - stored.GRACE):
        record_activity(None, upload, "discarded", reason="not imported within a day")
        discard_upload(upload)
    stored.sweep_orphans()


def retention() -> timedelta:
    return timedelta(days=SiteLimits.objects.current().trash_days)


def locked_in_trash(dataset: Dataset) -> Dataset:
    rows = Dataset.everything.in_trash().select_for_update()
    found: Dataset | None = rows.filter(pk=dataset.pk).first()
    if found is None:
        raise NotInTrashError(
            f"“{dataset.name}” is not in the trash: somebody put it back or deleted it "
            "for good."
        )
    return found


def refuse_in_use(dataset: Dataset) -> None:
    if users := users_of(dataset):
        raise DatasetInUseError(
            f"“{dataset.name}” is used by {' and '.join(users)}. Delete them first."
        )


def users_of(dataset: Dataset) -> list[str]:
    """Return what stands on a dataset, in words: "2 experiments (“A”, “B”)"."""
    found = []
    for relation in Dataset._meta.related_objects:
        model = relation.related_model
        if model in PARTS:
            continue
        rows = model._base_manager.filter(**{relation.field.name: dataset})
        if count := rows.count():
            meta = model._meta
            noun = meta.verbose_name if count == 1 else meta.verbose_name_plural
            names = ", ".join(f"“{row}”" for row in rows.order_by("pk")[:TOLD])
            more = ", …" if count > TOLD else ""
            found.append(f"{count} {noun} ({names}{more})")
    return found
