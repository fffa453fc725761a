"""Tested rows one by one: the page of errors and the file of all of them."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from datamine import files
from tests.factories.experiments import (
    ResultFactory,
    flowers_draft,
    trained_session,
)


@pytest.fixture
def uncertain(project, owner):
    """A session that learned from colourless sizes, and is often wrong."""
    draft = flowers_draft(
        project, owner, algorithm="knn", hyperparameters={"n_neighbors": 1}
    )
    lone = draft.__class__(**{**draft.__dict__, "feature_columns": ("sepal",)})
    return trained_session(lone, owner)


def address(name: str, session) -> str:
    return reverse(f"experiments:{name}", args=[session.experiment_id, session.number])


def file_of(response) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.django_db
def test_errors_name_the_row_and_its_values(client, uncertain, owner):
    client.force_login(owner)

    response = client.get(address("errors", uncertain))

    rows = response.context["rows"]
    assert rows
    assert all(row["actual"] != row["predicted"] for row in rows)
    sure = [row["figure"] for row in rows]
    assert sure == sorted(sure, reverse=True)
    # Row n of the flowers is of species n modulo 3, and its sepal follows from n too.
    first = rows[0]
    assert (
        first["actual"] == ("setosa", "versicolor", "virginica")[(first["row"] - 1) % 3]
    )
    value, is_number = first["cells"][0]
    assert value == pytest.approx(5 + (first["row"] - 1) % 7 / 10)
    assert is_number


@pytest.mark.django_db
def test_cell_of_the_confusion_matrix_leads_to_its_rows(client, uncertain, owner):
    client.force_login(owner)
    matrix = uncertain.result.details["confusion_matrix"]["matrix"]

    page = client.get(uncertain.get_absolute_url()).content.decode()
    cell = client.get(address("errors", uncertain), {"actual": "0", "predicted": "0"})

    assert f"{address('errors', uncertain)}?actual=0&amp;predicted=0" in page
    assert cell.context["page_obj"].paginator.count == matrix[0][0]


@pytest.mark.django_db
@pytest.mark.parametrize("query", [{"actual": "9"}, {"actual": "x", "page": "99"}])
def test_class_that_is_not_there_narrows_nothing(client, uncertain, owner, query):
    client.force_login(owner)

    all_rows = client.get(address("errors", uncertain)).context["rows"]
    response = client.get(address("errors", uncertain), query)

    assert response.context["rows"] == all_rows


@pytest.mark.django_db
def test_all_tested_rows_are_a_file(client, uncertain, owner):
    client.force_login(owner)

    lines = file_of(client.get(address("tested_csv", uncertain)))

    assert len(lines) == 18
    assert list(lines[0]) == [
        "row", "fold", "actual", "predicted",
        "p(setosa)", "p(versicolor)", "p(virginica)",
    ]  # fmt: skip
    assert {line["fold"] for line in lines} == {"test"}


@pytest.mark.django_db
def test_numbers_are_listed_by_their_error(client, regressed, owner):
    client.force_login(owner)

    shown = client.get(address("errors", regressed)).context["rows"]
    lines = file_of(client.get(address("tested_csv", regressed)))

    missed = [abs(row["figure"]) for row in shown]
    assert missed == sorted(missed, reverse=True)
    assert list(lines[0]) == ["row", "fold", "actual", "predicted", "residual"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["errors", "tested_csv"])
def test_result_without_its_rows_says_so(client, project, owner, classified, name):
    client.force_login(owner)
    older = ResultFactory(session__experiment__version__dataset__project=project)
    files.local_path(classified.result.tested).unlink()

    old = client.get(address(name, older.session), follow=True).content.decode()
    lost = client.get(address(name, classified), follow=True).content.decode()

    assert "before predictions of single rows were kept" in old
    assert "The stored data are gone." in lost


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["errors", "tested_csv"])
def test_stranger_finds_no_tested_rows(client, classified, stranger, name):
    client.force_login(stranger)

    assert client.get(address(name, classified)).status_code == 404
