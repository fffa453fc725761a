"""What an import leaves open is asked on the page, and one click answers it."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from datamine.work.children import run_inline
from datasets.paging import page
from datasets.questions import answered, asked_of
from datasets.stored import readable
from datasets.tables import ColumnType
from tests.factories.datasets import UploadFactory, imported_dataset
from tests.factories.projects import UserFactory

pytestmark = pytest.mark.django_db

#: Of 20 rows two have other signs than numbers, and no day of a date is above 12.
ROWS = "".join(f"{n},{n}.5,0{n % 8 + 1}/02/2024\n" for n in range(18))
TABLE = f"id,size,when\n{ROWS}18,<lost>,03/02/2024\n19,~,02/02/2024\n".encode()


LOOK = {
    "encoding": "utf-8", "delimiter": ",", "quote": '"', "decimal": ".",
    "bad_records": "stop", "header": "on",
}  # fmt: skip


@pytest.fixture
def dataset(project, owner):
    return imported_dataset(project, owner, TABLE)


def types_of(version) -> dict[str, ColumnType]:
    return {column.name: column.type for column in version.schema}


def test_what_keeps_a_column_from_being_numbers_is_asked(dataset):
    asked = asked_of(dataset.active_version)

    assert [marker.text for marker in asked.markers] == ["<lost>", "~"]
    (found,) = asked.markers[0].found
    assert (found["column"], found["count"], found["becomes"]) == ("size", 1, "numbers")
    assert asked.notices <= set(dataset.active_version.notices)


def test_dates_are_shown_in_both_readings(dataset):
    (question,) = asked_of(dataset.active_version).dates

    assert question["column"] == "when"
    assert question["examples"][0] == {
        "text": "01/02/2024",
        "day_first": "1 February 2024",
        "month_first": "2 January 2024",
    }
    assert [example["text"] for example in question["examples"]] == [
        "01/02/2024", "03/02/2024", "04/02/2024",
    ]  # fmt: skip


def test_a_fraction_among_whole_numbers_is_no_sign_of_a_missing_value(project, owner):
    rows = "".join(f"{n},2024-01-0{n % 9 + 1}\n" for n in range(1200))
    table = f"size,when\n{rows}1.5,2024-01-01 10:00\nlost,lost\n".encode()

    asked = asked_of(imported_dataset(project, owner, table).active_version)

    assert [marker.text for marker in asked.markers] == ["lost"]
    assert asked.markers[0].becomes == "dates or numbers"


@pytest.mark.parametrize(
    "table",
    [
        b"a,b\n1,2024-01-02\n2,2024-02-03\n",
        b"a,b\n1,13/02/2024\n2,01/02/2024\n",
        b"a,b\nx,1\ny,2\n",
        b"a\n"
        + b"".join(b"%d\n" % n for n in range(40))
        + b"".join(b"t%d\n" % n for n in range(11)),
    ],
)
def test_nothing_is_asked_where_all_is_clear_or_an_answer_would_not_help(
    project, owner, table
):
    assert imported_dataset(project, owner, table).active_version.questions == []


def test_one_click_reads_the_file_again(client, owner, dataset):
    client.force_login(owner)
    url = reverse("datasets:answer", args=[dataset.pk, 1])

    page = client.get(dataset.get_absolute_url()).text
    said = client.post(url, {"missing": ["0", "1"], "day_first-0": "no"}, follow=True)
    second = dataset.versions.get(number=2)
    run_inline(second)
    second.refresh_from_db()

    assert "“&lt;lost&gt;” in <b>size</b> (1×): all other values are numbers" in page
    assert "<code>01/02/2024</code> is 2 January 2024" in page
    assert "It stays text" not in page
    assert "The file is read again, as version 2." in said.text
    assert second.parent is None
    assert types_of(second)["size"] is ColumnType.NUMBER
    assert second.dialect["day_first_in"] == {"when": False}
    assert second.questions == []
    assert types_of(dataset.versions.get(number=1))["size"] is ColumnType.TEXT


def test_each_column_of_dates_is_answered_by_itself(client, project, owner):
    table = b"from,to\n01/02/2024,03/04/2024\n02/02/2024,05/04/2024\n"
    dataset = imported_dataset(project, owner, table)
    client.force_login(owner)
    url = reverse("datasets:answer", args=[dataset.pk, 1])

    client.post(url, {"day_first-0": "yes", "day_first-1": "no", "day_first-x": "no"})
    second = dataset.versions.get(number=2)
    run_inline(second)
    second.refresh_from_db()
    row = dict(zip(("from", "to"), stored_row(second), strict=True))

    assert row == {"from": date(2024, 2, 1), "to": date(2024, 3, 4)}
    assert second.questions == []
    assert not any("cannot be told apart" in notice for notice in second.notices)


def stored_row(version) -> list:
    with readable(version) as path:
        return list(page(path, ["c0", "c1"], offset=0, limit=1).rows[0])


def test_answers_that_were_not_asked_for_change_nothing(dataset):
    version = dataset.active_version

    dialect = answered(version, missing=["7", "x", ""], day_first={"9": True})

    assert dialect.model_dump(mode="json") == version.dialect


def test_viewers_read_the_notice_and_are_not_asked(client, project, dataset):
    project.is_public = True
    project.save()
    client.force_login(UserFactory())

    page = client.get(dataset.get_absolute_url()).text

    assert "It stays text" in page
    assert "Was the file read as you mean it?" not in page


def test_dates_of_two_readings_are_asked_before_the_import(client, owner, project):
    client.force_login(owner)
    upload = UploadFactory(project=project, content=TABLE)
    url = reverse("datasets:review", args=[upload.pk])

    page = client.get(url).text
    sure = client.post(url, {"do": "look", "name": "x", **LOOK, "day_first": "no"}).text

    assert "01/02/2024 is read as 1 February 2024" in page
    assert "if 2 January 2024 is meant" in page
    assert "is read as" not in sure


def test_api_reads_a_file_again(owner, dataset):
    api = APIClient()
    api.force_authenticate(owner)
    url = f"/api/datasets/{dataset.pk}/import-again/"
    body = {"dialect": {"missing_markers": ["", "<lost>", "~"], "day_first": False}}

    made = api.post(url, body)
    again = api.post(url, body)
    run_inline(dataset.versions.get(number=2))
    told = api.get(made["Location"]).json()
    wrong = api.post(url, {"dialect": {"delimiter": "abc"}})
    none = api.post(url, {})

    assert (made.status_code, again.status_code) == (202, 409)
    assert (wrong.status_code, none.status_code) == (400, 400)
    assert (told["parent"], told["questions"]) == (None, [])
    assert told["columns"][1]["type"] == "number"
