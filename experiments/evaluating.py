"""The life of an evaluation on other rows: started here, done in a child."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from datamine import files
from datamine.queue import ring
from datamine.room import StorageAwayError
from datasets.quotas import locked_project, require_room
from datasets.readers.errors import ReaderError
from datasets.stored import DamagedFileError, verified
from datasets.uploads import label_of
from datasets.words import word
from experiments.algorithms.catalogue import UnknownAlgorithmError, algorithm
from experiments.exceptions import NotEvaluableError
from experiments.models import EVALUATED, Evaluation
from experiments.shared_splits import root
from projects.activities import record_activity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.core.files.uploadedfile import TemporaryUploadedFile

    from datamine.leases import Lease
    from datasets.models import DatasetVersion
    from datasets.readers.findings import Findings
    from experiments.algorithms.catalogue import Algorithm
    from experiments.evaluation.again import Retest
    from experiments.families.family import Family
    from experiments.learning.artifacts import LoadedArtifact
    from experiments.learning.preparation import Frame
    from experiments.learning.signature import Signature
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
    base = result.session.base_version
    if version.dataset_id != base.dataset_id and is_learned(
        result, version.dataset.sha256
    ):
        raise NotEvaluableError(
            f"“{version.dataset}” is the very file the model learned from. Choose a "
            f"version of “{base.dataset}”, and those rows are left out."
        )
    lacking = lacking_of(result.signature, version.schema.names, computed_of(result))
    if lacking:
        raise NotEvaluableError(
            f"Version {version.number} of “{version.dataset}” lacks {lacking}. The "
            "model takes rows as they were imported: choose such a version."
        )
    made: Evaluation = Evaluation.objects.create(
        result=result, version=version, created_by=actor
    )
    record_activity(actor, made, "started")
    ring(made)
    return made


def is_learned(result: Result, sha256: str) -> bool:
    """Tell whether a file with this digest is the one that the model learned from."""
    return bool(sha256) and sha256 == result.session.base_version.dataset.sha256


def start_file_evaluation(
    result: Result, file: TemporaryUploadedFile, *, actor: User
) -> Evaluation:
    """Keep a file of rows and have the result's model tried on it.

    Raises `NotEvaluableError`, and `QuotaError` where the project has no room.
    """
    refuse_many_rows(result)
    path = Path(file.temporary_file_path())
    sha256 = files.digest(path)
    if is_learned(result, sha256):
        dataset = result.session.base_version.dataset
        raise NotEvaluableError(
            f"The model learned from rows of this very file: it is “{dataset}”. Choose "
            "a version of that dataset, and those rows are left out.",
            attr="file",
        )
    key = files.new_key(EVALUATED, result.pk, "")
    files.store(path, key)
    try:
        with transaction.atomic():
            require_room(locked_project(result.project), file.size or 0)
            made: Evaluation = Evaluation.objects.create(
                result=result,
                filename=label_of(file.name or ""),
                rows_file=key,
                rows_sha256=sha256,
                created_by=actor,
            )
            record_activity(actor, made, "started")
            ring(made)
    except BaseException:
        files.delete(key)
        raise
    return made


def refuse_many_rows(result: Result) -> None:
    """Raise `NotEvaluableError` where a sample is made of several rows of a file."""
    family = family_of(result)
    if family and family.assembler:
        raise NotEvaluableError(
            "This model makes one sample of several rows and cannot be tried on a file "
            "as it is: upload it as a dataset, then choose its version.",
            attr="file",
        )


def family_of(result: Result) -> Family | None:
    """Return the family of the model; None where a row is a row."""
    entry = algorithm_of(result)
    return entry.family if entry else None


def computed_of(result: Result) -> str:
    """Return the name of a target that is made of the other columns, if it is."""
    family = family_of(result)
    return family.computed_target if family else ""


def algorithm_of(result: Result) -> Algorithm | None:
    """Return what learned the model; None where it is in the catalogue no more."""
    try:
        return algorithm(result.session.experiment.algorithm)
    except UnknownAlgorithmError:
        return None


def lacking_of(
    signature: dict[str, Any], names: Sequence[str], computed: str = ""
) -> str:
    """Name the columns that rows need to be evaluated and lack."""
    wanted = [column["name"] for column in [*signature["columns"], signature["target"]]]
    lacking = [name for name in wanted if name not in names and name != computed]
    return ", ".join(f"“{name}”" for name in lacking[:10])


def evaluate_in_child(pk: int, lease: Lease) -> None:
    """Try the model on all rows and write what came out."""
    from experiments.evaluation.again import Retest  # noqa: PLC0415 -- heavy import
    from experiments.learning.artifacts import ArtifactError  # noqa: PLC0415 -- heavy import
    from experiments.learning.problems import TrainingError  # noqa: PLC0415 -- heavy import

    evaluation = Evaluation.objects.select_related(
        "version", "result__session__base_version", "result__session__experiment"
    ).get(pk=pk)
    family = family_of(evaluation.result)
    target = family.contract.target if family else None
    try:
        opened, learned = opened_with_rows(evaluation)
        retest = Retest(opened.pipeline, target.spellings if target else {})
        seen, measured = tried(evaluation, retest, learned, lease)
    except StorageAwayError:
        raise
    except (ArtifactError, DamagedFileError, OSError) as error:
        lease.fail(f"{error} Restore it from a backup, or train the experiment again.")
        return
    except (ReaderError, NotEvaluableError, TrainingError) as refusal:
        lease.fail(str(refusal))
        return
    metrics = retest.metrics()
    if not metrics:
        lease.fail(nothing_counted(retest, seen))
        return
    details = retest.details(seed=42) | {"learned_from": seen}
    lease.conclude(lambda: lease.finish(metrics=metrics | measured, details=details))


def tried(
    evaluation: Evaluation, retest: Retest, learned: set[int], lease: Lease
) -> tuple[int, dict[str, Any]]:
    """Try the model; return how many rows it learned from, and a family's measures."""
    from experiments.evaluation.samples_again import (  # noqa: PLC0415 -- heavy import
        try_samples,
    )

    family = family_of(evaluation.result)
    if evaluation.version is None:
        try_file(evaluation, retest, lease)
        return 0, {}
    if family and retest.pipeline.assembler is not None:
        frame = frame_of(evaluation.version)
        return try_samples(retest, frame, learned, family)
    return try_version(evaluation.version, retest, learned, lease), {}


