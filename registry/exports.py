"""What a version answered as a file, a line for each row that was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.http import FileResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from datasets.exports import csv_lines
from registry.exceptions import BatchOverError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.models import BatchPrediction, RegisteredModel
    from registry.serving import Answer


def answer_response(answer: Answer) -> StreamingHttpResponse:
    """Return the answer as a CSV file to keep."""
    response = StreamingHttpResponse(
        csv_lines(answer_rows(answer)), content_type="text/csv"
    )
    name = f"{'-'.join(map(str, answer.by.values()))}-predictions.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def batch_response(batch: BatchPrediction) -> FileResponse:
    """Return what a batch answered as a file to keep.

    Raises `BatchOverError` where it has no answers, or their file is gone.
    """
    if not batch.answers:
        raise BatchOverError(
            _("Batch %(batch)s has no answers to download.") % {"batch": batch.pk}
        )
    try:
        file = default_storage.open(batch.answers)
    except FileNotFoundError as error:
        raise BatchOverError(
            _("The file of answers is gone. Restore it from a backup or predict again.")
        ) from error
    name = f"{batch.model.name}-{batch.version_name}-{batch.pk}.csv"
    return FileResponse(file, as_attachment=True, filename=name)


def answer_rows(answer: Answer) -> Iterator[list[Any]]:
    """Yield the head and the rows: the prediction and its shares, or the reasons."""
    has_records = any("record" in row for row in answer.predictions)
    columns = AnswerColumns.of(answer.predictions, has_records=has_records)
    yield columns.head(answer.target)
    yield from columns.lines(answer)


@dataclass(frozen=True)
class AnswerColumns:
    """What a file of answers tells of each row.

    Parameters
    ----------
    labels : list of str
        The classes that have a probability.
    outputs : list of str
        What is answered beside.
    has_records : bool
        Whether rows that were answered are kept: each then names its record.
    """

    labels: list[str]
    outputs: list[str]
    has_records: bool

    @classmethod
    def of(cls, answers: list[dict[str, Any]], *, has_records: bool) -> AnswerColumns:
        """Return the columns that the first of some answers asks for."""
        first = answers[0] if answers else {}
        labels, outputs = (list(first.get(n, {})) for n in ("probabilities", "outputs"))
        return cls(labels, outputs, has_records)

    def head(self, target: str) -> list[str]:
        shown = [f"probability {label}" for label in self.labels]
        record = ["record"] if self.has_records else []
        beside = [*self.outputs, "worth a look", "not answered because"]
        return ["row", *record, target, *shown, *beside]

    def lines(self, answer: Answer, first: int = 1) -> Iterator[list[Any]]:
        """Yield a line for each row; the first one sent has the number `first`."""
        for row in answer.rows:
            record = [row.get("record")] if self.has_records else []
            shares = map(row.get("probabilities", {}).get, self.labels)
            beside = map(row.get("outputs", {}).get, self.outputs)
            remarks = " ".join(remark["detail"] for remark in row.get("warnings", ()))
            reasons = " ".join(reason["detail"] for reason in row.get("reasons", ()))
            told = [row["row"] + first, *record, row.get("prediction")]
            yield [*told, *shares, *beside, remarks, reasons]


def record_rows(model: RegisteredModel) -> Iterator[list[Any]]:
    """Yield a model's records with a head, `actual` empty where it is not known."""
    names: list[str] = []
    for place, record in enumerate(model.records.iterator(chunk_size=500)):
        if not place:
            names = list(record.inputs)
            yield ["record", *names, "prediction", "confidence", "version", "actual"]
        values = [record.inputs.get(name) for name in names]
        answer = [record.prediction, record.confidence, record.version_name]
        yield [record.pk, *values, *answer, record.actual]
    if not names:
        yield ["record", "actual"]
