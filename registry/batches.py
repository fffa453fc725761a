"""The work of a batch prediction in a child process: read, answer, write in blocks."""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from datamine import files
from datasets.exports import csv_lines
from datasets.readers.errors import ReaderError
from datasets.readers.rows import lines_of, stream_rows
from datasets.stored import DamagedFileError, verified
from registry import serving
from registry.exceptions import DamagedArtifactError
from registry.exports import answer_head, answer_lines
from registry.models import BatchPrediction

if TYPE_CHECKING:
    from datamine.leases import Lease
    from datasets.monitor import Monitor
    from registry.models import ModelVersion

#: Rows answered at once; memory does not grow with the file.
BLOCK = 5_000


def predict_in_child(batch_id: int, lease: Lease) -> None:
    """Answer the rows of one batch; the lease decides whether the answers count."""
    batch = BatchPrediction.objects.select_related(
        "model", "version__model", "version__session__result"
    ).get(pk=batch_id)
    if batch.version is None:
        lease.fail(f"{batch.version_name} was deleted; send the file again.")
        return
    with tempfile.TemporaryDirectory(dir=files.scratch()) as folder:
        target = Path(folder, "answers.csv")
        try:
            with verified(batch.rows_file, batch.rows_sha256) as source:
                counts = write_answers(batch, source, target, lease.monitor)
        except (ReaderError, DamagedFileError, DamagedArtifactError) as refusal:
            lease.fail(str(refusal))
            return
        key = batch.answers_key(lease.token)
        sha256 = files.digest(target)
        files.store(target, key)
        with_answers = {"answers": key, "answers_sha256": sha256, **counts}
        lease.conclude(lambda: lease.finish(**with_answers))


def write_answers(
    batch: BatchPrediction, source: Path, target: Path, monitor: Monitor
) -> dict[str, int]:
    """Write a line for every row; return how many were answered and were not."""
    version = batch.version
    assert version is not None
    monitor.phase("Reading")
    monitor.total(lines_of(source))
    monitor.phase("Predicting")
    rows = stream_rows(source, batch.filename, serving.signature(version))
    labels, outputs = columns_of(version)
    answered = quarantined = 0
    size = min(BLOCK, settings.LIMITS.predict_rows)
    with target.open("w", newline="") as file:
        name = version.session.result.signature["target"]["name"]
        file.writelines(csv_lines([answer_head(name, labels, outputs)]))
        while block := list(islice(rows, size)):
            answer = serving.predict_rows(version, block)
            first = answered + quarantined + 1
            file.writelines(csv_lines(answer_lines(answer, labels, outputs, first)))
            answered += len(answer.predictions)
            quarantined += len(answer.quarantined)
            monitor.advance(len(block))
    return {"answered": answered, "quarantined": quarantined}


def columns_of(version: ModelVersion) -> tuple[list[str], list[str]]:
    """Return the classes that have a probability, and what is answered beside."""
    loaded = serving.loaded_models.get(version.session.result)
    checked: list[dict[str, Any]] = loaded.metadata["self_check"]["answers"][
        "predictions"
    ]
    first = checked[0] if checked else {}
    return list(first.get("probabilities", {})), list(first.get("outputs", {}))
