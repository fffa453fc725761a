"""A model tried on a file of rows: every row counts or is named, nothing stays."""

from __future__ import annotations

import json

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from datamine.work.children import run_inline
from experiments.evaluating import start_file_evaluation
from experiments.exceptions import NotEvaluableError
from experiments.models import Evaluation
from experiments.stored import named_files
from tests.factories.experiments import flowers, flowers_draft, trained_session

pytestmark = pytest.mark.django_db

#: Line 3 has a petal that is no number, line 5 lacks a cell, line 6 a target.
DIRTY = (
    b"species,petal,sepal,colour\n"
    b"setosa,1.5,5.1,white\n"
    b"setosa,wide,5,white\n"
    b"virginica,6.2,5.0,red\n"
    b"virginica,6.2,5.0\n"
    b",6.2,5.0,red\n"
    b"unheard,6.2,5.0,red\n"
)


@pytest.fixture
def session(project, owner, own_files):
    return trained_session(flowers_draft(project, owner), owner)


def sent(content: bytes, name: str = "new rows.csv") -> TemporaryUploadedFile:
    file = TemporaryUploadedFile(name, "text/csv", len(content), "utf-8")
    file.write(content)
    file.flush()
    file.seek(0)
    return file


def evaluated(session, content: bytes, owner, name: str = "rows.csv") -> Evaluation:
    made = start_file_evaluation(session.result, sent(content, name), actor=owner)
    run_inline(made)
    made.refresh_from_db()
    return made


def page_of(session):
    return reverse("experiments:evaluate", args=[session.experiment_id, session.number])


def test_rows_that_do_not_fit_are_named_by_line_and_the_others_count(session, owner):
    made = evaluated(session, DIRTY, owner)

    assert (made.status, made.error_message) == ("completed", "")
    details = made.details
    assert (details["rows"], made.metrics["accuracy"]) == (2, 1.0)
    assert (details["without_target"], details["unknown_class"]) == (1, 1)
    assert details["quarantined"] == 2
    told = {item["row"]: item["reasons"][0] for item in details["quarantined_rows"]}
    assert told[3]["code"] == "wrong_type"
    assert told[5]["detail"] == "Line 5 has 3 cells where 4 are expected."


def test_other_formats_are_read_as_well(session, owner):
    lines = flowers(30).decode().splitlines()
    names = lines[0].split(",")
    records = [dict(zip(names, line.split(","), strict=True)) for line in lines[1:]]
    content = json.dumps(records).encode()

    made = evaluated(session, content, owner, "rows.json")

    assert (made.status, made.details["rows"]) == ("completed", 30)
    assert made.metrics["accuracy"] == 1.0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"petal,colour,species\n1.5,white,setosa\n", "The file lacks “sepal”"),
        (b"\x00\x01", "This is not text"),
        (b"petal,sepal,colour,species\n1,2,white,\n", "1 without a target"),
    ],
    ids=["columns", "bytes", "targets"],
)
def test_file_that_cannot_be_used_fails_with_a_sentence(
    session, owner, content, sentence
):
    made = evaluated(session, content, owner)

    assert made.status == "failed"
    assert sentence in made.error_message


def test_file_is_kept_until_it_is_evaluated(
    session, owner, django_capture_on_commit_callbacks
):
    made = start_file_evaluation(session.result, sent(DIRTY), actor=owner)
    assert named_files()[made.rows_file] == made.rows_sha256

    with django_capture_on_commit_callbacks(execute=True):
        run_inline(made)

    assert made.rows_file not in named_files()
    assert not default_storage.exists(made.rows_file)


def test_file_the_model_learned_from_is_refused(session, owner):
    with pytest.raises(NotEvaluableError, match="learned from rows of this very file"):
        start_file_evaluation(session.result, sent(flowers()), actor=owner)

    assert not Evaluation.objects.exists()


def test_evaluation_is_of_a_version_or_of_a_file(session):
    with pytest.raises(IntegrityError), transaction.atomic():
        Evaluation.objects.create(result=session.result)


def test_page_takes_a_file_and_names_its_rows(client, session, owner):
    client.force_login(owner)
    file = SimpleUploadedFile("<new>.csv", DIRTY)

    none = client.post(page_of(session), {"of_file": "1"}, follow=True)
    client.post(page_of(session), {"of_file": "1", "file": file})
    run_inline(Evaluation.objects.get())
    page = client.get(page_of(session)).content.decode()

    assert "Choose a file to upload." in none.content.decode()
    assert "&lt;new&gt;.csv, version" not in page
    assert "Line 5 has 3 cells where 4 are expected." in page
    assert "2 that the model does not take" in page


def test_page_offers_versions_of_the_experiments_dataset_first(client, session, owner):
    client.force_login(owner)

    form = client.get(page_of(session)).context["form"]

    (title, own), _ = form.fields["version"].choices
    assert title == "The experiment’s dataset"
    assert [pk for pk, _ in own] == [session.base_version_id]


def test_api_takes_a_file(client, session, owner):
    client.force_login(owner)
    address = f"/api/experiments/{session.experiment_id}/evaluate/"
    file = SimpleUploadedFile("rows.csv", DIRTY)

    started = client.post(address, {"file": file})
    run_inline(Evaluation.objects.get())
    done = client.get(started.headers["Location"]).json()
    neither = client.post(address, {}, content_type="application/json")
    empty = client.post(address, {})
    both = client.post(address, {"file": SimpleUploadedFile("a", b"a"), "dataset": 1})

    assert started.status_code == 202
    assert (done["dataset"], done["filename"]) == (None, "rows.csv")
    assert (done["status"], done["metrics"]["accuracy"]) == ("completed", 1.0)
    codes = [answer.status_code for answer in (neither, empty, both)]
    assert codes == [400, 400, 400]
    assert neither.json()["errors"][0]["attr"] == "dataset"
