"""Bundles on their way: asked for here, done by a worker, forgotten after a day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from datamine import files
from datamine.away import is_away
from datamine.exceptions import BundleOverError, BundleUnderWayError
from datamine.leases import request_cancel
from datamine.models import BUNDLES, BundleExport, BundleImport
from datamine.queue import ring
from datasets.quotas import locked_project
from datasets.stored import remove_orphans
from datasets.uploads import label_of
from projects.models import Project, User

if TYPE_CHECKING:
    from django.core.files.uploadedfile import TemporaryUploadedFile

    from datamine.querysets import BundleQuerySet

#: How long a bundle that is over is kept, and what became of it told.
KEPT = timedelta(days=1)


@transaction.atomic
def start_export(project: Project, *, actor: User) -> BundleExport:
    """Have a project written to a file; the one before makes room for it.

    One that is under way already is returned as it is.
    """
    locked_project(project)
    rows = BundleExport.objects.filter(project=project)
    found: BundleExport | None = rows.under_way().first()
    if found is None:
        forget(rows)
        found = BundleExport.objects.create(project=project, created_by=actor)
        ring(found)
    return found


def start_import(
    file: TemporaryUploadedFile, *, name: str, actor: User
) -> BundleImport:
    """Keep a bundle and have a project made of it.

    Raises `BundleUnderWayError` where another one of the same person is.
    """
    refuse_second(actor)
    path = Path(file.temporary_file_path())
    key = files.new_key(BUNDLES, actor.pk, "")
    sha256 = files.digest(path)
    files.store(path, key)
    try:
        with transaction.atomic():
            refuse_second(User.objects.select_for_update().get(pk=actor.pk))
            row = BundleImport.objects.create(
                filename=label_of(file.name or ""),
                name=name.strip(),
                upload=key,
                upload_sha256=sha256,
                created_by=actor,
            )
            ring(row)
    except BaseException as error:
        if not is_away(error):  # else the row may be there; the sweep will see
            files.delete(key)
        raise
    return row


def refuse_second(actor: User) -> None:
    if BundleImport.objects.of(actor).under_way().exists():
        raise BundleUnderWayError(
            _("A bundle of yours is being imported. Wait for its end, or cancel it.")
        )


def cancel_bundle(row: BundleExport | BundleImport) -> None:
    """Stop an export or import; it comes to nothing. Raises `BundleOverError`.

    What it has stored already is deleted by its worker, or swept later.
    """
    if not request_cancel(row):
        raise BundleOverError(_("This is over already."))


def forget(rows: BundleQuerySet) -> None:
    """Remove rows of exports or imports that are over, and the files they name."""
    with transaction.atomic():
        found = list(rows)
        rows.filter(pk__in=[row.pk for row in found]).delete()
        stored = [key for row in found for key, sha256 in row.stored_files() if key]
        working = [key for row in found for key in row.working_files()]
        transaction.on_commit(lambda: remove([*stored, *working]), robust=True)


def remove(keys: list[str]) -> None:
    for key in keys:
        files.delete(key)


def forget_bundles() -> None:
    """Remove bundles that were over a day ago, and what dead attempts left."""
    border = timezone.now() - KEPT
    for rows in (BundleExport.objects.all(), BundleImport.objects.all()):
        forget(rows.over_before(border))
    remove_orphans([BUNDLES], bundle_files())


def bundle_files() -> set[str]:
    """Return the keys of bundles that wait to be fetched, or to be taken in."""
    done = BundleExport.objects.exclude(bundle="").values_list("bundle", flat=True)
    waiting = BundleImport.objects.all().under_way().values_list("upload", flat=True)
    return {*done, *waiting}
