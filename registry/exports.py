"""What a version answered as a file, a line for each row that was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import StreamingHttpResponse

from datasets.exports import csv_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.models import RegisteredModel
    from registry.serving import Answer


def answer_response(answer: Answer) -> StreamingHttpResponse:
    """Return the answer as a CSV file to keep."""
    response = StreamingHttpResponse(
        csv_lines(answer_rows(answer)), content_type="text/csv"
    )
    name = f"{'-'.join(map(str, answer.by.values()))}-predictions.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def answer_rows(answer: Answer) -> Iterator[list[Any]]:
    """Yield the head and the rows: the prediction and its shares, or the reasons."""
    shares = (row.get("probabilities") for row in answer.predictions)
    labels = list(next(filter(None, shares), {}))
    shown = [f"probability {label}" for label in labels]
    beside = (row.get("outputs") for row in answer.predictions)
    outputs = list(next(filter(None, beside), {}))
    yield [
        "row",
        answer.target,
        *shown,
        *outputs,
        "worth a look",
        "not answered because",
    ]
    for row in answer.rows:
        found = row.get("probabilities", {})
        remarks = " ".join(remark["detail"] for remark in row.get("warnings", ()))
        reasons = " ".join(reason["detail"] for reason in row.get("reasons", ()))
        values = [row["row"] + 1, row.get("prediction"), *map(found.get, labels)]
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
