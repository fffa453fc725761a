"""Labelled records as a table to learn from."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils.translation import gettext as _

from datasets.exports import header_line
from datasets.readers.dialect import Dialect
from datasets.services import free_name, import_upload, receive_upload
from datasets.stored import readable
from registry.exceptions import RecordsUnfitError
from registry.services.records import whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from datasets.models import DatasetVersion
    from experiments.models import TrainingSession
    from projects.models import User
    from registry.models import Record, RegisteredModel

#: Fewer records are warned of, and fewer of one class.
THIN, THIN_CLASS = 100, 10
CSV = "csv"


def refuse_unfit_records(pattern: TrainingSession) -> None:
    """Refuse records of a model that answers for several rows, or of which no record
    holds what rows are split by.
    """
    if pattern.experiment.asks_for_many_rows:
        raise RecordsUnfitError(
            _(
                "A record of this model holds one of the several rows that its answer "
                "took, which is too little to learn from. Retrain from a dataset."
            )
        )
    split = pattern.experiment.split
    known = {column["name"] for column in pattern.result.signature["columns"]}
    for field in ("group_column", "time_column"):
        name = split.get(field)
        if name and name not in known:
            raise RecordsUnfitError(
                _(
                    "Rows are split by “%(name)s”, which records do not hold. Retrain "
                    "from a dataset."
                )
                % {"name": name}
            )


def thin_warnings(labelled: Iterable[Record], *, with_training_rows: bool) -> list[str]:
    """Say where there is little to learn from."""
    if with_training_rows:
        return []
    outcomes = [record.actual for record in labelled]
    found = []
    if len(outcomes) < THIN:
        found.append(
            f"{len(outcomes)} records are little to learn from; {THIN} or more tell "
            "much better whether a version is good."
        )
    if any(isinstance(outcome, float) for outcome in outcomes):
        return found
    return found + [
        f"Only {count} records are “{label}”."
        for label, count in Counter(map(str, outcomes)).items()
        if count < THIN_CLASS
    ]


def dataset_of_records(
    model: RegisteredModel,
    pattern: TrainingSession,
    labelled: Iterable[Record],
    with_training_rows: bool,
    actor: User,
) -> DatasetVersion:
    """Make a dataset of records, to be imported in the background."""
    signature = pattern.result.signature
    types = {column["name"]: column["type"] for column in signature["columns"]}
    target = signature["target"]
    types[target["name"]] = target["type"]
    name = free_name(model.project, f"{model.name} records.csv")
    with TemporaryUploadedFile(f"{name}.csv", "text/csv", 0, "utf-8") as file:
        file.write(header_line(list(types)))
        if with_training_rows:
            for part in rows_learned_from(pattern.base_version, list(types)):
                file.write(part)
        for line in lines_of(labelled, types, target["name"]):
            file.write(line)
        file.flush()
        file.size = file.tell()
        upload = receive_upload(model.project, file, actor=actor)
    dataset = import_upload(
        upload,
        name=name,
        description=f"Records of the model “{model.name}” whose outcome is known.",
        file_format=CSV,
        dialect=Dialect(types=types),
        actor=actor,
    )
    version: DatasetVersion = dataset.versions.get()
    return version


def rows_learned_from(version: DatasetVersion, names: list[str]) -> Iterator[bytes]:
    """Yield the rows of a version as CSV, with these columns in this order."""
    from datasets.exports.csv import stream_csv  # noqa: PLC0415 -- heavy import
    from datasets.exports.outgoing import Outgoing  # noqa: PLC0415 -- heavy import

    with readable(version) as path:
        parts = stream_csv(Outgoing(path, version.schema.select(names)))
        next(parts)  # the names are written already
        yield from parts


def lines_of(
    labelled: Iterable[Record], types: Mapping[str, str], target: str
) -> Iterator[bytes]:
    """Yield records as lines of CSV, what was true as their target."""
    for record in labelled:
        values = {**record.inputs, target: record.actual}
        text = io.StringIO()
        csv.writer(text).writerow(
            [whole(values.get(name), type) for name, type in types.items()]
        )
        yield text.getvalue().encode()
