"""Records: answers that are kept, and what turned out to be true."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from datasets.tables import ColumnType
from projects.activities import record_activity
from registry.exceptions import NothingLearnedError, UnfitOutcomeError
from registry.models import ModelVersion, Record
from registry.serving import read_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import TemporaryUploadedFile

    from projects.models import User
    from registry.models import BatchPrediction, RegisteredModel
    from registry.serving import Answer

#: The columns of a file of outcomes.
RECORD, ACTUAL = "record", "actual"
FILE_COLUMNS = [{"name": RECORD, "type": "text"}, {"name": ACTUAL, "type": "text"}]


@dataclass
class Outcomes:
    """What became of a file of outcomes: each line is taken or refused."""

    given: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {"given": self.given, "refused": self.refused}


def keep_records(
    version: ModelVersion,
    rows: Sequence[dict[str, Any]],
    answer: Answer,
    *,
    batch: BatchPrediction | None = None,
    part: slice = slice(None),
    actor: User | None,
) -> list[Record]:
    """Keep each row that was answered, and name its record in the answer.

    Of a long answer a `part` may be kept at a time. Quarantined rows have no answer
    to be kept. Many rows are one statement, and no activity each: the records are the
    list of what was done.
    """
    columns = version.session.result.signature["columns"]
    answers = answer.predictions[part]
    types = {column["name"]: column["type"] for column in columns}
    records = [
        Record(
            model=version.model,
            version=version,
            version_name=version.version,
            batch=batch,
            inputs={
                name: whole(rows[found["row"]].get(name), type)
                for name, type in types.items()
            },
            prediction=found["prediction"],
            probabilities=found.get("probabilities"),
            confidence=max(found.get("probabilities", {}).values(), default=None),
            created_by=actor,
        )
        for found in answers
    ]
    made = Record.objects.bulk_create(records, batch_size=500)
    for found, record in zip(answers, made, strict=True):
        found["record"] = record.pk
    return made


def whole(value: Any, type: str) -> Any:
    """Return a value as its column has it: forms and files give integers as 59.0."""
    if type == ColumnType.INTEGER and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def target_of(model: RegisteredModel) -> dict[str, Any]:
    """Return name, type and labels of what a model predicts.

    It is that of the version in service, or of the newest one. Raises
    `NothingLearnedError` where there is no version.
    """
    target: dict[str, Any] = newest_signature(model)["target"]
    return target


def newest_signature(model: RegisteredModel) -> dict[str, Any]:
    """Return the signature of the version in service, or of the newest one."""
    versions = ModelVersion.objects.select_related("session__result")
    version = (
        versions.filter(pk=model.active_version_id).first()
        or versions.filter(model=model).first()
    )
    if version is None:
        raise NothingLearnedError(
            _("“%(model)s” has no version to go by; register a session first.")
            % {"model": model}
        )
    signature: dict[str, Any] = version.session.result.signature
    return signature


def read_outcome(target: dict[str, Any], value: Any) -> Any:
    """Return what was said to be true as the target holds it.

    Raises `UnfitOutcomeError` for a class the model does not know, or no number.
    """
    name, labels = target["name"], target["labels"]
    if labels is None:
        return _number(name, value)
    known = {str(label): label for label in labels}
    text = str(value).strip()
    if text not in known:
        raise UnfitOutcomeError(
            _("“%(text)s” is no value of “%(name)s”; it is one of %(names)s.")
            % {"text": text[:60], "name": name, "names": ", ".join(known)[:500]}
        )
    return known[text]


def _number(name: str, value: Any) -> float:
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise UnfitOutcomeError(
            _("“%(value)s” is no number for “%(name)s”.")
            % {"value": str(value)[:60], "name": name}
        )
    return number


@transaction.atomic
def give_outcome(record: Record, actual: Any, *, actor: User) -> Record:
    """Write down what was true of a record, instead of what was said before.

    Raises `UnfitOutcomeError`.
    """
    _write(record, read_outcome(target_of(record.model), actual), actor)
    record.save(update_fields=OUTCOME_FIELDS)
    record_activity(actor, record, "told the outcome of")
    return record


OUTCOME_FIELDS = ["actual", "is_right", "error", "actual_by", "actual_at"]


def _write(record: Record, actual: Any, actor: User) -> None:
    is_number = record.probabilities is None
    record.actual = actual
    record.is_right = None if is_number else record.prediction == actual
    record.error = record.prediction - actual if is_number else None
    record.actual_by = actor
    record.actual_at = timezone.now()


@transaction.atomic
def give_outcomes(
    model: RegisteredModel, upload: TemporaryUploadedFile, *, actor: User
) -> Outcomes:
    """Write down the outcomes of a CSV file with the columns `record` and `actual`.

    Lines that do not fit are refused one by one, the others taken. Raises
    `UnreadableRowsError` if it is no such table.
    """
    rows = read_file(upload, FILE_COLUMNS)
    target = target_of(model)
    numbers = {int(t) for row in rows if (t := str(row.get(RECORD))).isdecimal()}
    records = _by_number(model, numbers)
    outcomes = Outcomes()
    changed: dict[int, Record] = {}
    for line, row in enumerate(rows, 2):  # the first line holds the names
        try:
            record = _named(records, row)
            _write(record, read_outcome(target, row.get(ACTUAL)), actor)
        except UnfitOutcomeError as refusal:
            outcomes.refused.append({"line": line, "detail": str(refusal)})
        else:
            changed[record.pk] = record
            outcomes.given += 1
    Record.objects.bulk_update(changed.values(), OUTCOME_FIELDS, batch_size=200)
    record_activity(actor, model, "told outcomes of", count=outcomes.given)
    return outcomes


def _by_number(model: RegisteredModel, numbers: set[int]) -> dict[int, Record]:
    found: dict[int, Record] = {}
    wanted = sorted(number for number in numbers if number < 2**62)
    for start in range(0, len(wanted), 500):
        part = model.records.filter(pk__in=wanted[start : start + 500])
        found |= {record.pk: record for record in part}
    return found


def _named(records: dict[int, Record], row: dict[str, Any]) -> Record:
    text = str(row.get(RECORD))
    record = records.get(int(text)) if text.isdecimal() else None
    if record is None:
        raise UnfitOutcomeError(
            _("There is no record “%(text)s” of this model.") % {"text": text[:60]}
        )
    if row.get(ACTUAL) in (None, ""):
        raise UnfitOutcomeError(
            _("Record %(text)s has no outcome in this line.") % {"text": text}
        )
    return record
