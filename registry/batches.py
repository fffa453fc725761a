"""The work of a batch prediction in a child process: read, answer, write in blocks."""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from datamine import files
from datasets.exports import csv_lines
from datasets.readers.errors import ReaderError
from datasets.readers.rows import lines_of, stream_rows
from datasets.stored import DamagedFileError, verified
from registry import serving
from registry.exceptions import DamagedArtifactError, UnreadableRowsError
from registry.exports import AnswerColumns
from registry.models import BatchPrediction
from registry.services import keep_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datamine.leases import Lease
    from experiments.learning.artifacts import LoadedArtifact
    from registry.models import ModelVersion
    from registry.serving import Answer

#: Rows answered at once; memory does not grow with the file.
BLOCK = 5_000
#: Rows answered at once where a sample is made of several, which lie anywhere.
WHOLE = 200_000
#: Records that one batch may leave in the database.
MOST_KEPT = 100_000


def predict_in_child(batch_id: int, lease: Lease) -> None:
    """Answer the rows of one batch; the lease decides whether the answers count."""
    batch = BatchPrediction.objects.select_related(
        "model", "version__model", "version__session__result", "created_by"
    ).get(pk=batch_id)
    if batch.version is None:
        lease.fail(f"{batch.version_name} was deleted; send the file again.")
        return
    with tempfile.TemporaryDirectory(dir=files.scratch()) as folder:
        target = Path(folder, "answers.csv")
        try:
            with verified(batch.rows_file, batch.rows_sha256) as source:
                counts = Answering(batch, batch.version, lease).write(source, target)
        except (
            ReaderError, DamagedFileError, DamagedArtifactError, UnreadableRowsError,
        ) as refusal:  # fmt: skip
            lease.fail(str(refusal))
            return
        key = batch.answers_key(lease.token)
        sha256 = files.digest(target)
        files.store(target, key)
        with_answers = {"answers": key, "answers_sha256": sha256, **counts}
        lease.conclude(lambda: lease.finish(**with_answers))


class Answering:
    """One attempt at the rows of a batch."""

    def __init__(
        self, batch: BatchPrediction, version: ModelVersion, lease: Lease
    ) -> None:
        self.batch, self.version, self.lease = batch, version, lease
        result = version.session.result
        loaded = serving.loaded_models.get(result)
        self.is_whole = loaded.pipeline.assembler is not None
        self.columns = columns_of(loaded, has_records=batch.keeps_records)
        self.target: str = result.signature["target"]["name"]
        self.answered = self.quarantined = 0

    @property
    def size(self) -> int:
        """How many rows are answered at once."""
        return WHOLE if self.is_whole else min(BLOCK, settings.LIMITS.predict_rows)

    def write(self, source: Path, target: Path) -> dict[str, int]:
        """Write a line for every row; return how many were answered and were not."""
        batch, monitor, sent = self.batch, self.lease.monitor, 0
        monitor.phase("Reading")
        monitor.total(lines_of(source))
        if batch.keeps_records:
            self.forget_earlier()
        monitor.phase("Predicting")
        rows = stream_rows(source, batch.filename, serving.signature(self.version))
        with target.open("w", newline="") as file:
            file.writelines(csv_lines([self.columns.head(self.target)]))
            while block := list(islice(rows, self.size)):
                if self.is_whole:
                    refuse_more(rows)
                answer = self.answer(block)
                file.writelines(csv_lines(self.columns.lines(answer, sent + 1)))
                sent += len(block)
                monitor.advance(len(block))
        return {"answered": self.answered, "quarantined": self.quarantined}

    def forget_earlier(self) -> None:
        """Remove the records of an attempt that was given up, if this one counts."""
        with transaction.atomic():
            self.lease.renew()
            self.batch.written_records().delete()

    def answer(self, block: list[dict[str, Any]]) -> Answer:
        """Answer some rows, and keep the answers where that was asked for."""
        found = serving.predict_rows(self.version, block, most=self.size)
        self.answered += len(found.predictions)
        self.quarantined += len(found.quarantined)
        if self.batch.keeps_records:
            self.keep(block, found)
        return found

    def keep(self, block: list[dict[str, Any]], answer: Answer) -> None:
        """Write records that nobody sees before the batch is completed."""
        if self.answered > MOST_KEPT:
            raise UnreadableRowsError(
                f"More than {MOST_KEPT:,} rows have an answer, and no more are kept as "
                "records at once; send the file in parts, or without keeping."
            )
        # All at once would hold the row of the batch, which the supervisor renews, and
        # the database of those who have SQLite, for as long as it takes.
        for start in range(0, len(answer.predictions), BLOCK):
            with transaction.atomic():
                self.lease.renew()  # an attempt that was given up writes nothing
                keep_records(
                    self.version,
                    block,
                    answer,
                    batch=self.batch,
                    part=slice(start, start + BLOCK),
                    actor=self.batch.created_by,
                )


def refuse_more(rows: Iterator[dict[str, Any]]) -> None:
    """Refuse a file that goes on, before what was read of it is answered."""
    if next(rows, None) is not None:
        raise UnreadableRowsError(
            f"The file has more than {WHOLE:,} rows. This model makes one answer of "
            "several, which may lie anywhere in it: send fewer stars or symbols at a "
            "time."
        )


def columns_of(loaded: LoadedArtifact, *, has_records: bool) -> AnswerColumns:
    """Return the columns of a file of answers, before there is any."""
    checked = loaded.metadata["self_check"]["answers"]["predictions"]
    return AnswerColumns.of(checked, has_records=has_records)
