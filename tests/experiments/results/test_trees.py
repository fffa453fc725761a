"""The tree of a result: on the page, as files, by API."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from experiments.results.trees import tree_of
from tests.factories.experiments import (
    ResultFactory,
    SessionFactory,
    flowers_draft,
    trained_session,
)

ENDINGS = {
    "svg": '<svg class="tree"',
    "txt": ": setosa (",
    "json": '"nodes"',
    "sql": "CASE WHEN",
    "py": "def predict",
}


@pytest.fixture
def session(project, owner):
    draft = flowers_draft(project, owner, algorithm="decision_tree_c45")
    return trained_session(draft, owner)


@pytest.mark.django_db
def test_page_shows_the_rules_and_every_file(client, session, owner):
    client.force_login(owner)

    page = client.get(session.get_absolute_url()).content.decode()

    assert 'id="tree"' in page
    assert ": setosa (" in page
    for ending in ENDINGS:
        assert address(session, ending) in page


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ENDINGS)
def test_file_is_what_its_name_says(client, session, owner, ending):
    client.force_login(owner)

    response = client.get(address(session, ending))

    text = response.content.decode()
    name = f"tree_{session.experiment_id}_{session.number}.{ending}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert ENDINGS[ending] in text


@pytest.mark.django_db
def test_stranger_and_unknown_ending_find_nothing(client, session, owner, stranger):
    client.force_login(owner)
    assert client.get(address(session, "exe")).status_code == 404

    client.force_login(stranger)
    assert client.get(address(session, "sql")).status_code == 404


@pytest.mark.django_db
def test_other_models_have_no_tree(client, project, owner):
    session = SessionFactory(experiment__version__dataset__project=project)
    result = ResultFactory(session=session)
    client.force_login(owner)

    assert tree_of(result) is None
    assert client.get(address(session, "sql")).status_code == 404


@pytest.mark.django_db
def test_api_gives_the_tree_in_every_form(client, session, owner):
    client.force_login(owner)
    url = reverse("experiment-tree", args=[session.experiment_id])

    found = client.get(url).json()

    assert found["target"] == "species"
    assert found == json.loads(client.get(address(session, "json")).content)
    for ending in ("svg", "txt", "sql", "py"):
        text = client.get(url, {"format": ending}).content
        assert text == client.get(address(session, ending)).content


def address(session, ending: str) -> str:
    numbers = [session.experiment_id, session.number, ending]
    return reverse("experiments:tree", args=numbers)
