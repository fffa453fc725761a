"""Answers that are kept, and what is told of them later."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from registry import serving
from registry.exceptions import UnfitOutcomeError
from registry.models import Record
from registry.services import give_outcome, give_outcomes, keep_records
from tests.factories.registry import flowers_in_service, houses_in_service

pytestmark = pytest.mark.django_db

ROW = {"petal": 1.5, "sepal": 5.1, "colour": "white"}
ODD = {"petal": "wide", "sepal": 5.1, "colour": "white"}


@pytest.fixture
def version(project, owner):
    return flowers_in_service(project, owner)


def kept(version, rows, actor) -> list[Record]:
    answer = serving.predict_rows(version, rows)
    return keep_records(version, rows, answer, actor=actor)


def test_keep_records_takes_what_was_answered_alone(version, owner):
    rows = [{**ROW, "garden": "north"}, ODD, {**ROW, "petal": 6.1, "colour": "red"}]
    answer = serving.predict_rows(version, rows)

    keep_records(version, rows, answer, actor=owner)

    first, second = Record.objects.order_by("pk")
    assert (first.inputs, first.prediction) == (ROW, "setosa")
    assert (second.inputs["petal"], second.prediction) == (6.1, "virginica")
    assert [found["record"] for found in answer.predictions] == [first.pk, second.pk]
    assert first.confidence == max(first.probabilities.values())
    assert first.version_name == version.version


def test_give_outcome_tells_whether_a_class_was_right(version, owner):
    right, wrong = kept(version, [ROW, ROW], owner)

    give_outcome(right, "setosa", actor=owner)
    give_outcome(wrong, " virginica ", actor=owner)

    told = Record.objects.labelled().order_by("pk")
    assert [(r.actual, r.is_right, r.error) for r in told] == [
        ("setosa", True, None),
        ("virginica", False, None),
    ]
    assert not Record.objects.waiting().exists()


def test_give_outcome_of_a_number_keeps_the_error(project, owner):
    version = houses_in_service(project, owner)
    (record,) = kept(version, [{"area": 50.0, "rooms": 2}], owner)

    give_outcome(record, "99000", actor=owner)

    assert record.error == pytest.approx(record.prediction - 99_000)
    assert record.is_right is None


@pytest.mark.parametrize("value", ["rose", "", None, 7, ["setosa"]])
def test_outcome_the_model_cannot_answer_is_refused(version, owner, value):
    (record,) = kept(version, [ROW], owner)

    with pytest.raises(UnfitOutcomeError, match="is no value of “species”"):
        give_outcome(record, value, actor=owner)

    record.refresh_from_db()
    assert record.actual_at is None


@pytest.mark.parametrize("value", ["much", "nan", "inf", True, None, {}])
def test_outcome_that_is_no_number_is_refused(project, owner, value):
    version = houses_in_service(project, owner)
    (record,) = kept(version, [{"area": 50.0, "rooms": 2}], owner)

    with pytest.raises(UnfitOutcomeError, match="is no number for “price”"):
        give_outcome(record, value, actor=owner)


def test_file_of_outcomes_takes_what_fits_and_names_the_rest(version, owner):
    first, second = kept(version, [ROW, ROW], owner)
    lines = [
        "record,actual",
        f"{first.pk},setosa",
        f"{second.pk},rose",
        f"{second.pk},",
        "99999,setosa",
        "x,setosa",
    ]
    upload = SimpleUploadedFile("told.csv", "\n".join(lines).encode())

    outcomes = give_outcomes(version.model, upload, actor=owner)

    assert outcomes.given == 1
    assert [refused["line"] for refused in outcomes.refused] == [3, 4, 5, 6]
    assert list(Record.objects.labelled()) == [first]


def test_least_certain_records_wait_in_front(version, owner):
    sure, unsure, unknown = kept(version, [ROW, ROW, ROW], owner)
    Record.objects.filter(pk=unsure.pk).update(confidence=0.4)
    Record.objects.filter(pk=unknown.pk).update(confidence=None)

    assert list(Record.objects.waiting()) == [unsure, sure, unknown]


def test_by_version_counts_answers_outcomes_and_hits(version, owner):
    records = kept(version, [ROW] * 4, owner)
    for record, told in zip(records, ("setosa", "setosa", "virginica"), strict=False):
        give_outcome(record, told, actor=owner)

    (line,) = Record.objects.by_version()

    assert line == {
        "version_name": version.version,
        "answered": 4,
        "labelled": 3,
        "judged": 3,
        "right": 2,
        "mean_error": None,
    }
