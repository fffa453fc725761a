"""The work of exports and imports of projects in a child process."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from datamine import files
from datamine.models import BundleExport, BundleImport
from datamine.operations.archives import ArchiveError
from datamine.operations.exporting import record_export, write_bundle
from datamine.operations.importing import WEB, Watching, import_project
from datasets.stored import DamagedFileError, verified
from projects.exceptions import DomainError

if TYPE_CHECKING:
    from datamine.leases import Lease
    from datamine.operations.importing import Imported


def export_in_child(export_id: int, lease: Lease) -> None:
    """Write one project to a file; the lease decides whether the file counts."""
    row = BundleExport.objects.select_related("project", "created_by").get(pk=export_id)
    with tempfile.TemporaryDirectory(dir=files.scratch()) as folder:
        target = Path(folder, "bundle.tar")
        try:
            manifest = write_bundle(row.project, target, monitor=lease.monitor)
        except ArchiveError as refusal:
            lease.fail(f"The project cannot be exported: {refusal}")
            return
        key = row.bundle_key(lease.token)
        sha256, size = files.digest(target), target.stat().st_size
        files.store(target, key)
    with transaction.atomic():
        lease.finish(bundle=key, bundle_sha256=sha256, size=size)
        record_export(row.project, manifest, actor=row.created_by)


def import_in_child(import_id: int, lease: Lease) -> None:
    """Make a project of one bundle; it is there if and only if the row says so."""
    row = BundleImport.objects.select_related("created_by").get(pk=import_id)

    def settle(found: Imported) -> None:
        lease.finish(
            project=found.project, trained=found.models, untrusted=found.untrusted
        )

    try:
        with verified(row.upload, row.upload_sha256) as source:
            import_project(
                source,
                actor=row.created_by,
                name=row.name,
                limits=WEB,
                watching=Watching(lease.monitor, settle),
            )
    except (ArchiveError, DamagedFileError, DomainError) as refusal:
        lease.fail(f"Nothing was imported: {refusal}")
