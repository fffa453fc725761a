"""Predictions of a session that nobody registered, on its page."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from experiments.decisions import decide
from tests.factories.experiments import flowers_draft, trained_session

FILE = b"petal,sepal,colour\n1.4,5.1,white\nlong,5.1,white\n6.1,5.3,red\n"


@pytest.fixture
def session(project, owner):
    return trained_session(flowers_draft(project, owner), owner)


def page_of(session):
    place = [session.experiment_id, session.number]
    return reverse("registry:try", args=place)


def sent(**more):
    return {"of_file": "1", "file": SimpleUploadedFile("rows.csv", FILE), **more}


@pytest.mark.django_db
def test_row_is_answered_by_the_session(client, session, owner):
    client.force_login(owner)
    names = [column["name"] for column in session.result.signature["columns"]]
    row = {"petal": "1.4", "sepal": "5.1", "colour": "white"}
    said = {f"f{place}": row[name] for place, name in enumerate(names)}

    page = client.post(page_of(session), said)

    assert [a["prediction"] for a in page.context["answer"].predictions] == ["setosa"]
    assert f"by session {session.number}" in page.content.decode()


@pytest.mark.django_db
def test_file_is_answered_row_by_row_and_downloaded(client, session, owner):
    client.force_login(owner)

    page = client.post(page_of(session), sent())
    answers = page.context["answers"]
    file = client.post(page_of(session), sent(download="1"))
    lines = b"".join(file.streaming_content).decode().splitlines()

    assert [a["prediction"] for a in answers.predictions] == ["setosa", "virginica"]
    assert [item["row"] for item in answers.quarantined] == [1]
    assert "Quarantined rows" in page.content.decode()
    assert len(lines) == 4
    assert "petal" in lines[2]


@pytest.mark.django_db
def test_name_of_a_downloaded_file_says_who_answered(client, session, owner):
    client.force_login(owner)
    decide(session.result, None, actor=owner)

    file = client.post(page_of(session), sent(download="1"))

    name = f"{session.experiment_id}-{session.pk}-predictions.csv"
    assert file["Content-Disposition"] == f'attachment; filename="{name}"'


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"petal\n"])
def test_file_that_is_none_is_refused_in_a_sentence(client, session, owner, content):
    client.force_login(owner)
    file = SimpleUploadedFile("rows.csv", content)

    page = client.post(page_of(session), {"of_file": "1", "file": file})

    assert page.status_code == 200
    assert "answers" not in page.context or not page.context["answers"].predictions


@pytest.mark.django_db
def test_session_of_others_is_not_there(client, session, stranger):
    client.force_login(stranger)

    assert client.get(page_of(session)).status_code == 404
    assert client.post(page_of(session), sent()).status_code == 404
