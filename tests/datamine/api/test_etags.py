import pytest
from rest_framework.test import APIClient

from projects.models import Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(owner):
    client = APIClient()
    client.force_authenticate(owner)
    return client


@pytest.fixture
def url(project):
    return f"/api/projects/{project.key}/"


def test_tag_stays_until_the_thing_changes(api, url):
    first, second = api.get(url)["ETag"], api.get(url)["ETag"]
    api.patch(url, {"description": "of stars"})

    assert first == second != api.get(url)["ETag"]


def test_what_is_known_is_not_sent_again(api, url):
    tag = api.get(url)["ETag"]

    known = api.get(url, headers={"If-None-Match": f'"other", {tag}'})
    unknown = api.get(url, headers={"If-None-Match": '"other"'})

    assert (known.status_code, known.content, known["ETag"]) == (304, b"", tag)
    assert unknown.status_code == 200


def test_second_of_two_changes_is_refused(api, url):
    tag = api.get(url)["ETag"]

    first = api.patch(url, {"name": "Stars"}, headers={"If-Match": tag})
    second = api.patch(url, {"name": "Moons"}, headers={"If-Match": tag})

    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["errors"][0]["code"] == "changed_meanwhile"
    assert Project.objects.get().name == "Stars"


@pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}])
def test_change_without_a_tag_is_done(api, url, headers):
    response = api.patch(url, {"name": "Moons"}, headers=headers)

    assert response.status_code == 200
    assert Project.objects.get().name == "Moons"


def test_tag_tells_a_stranger_nothing(stranger, url):
    client = APIClient()
    client.force_authenticate(stranger)

    response = client.patch(url, {"name": "Moons"}, headers={"If-Match": '"guessed"'})

    assert response.status_code == 404
