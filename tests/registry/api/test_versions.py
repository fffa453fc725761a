"""The calls about versions: note, compare, download."""

from __future__ import annotations

import io
import zipfile

import pytest
from rest_framework.test import APIClient

from tests.factories.registry import (
    ModelVersionFactory,
    RegisteredModelFactory,
    flowers_in_service,
)

pytestmark = pytest.mark.django_db


def signed_in(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def versions(project):
    model = RegisteredModelFactory(project=project, name="flowers")
    return [ModelVersionFactory(model=model) for _ in range(2)]


@pytest.fixture
def address(project) -> str:
    return f"/api/projects/{project.key}/models/flowers/"


def test_notes_and_tags_change_apart(owner, address, versions):
    one = f"{address}versions/{versions[0].version}/"
    api = signed_in(owner)

    api.patch(one, {"notes": "From the night run."}, format="json")
    answer = api.patch(one, {"tags": ["night", "night"]}, format="json").json()

    assert (answer["notes"], answer["tags"]) == ("From the night run.", ["night"])


@pytest.mark.parametrize("tags", ["night", [["night"]], ["x" * 41], ["a,b"]])
def test_tags_that_do_not_fit_are_400_and_change_nothing(
    owner, address, versions, tags
):
    one = f"{address}versions/{versions[0].version}/"

    answer = signed_in(owner).patch(one, {"notes": "x", "tags": tags}, format="json")

    assert answer.status_code == 400
    versions[0].refresh_from_db()
    assert (versions[0].notes, versions[0].tags) == ("", [])


def test_compare_answers_both_in_the_order_asked(owner, address, versions):
    a, b = (version.version for version in versions)

    answer = signed_in(owner).get(f"{address}compare/", {"a": b, "b": a}).json()

    assert answer["versions"] == [b, a]
    assert answer["same_rows"] is True
    assert {"metric": "accuracy", "values": [0.9, 0.9], "best": 0.9} in answer[
        "metrics"
    ]


def test_compare_with_a_version_of_another_model_is_404(owner, address, versions):
    foreign = ModelVersionFactory().version
    query = {"a": versions[0].version, "b": foreign}

    assert signed_in(owner).get(f"{address}compare/", query).status_code == 404


def test_download_is_the_package(owner, project, address):
    version = flowers_in_service(project, owner)

    answer = signed_in(owner).get(f"{address}versions/{version.version}/download/")

    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as package:
        names = {name.partition("/")[2] for name in package.namelist()}
    assert {"README.md", "metadata.json"} < names


def test_stranger_finds_nothing_to_compare(stranger, address, versions):
    query = {"a": versions[0].version, "b": versions[1].version}

    assert signed_in(stranger).get(f"{address}compare/", query).status_code == 404
