"""The Outliers page and its API, as people and programs meet them."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from tests.factories.datasets import DatasetFactory, imported_dataset

NASTY = '"><img src=x onerror=alert(1)>'
HEADER = '"' + NASTY.replace('"', '""') + '"'
LINES = "\n".join(f"{value},{value % 3},city {value}" for value in [*range(1, 40), 999])
TABLE = f"{HEADER},few,city\n{LINES}\n".encode()


@pytest.fixture
def dataset(project, owner):
    return imported_dataset(project, owner, TABLE)


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def url(dataset):
    return reverse("datasets:outliers", args=[dataset.pk])


def test_page_begins_with_the_column_that_has_most(signed_in, url):
    response = signed_in.get(url)

    page = response.content.decode()
    assert response.context["found"].count == 1
    assert "<dd>1</dd>" in page
    assert '<td class="number quiet">40</td>' in page
    assert "<img src=x" not in page
    assert json.loads(response.context["spec"])["layer"]


def test_page_shows_a_range_of_ones_own(signed_in, url):
    query = {"column": "c1", "method": "range", "high": "1"}

    response = signed_in.get(url, query, headers={"HX-Request": "true"})

    assert response.context["found"].count == 13
    assert "<html" not in response.content.decode()
    assert "method=range&amp;high=1.0" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"method": "range"}, "a range needs its lowest or highest number"),
        ({"method": "range", "low": "2", "high": "1"}, "is above its highest"),
        (
            {"method": "iqr", "factor": "-1"},
            "factor must be a number between 0 and 100",
        ),
        ({"method": "zscore", "threshold": "x"}, "Enter a number."),
        ({"method": "magic"}, "Select a valid choice"),
        ({"method": "range", "low": "nan"}, "Enter a number."),
    ],
)
def test_page_says_what_is_wrong(signed_in, url, query, sentence):
    response = signed_in.get(url, query)

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert response.context["found"] is None


def test_page_beyond_the_last_shows_the_last(signed_in, url):
    response = signed_in.get(url, {"page": "99"})

    assert response.context["page_obj"].number == 1
    assert len(response.context["rows"]) == 1


def test_page_of_a_table_without_numbers_says_so(signed_in, project, owner):
    dataset = imported_dataset(project, owner, b"a,b\nx,y\nz,w\n")

    page = signed_in.get(reverse("datasets:outliers", args=[dataset.pk]))

    assert "has no column of numbers" in page.content.decode()


def test_page_without_data_says_so(signed_in, project):
    dataset = DatasetFactory(project=project)

    page = signed_in.get(reverse("datasets:outliers", args=[dataset.pk]))
    file = signed_in.get(reverse("datasets:outliers_csv", args=[dataset.pk]))

    assert "Outliers are told once" in page.content.decode()
    assert file.status_code == 404


def test_rows_come_as_a_file(signed_in, dataset):
    url = reverse("datasets:outliers_csv", args=[dataset.pk])

    text = signed_in.get(url).content.decode()

    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [["row", NASTY, "few", "city"], ["40", "999", "0", "city 999"]]


def test_buttons_lead_to_the_step_filled_in(signed_in, url, dataset):
    query = {"column": "c1", "method": "range", "high": "1"}
    response = signed_in.get(url, query)
    words, step = response.context["steps"][2]

    prepare = reverse("datasets:prepare", args=[dataset.pk])
    row = signed_in.get(f"{prepare}?{step}").context["builder"].rows[0]

    assert words == "Remove the rows"
    assert prepare in response.content.decode()
    assert row.chosen == ["c1"]
    values = {name: row.form[name].value() for name in ("method", "high", "action")}
    assert values == {"method": "range", "high": "1.0", "action": "drop"}


@pytest.fixture
def api(owner):
    client = APIClient()
    client.force_authenticate(owner)
    return client


@pytest.fixture
def endpoint(dataset):
    return f"/api/datasets/{dataset.pk}/outliers/"


def test_api_gives_bounds_count_and_rows(api, endpoint):
    found = api.get(endpoint, {"column": NASTY, "columns": [NASTY, "city"]}).json()

    assert found["bounds"] == {"low": -18.5, "high": 59.5}
    assert [found[key] for key in ("count", "below", "above")] == [1, 0, 1]
    assert found["results"] == [{NASTY: 999, "city": "city 999"}]
    assert [found["next"], found["previous"]] == [None, None]


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({}, "column"),
        ({"column": "city"}, "column"),
        ({"column": "few", "method": "magic"}, "method"),
        ({"column": "few", "factor": "many"}, "factor"),
        ({"column": "few", "columns": "none"}, "columns"),
        ({"column": "few", "page": "0"}, "page"),
    ],
)
def test_api_names_what_is_wrong(api, endpoint, query, attr):
    response = api.get(endpoint, query)

    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr


def test_strangers_see_nothing(client, stranger, url, endpoint):
    client.force_login(stranger)

    assert client.get(url).status_code == 404
    assert client.get(endpoint).status_code == 404
