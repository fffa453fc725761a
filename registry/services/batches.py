"""Batches: files of rows that are answered in the background."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from datamine import files
from datamine.leases import request_cancel
from datamine.queue import ring
from datasets.quotas import locked_project, require_room
from datasets.uploads import label_of
from projects.activities import record_activity
from registry.exceptions import BatchOverError
from registry.models import BATCHES, BatchPrediction
from registry.serving import version_in_service

if TYPE_CHECKING:
    from django.core.files.uploadedfile import TemporaryUploadedFile

    from projects.models import User
    from registry.models import RegisteredModel


def start_batch(
    model: RegisteredModel,
    file: TemporaryUploadedFile,
    *,
    keeps_records: bool = False,
    actor: User,
) -> BatchPrediction:
    """Keep a file of rows and have it answered by the version that serves now.

    With `keeps_records` each row that is answered becomes a record.

    Raises `NotInServiceError`, and `QuotaError` where the project has no room.
    """
    version = version_in_service(model)
    path = Path(file.temporary_file_path())
    key = files.new_key(BATCHES, model.pk, "")
    sha256 = files.digest(path)
    files.store(path, key)
    try:
        with transaction.atomic():
            require_room(locked_project(model.project), file.size or 0)
            batch = BatchPrediction.objects.create(
                model=model,
                version=version,
                version_name=version.version,
                filename=label_of(file.name or ""),
                rows_file=key,
                rows_sha256=sha256,
                keeps_records=keeps_records,
                created_by=actor,
            )
            record_activity(actor, batch, "started")
            ring(batch)
    except BaseException:
        files.delete(key)
        raise
    return batch


@transaction.atomic
def cancel_batch(batch: BatchPrediction, *, actor: User) -> None:
    """Stop a batch; nothing of it is kept. Raises `BatchOverError`."""
    if not request_cancel(batch):
        raise BatchOverError(_("This batch is over already."))
    record_activity(actor, batch, "cancelled")
