"""What a version answered as a file, a line for each row that was sent."""

from __future__ import annotations

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
    shares = (row.get("probabilities") for row in answer.predictions)
    labels = list(next(filter(None, shares), {}))
    beside = (row.get("outputs") for row in answer.predictions)
    outputs = list(next(filter(None, beside), {}))
    yield answer_head(answer.target, labels, outputs)
    yield from answer_lines(answer, labels, outputs)


def answer_head(target: str, labels: list[str], outputs: list[str]) -> list[str]:
    shown = [f"probability {label}" for label in labels]
    return ["row", target, *shown, *outputs, "worth a look", "not answered because"]


def answer_lines(
    answer: Answer, labels: list[str], outputs: list[str], first: int = 1
) -> Iterator[list[Any]]:
    """Yield a line for each row; the first one sent has the number `first`."""
    for row in answer.rows:
        found = row.get("probabilities", {})
        remarks = " ".join(remark["detail"] for remark in row.get("warnings", ()))
        reasons = " ".join(reason["detail"] for reason in row.get("reasons", ()))
        values = [row["row"] + first, row.get("prediction"), *map(found.get, labels)]
        yield [*values, *map(row.get("outputs", {}).get, outputs), remarks, reasons]


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
