"""The work of a version's row, in a child process: read, make rows, or do steps."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from datamine import files
from datasets.engines import EngineError, engine
from datasets.exceptions import QuotaError
from datasets.generators.orders import Order, carry_out
from datasets.models import Dataset, DatasetVersion
from datasets.quotas import require_room
from datasets.readers.dialect import Dialect
from datasets.readers.errors import ReaderError
from datasets.readers.importing import import_table
from datasets.readers.limits import Limits
from datasets.recipes import fit_recipe
from datasets.steps.base import StepError
from datasets.stored import DamagedFileError, verified, version_key
from datasets.tables import Schema, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from datamine.leases import Lease
    from datasets.engines import Engine
    from datasets.monitor import Monitor

    Maker = Callable[[DatasetVersion, Path, Monitor], tuple["Values", Schema]]

#: How much of the whole is reading or doing steps; the rest is the profile.
FIRST_SHARE = 0.7

#: What generators write.
PARQUET = "parquet"

Values = dict[str, Any]


def make_version(version_id: int, lease: Lease) -> None:
    """Make the data of one version; the lease decides whether they count."""
    version = DatasetVersion.objects.select_related("dataset", "parent").get(
        pk=version_id
    )
    with tempfile.TemporaryDirectory(dir=files.scratch()) as folder:
        target = Path(folder, "table.parquet")
        try:
            values = made(version, target, lease)
        except ReaderError as error:
            told = [asdict(record) for record in error.records]
            lease.fail(error.sentence, problems=told)
        except (StepError, DamagedFileError, EngineError) as error:
            lease.fail(str(error))
        else:
            keep_within_quota(version, target, values, lease)


def made(version: DatasetVersion, target: Path, lease: Lease) -> Values:
    """Write the version's table to `target`; return the fields that describe it."""
    monitor = lease.monitor
    monitor.share(FIRST_SHARE)
    chosen = engine(settings.ENGINE)
    values, schema = maker_of(version, chosen)(version, target, monitor)
    monitor.share(1 - FIRST_SHARE)
    monitor.phase("Profiling")
    return values | described(target, schema, chosen, monitor)


def maker_of(version: DatasetVersion, engine: Engine) -> Maker:
    """Return what makes the table of a version."""
    if not version.is_import:
        return partial(do_steps, engine=engine)
    return carry_out_order if version.dataset.is_synthetic else read_file


def keep_within_quota(
    version: DatasetVersion, target: Path, values: Values, lease: Lease
) -> None:
    """Keep the table unless its project may use no more of the disk."""
    try:
        require_room(version.project, values["size"])
    except QuotaError as refusal:
        lease.fail(str(refusal))
    else:
        keep(version, target, values, lease)


def keep(version: DatasetVersion, target: Path, values: Values, lease: Lease) -> None:
    """Store the table, then the row, then move the dataset's pointer to it."""
    key = version_key(version.dataset_id, values["sha256"])
    files.store(target, key)

    @transaction.atomic
    def write() -> None:
        lease.finish(data=key, **values)
        Dataset.everything.filter(pk=version.dataset_id).update(
            active_version=version, updated_at=timezone.now()
        )

    lease.conclude(write)


def read_file(
    version: DatasetVersion, target: Path, monitor: Monitor
) -> tuple[Values, Schema]:
    dataset = version.dataset
    with verified(dataset.upload, dataset.sha256) as source:
        return imported(version, source, dataset.file_format, target, monitor)


def carry_out_order(
    version: DatasetVersion, target: Path, monitor: Monitor
) -> tuple[Values, Schema]:
    """Make the rows the dataset's order asks for, then read them as any Parquet."""
    dataset = version.dataset
    with verified(dataset.upload, dataset.sha256) as path:
        wanted = Order.model_validate_json(path.read_bytes())
    monitor.phase("Making rows")
    made = target.with_name("made.parquet")
    carry_out(wanted, made, monitor.check)
    values, schema = imported(version, made, PARQUET, target, monitor)
    return values | {"notices": [wanted.notice, *values["notices"]]}, schema


def imported(
    version: DatasetVersion,
    source: Path,
    file_format: str,
    target: Path,
    monitor: Monitor,
) -> tuple[Values, Schema]:
    """Read a file as the version's dialect says."""
    limits = Limits(
        max_bytes=settings.LIMITS.upload_bytes, max_columns=settings.LIMITS.columns
    )
    dialect = Dialect.model_validate(version.dialect)
    report = import_table(source, target, file_format, dialect, monitor, limits)
    values = {
        "dialect": report.dialect.model_dump(mode="json"),
        "problems": [asdict(record) for record in report.bad_records],
        "notices": report.notices,
        "questions": [asdict(question) for question in report.questions],
    }
    return values, report.schema


def do_steps(
    version: DatasetVersion, target: Path, monitor: Monitor, engine: Engine
) -> tuple[Values, Schema]:
    from datasets.changes import count_changes  # noqa: PLC0415 -- heavy import

    parent = version.parent
    assert parent, "a version made by steps has one"
    specs = version.specs
    with verified(parent.data, parent.sha256) as source:
        before = Table(engine.scan(source), parent.schema)
        monitor.phase("Fitting steps")
        fitted, after = fit_recipe(specs, before, engine, monitor)
        monitor.phase("Writing")
        engine.write(after.frame, target)
        monitor.phase("Counting changes")
        written = Table(engine.scan(target), after.schema)
        names = [name for spec in specs for name in spec.columns]
        changes = count_changes(before, written, names, engine)
    values = {
        "steps": [step.model_dump(mode="json") for step in fitted.steps],
        "rows_changed": changes.rows_changed,
        "cells_changed": changes.cells_changed,
    }
    return values, after.schema


def described(path: Path, schema: Schema, engine: Engine, monitor: Monitor) -> Values:
    """Return the fields of a version that follow from its file."""
    import pyarrow.parquet  # noqa: PLC0415 -- heavy import

    metadata = pyarrow.parquet.read_metadata(path)
    groups = (metadata.row_group(i) for i in range(metadata.num_row_groups))
    found = engine.profile(path, schema, monitor)
    return {
        "sha256": files.digest(path),
        "size": path.stat().st_size,
        "memory_usage": sum(group.total_byte_size for group in groups),
        "rows_count": metadata.num_rows,
        "columns_count": len(schema),
        "columns": with_counts(schema, found),
        "profile": found,
    }


def with_counts(schema: Schema, profile: Values) -> list[Values]:
    """Return the columns with the two figures every list of them shows."""
    counts = {c["id"]: c for c in profile["columns"]}
    return [
        column
        | {
            "missing": counts[column["id"]]["missing"],
            "unique": counts[column["id"]]["unique"],
        }
        for column in schema.to_json()
    ]
