"""Batches whose answers become records: all of them, once, when the batch is done."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from datamine import files
from datamine.leases import claim
from datamine.work.children import perform, run_inline
from datamine.work.handover import put_back
from registry import batches
from registry.exceptions import UnreadableRowsError
from registry.models import BatchPrediction, Record
from registry.services import cancel_batch, give_outcomes, start_batch
from registry.stored import sweep_orphans
from tests.factories.projects import MembershipFactory, UserFactory
from tests.factories.registry import BatchFactory, flowers_in_service
from tests.registry.test_batches import HEAD, LINES, answers_of, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(project, owner):
    return flowers_in_service(project, owner)


@pytest.fixture
def batch(version, owner, monkeypatch) -> BatchPrediction:
    monkeypatch.setattr(batches, "BLOCK", 4)
    file = sent(HEAD + LINES * 5)
    return start_batch(version.model, file, keeps_records=True, actor=owner)


def test_every_answer_is_kept_and_named_in_the_file(batch, owner, version):
    run_inline(batch)

    lines = answers_of(batch)
    records = {record.pk: record for record in Record.objects.all()}
    assert len(records) == batch.answered == 10
    named = [line for line in lines if line["record"]]
    assert {int(line["record"]) for line in named} == set(records)
    for line in named:
        record = records[int(line["record"])]
        assert (record.prediction, record.batch) == (line["species"], batch)
        assert (record.created_by, record.version) == (owner, version)


def test_file_of_answers_comes_back_with_outcomes(batch, owner, version):
    run_inline(batch)
    named = [line for line in answers_of(batch) if line["record"]]
    text = io.StringIO()
    writer = csv.DictWriter(text, [*named[0], "actual"])
    writer.writeheader()
    writer.writerows({**line, "actual": line["species"]} for line in named)
    told = SimpleUploadedFile("told.csv", text.getvalue().encode())

    outcomes = give_outcomes(version.model, told, actor=owner)

    assert (outcomes.given, outcomes.refused) == (10, [])
    assert Record.objects.filter(is_right=True).count() == 10


def test_nothing_is_kept_unless_asked(version, owner):
    batch = start_batch(version.model, sent(HEAD + LINES), actor=owner)

    run_inline(batch)

    assert (batch.status, Record.objects.count()) == ("completed", 0)
    assert "record" not in answers_of(batch)[0]


def test_records_of_a_batch_under_way_are_seen_by_nobody(batch, tmp_path):
    lease = claim(BatchPrediction, batch.pk, "here")
    with files.local_copy(batch.rows_file) as source:
        work = batches.Answering(batch, batch.version, lease)
        work.write(source, tmp_path / "answers.csv")

    assert Record._base_manager.filter(batch=batch).count() == 10
    assert not Record.objects.exists()
    assert not batch.model.records.exists()


def test_next_attempt_begins_anew_and_a_dead_one_adds_nothing(batch):
    dead = claim(BatchPrediction, batch.pk, "killed")
    Record._base_manager.create(
        model=batch.model, batch=batch, inputs={}, prediction="setosa"
    )
    put_back(dead)

    run_inline(batch)
    perform(dead)

    assert batch.answered == Record._base_manager.count() == 10


@pytest.mark.parametrize("most", [4, 9])
def test_more_answers_than_are_kept_fail_and_leave_none(
    batch, monkeypatch, most, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(batches, "MOST_KEPT", most)

    with django_capture_on_commit_callbacks(execute=True):
        run_inline(batch)

    assert (batch.status, batch.answers) == ("failed", "")
    assert f"More than {most} rows have an answer" in batch.error_message
    assert not Record._base_manager.exists()


def test_cancelled_batch_and_one_that_died_leave_no_record(
    batch, owner, version, django_capture_on_commit_callbacks
):
    failed = BatchFactory(version=version, status="failed", keeps_records=True)
    for one in (batch, failed):
        Record._base_manager.create(
            model=one.model, batch=one, inputs={}, prediction="setosa"
        )

    with django_capture_on_commit_callbacks(execute=True):
        cancel_batch(batch, actor=owner)
    left = Record._base_manager.get()
    sweep_orphans()

    assert left.batch == failed
    assert not Record._base_manager.exists()


def test_page_keeps_where_ticked_and_says_so(client, owner, version):
    client.force_login(owner)
    start = reverse("registry:start_batch", args=[version.model_id])

    for more in ({}, {"store": "1"}):
        file = SimpleUploadedFile("rows.csv", HEAD + LINES)
        page = client.post(start, {"file": file, **more}, follow=True)

    kept = BatchPrediction.objects.order_by("pk").values_list(
        "keeps_records", flat=True
    )
    assert list(kept) == [False, True]
    assert page.text.count("kept as records") == 1
    assert "Keep the answers as records" in page.text


def test_call_keeps_with_store(owner, project, version):
    api = APIClient()
    api.force_authenticate(owner)
    address = f"/api/projects/{project.key}/models/flowers/batches/?store=1"

    file = SimpleUploadedFile("rows.csv", HEAD + LINES)
    told = api.post(address, {"file": file}, format="multipart")
    run_inline(BatchPrediction.objects.get())

    assert (told.status_code, told.json()["keeps_records"]) == (202, True)
    got = api.get(f"{told['Location']}answers/").getvalue()
    assert got.startswith(b"row,record,species,")
    listed = api.get(f"/api/projects/{project.key}/models/flowers/records/").json()
    assert len(listed["results"]) == 2


def test_viewer_keeps_nothing(client, project, version):
    viewer = UserFactory(username="viewer")
    MembershipFactory(project=project, user=viewer, role="viewer")
    client.force_login(viewer)
    start = reverse("registry:start_batch", args=[version.model_id])

    file = SimpleUploadedFile("rows.csv", HEAD)
    answer = client.post(start, {"file": file, "store": "1"})

    assert (answer.status_code, BatchPrediction.objects.count()) == (403, 0)


@pytest.fixture
def whole(batch) -> batches.Answering:
    """Work at 15 rows, 10 of them with an answer, as if a sample were made of all."""
    lease = claim(BatchPrediction, batch.pk, "here")
    work = batches.Answering(batch, batch.version, lease)
    work.is_whole = True
    return work


def test_whole_answers_are_kept_in_blocks_that_each_renew_the_lease(
    batch, whole, tmp_path
):
    with (
        files.local_copy(batch.rows_file) as source,
        CaptureQueriesContext(connection) as asked,
    ):
        whole.write(source, tmp_path / "answers.csv")

    first = [query["sql"].split(None, 3)[:3] for query in asked]
    said = [" ".join(words).replace('"', "") for words in first]
    kept = [s for s in said if s.startswith(("SAVEPOINT", "INSERT", "RELEASE"))]
    kinds = [sentence.split()[0] for sentence in kept]
    assert kinds[2:] == ["SAVEPOINT", "INSERT", "RELEASE"] * 3  # 4, 4, 2 records
    renewals = [s for s in said if s == "UPDATE registry_batchprediction SET"]
    assert len(renewals) >= 1 + 3
    lines = csv.DictReader(io.StringIO((tmp_path / "answers.csv").read_text()))
    named = {int(line["record"]) for line in lines if line["record"]}
    assert named == set(Record._base_manager.values_list("pk", flat=True))


def test_file_too_long_to_be_answered_whole_is_refused_before(
    batch, whole, tmp_path, monkeypatch
):
    monkeypatch.setattr(batches, "WHOLE", 14)
    target = tmp_path / "answers.csv"

    with (
        files.local_copy(batch.rows_file) as source,
        pytest.raises(UnreadableRowsError, match="more than 14 rows"),
    ):
        whole.write(source, target)
    assert whole.answered == Record._base_manager.count() == 0

    monkeypatch.setattr(batches, "WHOLE", 15)
    with files.local_copy(batch.rows_file) as source:
        whole.write(source, target)
    assert whole.answered == Record._base_manager.count() == 10
