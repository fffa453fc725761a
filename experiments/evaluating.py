"""The life of an evaluation on another version: started here, done in a child."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from datamine import files
from datamine.queue import ring
from datasets.stored import DamagedFileError, verified
from experiments.algorithms.catalogue import UnknownAlgorithmError, algorithm
from experiments.exceptions import NotEvaluableError
from experiments.models import Evaluation
from experiments.shared_splits import root
from projects.activities import record_activity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datamine.leases import Lease
    from datasets.models import DatasetVersion
    from experiments.learning.artifacts import LoadedArtifact
    from experiments.models import Result
    from projects.models import User

#: Rows that are asked at once.
BATCH = 10_000


@transaction.atomic
def start_evaluation(
    result: Result, version: DatasetVersion, *, actor: User
) -> Evaluation:
    """Ask a worker to try the result's model on a version.

    Raises `NotEvaluableError` where the version is not ready or lacks a column.
    """
    if version.status != version.DONE:
        raise NotEvaluableError(
            f"Version {version.number} of “{version.dataset}” is {version.status}; "
            "choose one that is ready."
        )
    if made_of_many_rows(result):
        raise NotEvaluableError(
            "This model makes one sample of several rows and cannot be tried on other "
            "versions yet; train on that version instead."
        )
    wanted = [column["name"] for column in result.signature["columns"]]
    wanted.append(result.signature["target"]["name"])
    lacking = [name for name in wanted if name not in version.schema.names]
    if lacking:
        named = ", ".join(f"“{name}”" for name in lacking[:10])
        raise NotEvaluableError(
            f"Version {version.number} of “{version.dataset}” lacks {named}. The model "
            "takes rows as they were imported: choose such a version."
        )
    made: Evaluation = Evaluation.objects.create(
        result=result, version=version, created_by=actor
    )
    record_activity(actor, made, "started")
    ring(made)
    return made


def made_of_many_rows(result: Result) -> bool:
    try:
        family = algorithm(result.session.experiment.algorithm).family
    except UnknownAlgorithmError:
        return False
    return bool(family and family.assembler)


def evaluate_in_child(pk: int, lease: Lease) -> None:
    """Try the model on all rows of the version and write what came out."""
    from experiments.evaluation.again import Retest  # noqa: PLC0415 -- heavy import
    from experiments.learning.artifacts import ArtifactError  # noqa: PLC0415 -- heavy import

    evaluation = Evaluation.objects.select_related(
        "version", "result__session__base_version", "result__session__experiment"
    ).get(pk=pk)
    result, version = evaluation.result, evaluation.version
    monitor = lease.monitor
    try:
        opened, learned = opened_with_rows(result, version)
        retest, seen = Retest(opened.pipeline), 0
        monitor.total(version.rows_count)
        with verified(version.data, version.sha256) as path:
            for numbers, rows in batches(path, version, opened):
                monitor.check()
                new = [
                    row
                    for number, row in zip(numbers, rows, strict=True)
                    if number not in learned
                ]
                seen += len(rows) - len(new)
                retest.add(new)
                monitor.advance(len(rows))
    except (ArtifactError, DamagedFileError, OSError) as error:
        lease.fail(f"{error} Restore it from a backup, or train the experiment again.")
        return
    metrics = retest.metrics()
    if not metrics:
        lease.fail(nothing_counted(retest, seen))
        return
    details = retest.details(seed=42) | {"learned_from": seen}
    lease.finish(metrics=metrics, details=details)


def opened_with_rows(
    result: Result, version: DatasetVersion
) -> tuple[LoadedArtifact, set[int]]:
    """Return the model, and the rows of the version that it learned from."""
    from experiments.learning.artifacts import (  # noqa: PLC0415 -- heavy import
        load_artifact,
        load_split,
    )

    key = settings.ARTIFACT_KEY.encode()
    receipt = (result.artifact_sha256, result.artifact_hmac, key)
    with files.local_copy(result.artifact) as path:
        opened, split = load_artifact(path, *receipt), load_split(path, *receipt)
    if root(result.session.base_version) != root(version):
        return opened, set()
    return opened, {
        row for part in ("train", "validation") for row in split[part].tolist()
    }


def batches(
    path: Path, version: DatasetVersion, opened: LoadedArtifact
) -> Iterator[tuple[list[int], list[dict[str, Any]]]]:
    """Yield numbers and values of rows as a model is asked them, target included."""
    import polars as pl  # noqa: PLC0415 -- heavy import

    from datasets.tables import ROW  # noqa: PLC0415 -- heavy import
    from datasets.values import to_json  # noqa: PLC0415 -- heavy import

    signature = opened.pipeline.signature
    names = [*(column.name for column in signature.columns), signature.target]
    ids = [version.schema.column(name).id for name in names]
    scanned = pl.scan_parquet(path).select(ROW, *ids)
    for offset in range(0, version.rows_count, BATCH):
        part = scanned.slice(offset, BATCH).collect()
        rows = [
            {
                name: None if value is None else to_json(value)
                for name, value in zip(names, row, strict=True)
            }
            for row in part.select(ids).iter_rows()
        ]
        yield part.get_column(ROW).to_list(), rows


def nothing_counted(retest: Any, seen: int) -> str:
    """Say why there is no figure."""
    told = [
        (seen, "the model learned from"),
        (retest.without_target, "without a target"),
        (retest.unknown_class, "of a class the model does not know"),
        (retest.quarantined, "that the model does not take"),
    ]
    named = ", ".join(f"{count} {what}" for count, what in told if count)
    return f"No figure can be given: of the rows there are {named or 'too few'}."
