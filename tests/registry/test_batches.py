"""Files answered in the background: whole, once, and named where they do not fit."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import (
    SimpleUploadedFile,
    TemporaryUploadedFile,
)
from django.urls import reverse
from rest_framework.test import APIClient

from datamine import files
from datamine.leases import claim
from datamine.work.children import perform, run_inline
from datamine.work.handover import put_back
from projects.models import Activity
from registry import batches, serving
from registry.exceptions import BatchOverError, NotInServiceError
from registry.models import BatchPrediction
from registry.services import activate_version, cancel_batch, start_batch
from registry.stored import named_files
from tests.factories.projects import MembershipFactory, UserFactory
from tests.factories.registry import (
    ModelVersionFactory,
    RegisteredModelFactory,
    flowers_in_service,
)

pytestmark = pytest.mark.django_db

HEAD = b"petal,sepal,colour\n"
LINES = b"1.5,5.1,white\nwide,5,red\n6.2,5.0,red\n"


def sent(content: bytes, name: str = "rows.csv") -> TemporaryUploadedFile:
    file = TemporaryUploadedFile(name, "text/csv", len(content), "utf-8")
    file.write(content)
    file.flush()
    file.seek(0)
    return file


@pytest.fixture
def version(project, owner):
    return flowers_in_service(project, owner)


@pytest.fixture
def batch(version, owner, monkeypatch) -> BatchPrediction:
    monkeypatch.setattr(batches, "BLOCK", 4)
    return start_batch(version.model, sent(HEAD + LINES * 5), actor=owner)


def answers_of(batch) -> list[dict[str, str]]:
    with files.local_copy(batch.answers) as path:
        return list(csv.DictReader(io.StringIO(path.read_text())))


def test_every_row_is_answered_or_named_and_counts_add_up(batch, version):
    run_inline(batch)

    lines = answers_of(batch)
    assert (batch.status, batch.answered, batch.quarantined) == ("completed", 10, 5)
    assert [int(line["row"]) for line in lines] == list(range(1, 16))
    assert [line["species"] for line in lines[:3]] == ["setosa", "", "virginica"]
    assert "petal" in lines[1]["not answered because"]
    row = {"petal": 1.5, "sepal": 5.1, "colour": "white"}
    (told,) = serving.predict_rows(version, [row]).predictions
    assert float(lines[0]["probability setosa"]) == told["probabilities"]["setosa"]


def test_file_that_was_sent_is_kept_until_it_is_answered(batch):
    assert set(named_files()) == {batch.rows_file}

    run_inline(batch)

    assert set(named_files()) == {batch.answers}


def test_switch_meanwhile_does_not_change_who_answers(batch, version, owner):
    activate_version(ModelVersionFactory(model=version.model), actor=owner)

    run_inline(batch)

    assert (batch.version_name, batch.answered) == (version.version, 10)


def test_attempt_that_was_given_up_writes_nothing_and_the_next_one_all(batch):
    dead = claim(BatchPrediction, batch.pk, "killed")
    put_back(dead)

    run_inline(batch)
    kept = batch.answers
    perform(dead)

    batch.refresh_from_db()
    assert (batch.status, batch.attempts, batch.answers) == ("completed", 2, kept)
    assert kept == f"batches/{batch.model_id}/{batch.pk}-2.csv"
    assert len(answers_of(batch)) == 15


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (HEAD + LINES + b"1,2\n", "Line 5 has"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), ""),
        (b"1.5,5.1,white\n" * 3, "must hold the names"),
    ],
)
def test_file_that_is_no_table_fails_with_a_sentence(version, owner, content, sentence):
    batch = start_batch(version.model, sent(content), actor=owner)

    run_inline(batch)

    assert (batch.status, batch.answers) == ("failed", "")
    assert sentence in batch.error_message
    assert "should not" not in batch.error_message


def test_deleted_version_and_damaged_file_are_sentences(batch, version, owner):
    with files.local_copy(batch.rows_file) as path:
        path.write_bytes(b"changed")
    run_inline(batch)
    other = start_batch(version.model, sent(HEAD + LINES), actor=owner)
    BatchPrediction.objects.filter(pk=other.pk).update(version=None)
    run_inline(other)

    assert "damaged" in batch.error_message
    assert "was deleted; send the file again" in other.error_message


def test_cancelled_batch_leaves_nothing(
    batch, owner, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        cancel_batch(batch, actor=owner)

    run_inline(batch)

    assert (batch.status, named_files()) == ("cancelled", {})
    with pytest.raises(BatchOverError, match="over already"):
        cancel_batch(batch, actor=owner)


def test_model_out_of_service_takes_no_file(project, owner):
    with pytest.raises(NotInServiceError, match="activate one first"):
        start_batch(RegisteredModelFactory(project=project), sent(HEAD), actor=owner)


def test_page_sends_shows_and_downloads(client, owner, version):
    client.force_login(owner)
    list_url = reverse("registry:batches", args=[version.model_id])
    start = reverse("registry:start_batch", args=[version.model_id])

    waiting = client.post(
        start, {"file": SimpleUploadedFile("<b>.csv", HEAD + LINES)}, follow=True
    )
    batch = BatchPrediction.objects.get()
    download = reverse("registry:batch_csv", args=[version.model_id, batch.pk])
    early = client.get(download, follow=True)
    run_inline(batch)
    done = client.get(list_url)

    assert "&lt;b&gt;.csv" in waiting.text
    assert "every 1s" in waiting.text
    assert "no answers to download" in early.text
    assert "every 1s" not in done.text
    assert b"setosa" in client.get(download).getvalue()
    assert Activity.objects.filter(action="started").exists()


def test_viewer_downloads_and_sends_nothing(client, project, batch):
    viewer = UserFactory(username="viewer")
    MembershipFactory(project=project, user=viewer, role="viewer")
    run_inline(batch)
    client.force_login(viewer)

    words = [batch.model_id, batch.pk]
    got = client.get(reverse("registry:batch_csv", args=words))
    start = reverse("registry:start_batch", args=words[:1])

    assert b"setosa" in got.getvalue()
    assert (
        client.post(start, {"file": SimpleUploadedFile("rows.csv", HEAD)}).status_code
        == 403
    )


def test_calls_send_poll_and_download(owner, stranger, project, version):
    api = APIClient()
    api.force_authenticate(owner)
    address = f"/api/projects/{project.key}/models/flowers/batches/"

    sent_answer = api.post(
        address,
        {"file": SimpleUploadedFile("rows.csv", HEAD + LINES)},
        format="multipart",
    )
    one = sent_answer["Location"]
    early = api.get(f"{one}answers/")
    run_inline(BatchPrediction.objects.get())

    assert sent_answer.status_code == 202
    assert early.status_code == 409
    told = api.get(one).json()
    assert (told["answered"], told["quarantined"]) == (2, 1)
    assert api.get(f"{one}answers/").getvalue().startswith(b"row,species,")
    assert api.post(f"{one}cancel/").status_code == 409
    api.force_authenticate(stranger)
    assert api.get(one).status_code == 404