def frame_of(version: DatasetVersion) -> Frame:
    """Return all rows of a version, for samples that are made of several."""
    from datasets.engines import engine  # noqa: PLC0415 -- heavy import
    from datasets.tables import Table  # noqa: PLC0415 -- heavy import
    from experiments.learning.preparation import Frame  # noqa: PLC0415 -- heavy import

    with verified(version.data, version.sha256) as path:
        return Frame.collect(Table(engine("polars").scan(path), version.schema))


def try_version(
    version: DatasetVersion, retest: Retest, learned: set[int], lease: Lease
) -> int:
    """Ask about the rows of a version; return how many the model had learned from."""
    seen = 0
    lease.monitor.total(version.rows_count)
    with verified(version.data, version.sha256) as path:
        for numbers, rows in batches(path, version, retest.pipeline.signature):
            new = [
                place for place, number in enumerate(numbers) if number not in learned
            ]
            seen += len(rows) - len(new)
            # People count rows from 1.
            retest.add([numbers[place] + 1 for place in new], [rows[p] for p in new])
            lease.monitor.advance(len(rows))
    return seen


def try_file(evaluation: Evaluation, retest: Retest, lease: Lease) -> None:
    """Ask about the rows of a file; each is known by its line."""
    from datasets.readers.rows import RowFile, lines_of  # noqa: PLC0415 -- heavy import

    signature = evaluation.result.signature
    with verified(evaluation.rows_file, evaluation.rows_sha256) as path:
        lease.monitor.total(lines_of(path))
        types = [*signature["columns"], signature["target"]]
        file = RowFile(path, evaluation.filename, types)
        if lacking := lacking_of(signature, file.names):
            raise NotEvaluableError(
                f"The file lacks {lacking}. It needs the columns that the model was "
                "trained on, the target among them, under the same names."
            )
        records = iter(file)
        while batch := list(islice(records, BATCH)):
            numbers, rows = zip(*batch, strict=True)
            retest.add(numbers, rows)
            lease.monitor.advance(len(rows))
        refuse_bad(retest, file.findings)


def refuse_bad(retest: Retest, findings: Findings) -> None:
    """Count the records that are no rows of the table; the first ones are told."""
    for record in findings.bad:
        reason = {"column": None, "code": "bad_record", "detail": record.detail}
        retest.refuse(record.line, [reason])
    retest.quarantined += findings.bad_count - len(findings.bad)


def opened_with_rows(evaluation: Evaluation) -> tuple[LoadedArtifact, set[int]]:
    """Return the model, and the rows of the version that it learned from."""
    from experiments.learning.artifacts import (  # noqa: PLC0415 -- heavy import
        load_artifact,
        load_split,
    )

    result, version = evaluation.result, evaluation.version
    key = settings.ARTIFACT_KEY.encode()
    receipt = (result.artifact_sha256, result.artifact_hmac, key)
    with files.local_copy(result.artifact) as path:
        opened, split = load_artifact(path, *receipt), load_split(path, *receipt)
    if version is None or root(result.session.base_version) != root(version):
        return opened, set()
    learned = {row for part in ("train", "validation") for row in split[part].tolist()}
    if result.session.experiment.split.get("gap"):
        # Rows of the gap were left out because their targets overlap learned ones.
        learned |= rows_of(result.session.base_version) - set(split["test"].tolist())
    return opened, learned


def rows_of(version: DatasetVersion) -> set[int]:
    """Return the numbers of all rows of a version."""
    import polars as pl  # noqa: PLC0415 -- heavy import

    from datasets.tables import ROW  # noqa: PLC0415 -- heavy import

    with files.local_copy(version.data) as path:
        return set(pl.read_parquet(path, columns=[ROW])[ROW].to_list())


def batches(
    path: Path, version: DatasetVersion, signature: Signature
) -> Iterator[tuple[list[int], list[dict[str, Any]]]]:
    """Yield numbers and values of rows as a model is asked them, target included."""
    import polars as pl  # noqa: PLC0415 -- heavy import

    from datasets.tables import ROW  # noqa: PLC0415 -- heavy import
    from datasets.values import to_json  # noqa: PLC0415 -- heavy import

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


def nothing_counted(retest: Retest, seen: int) -> str:
    """Say why there is no figure."""
    told = [
        (seen, word("the model learned from")),
        (retest.without_target, word("without a target")),
        (retest.unknown_class, word("of a class the model does not know")),
        (retest.quarantined, word("that the model does not take")),
    ]
    named = ", ".join(f"{count} {what}" for count, what in told if count)
    return f"No figure can be given: of the rows there are {named or word('too few')}."
