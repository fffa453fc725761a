"""From the version in service to answers, for sound and for damaged artefacts."""

from __future__ import annotations

import gc
import json
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.request import Request

from datamine import files
from registry import serving
from registry.exceptions import (
    DamagedArtifactError,
    NotInServiceError,
    UnreadableRowsError,
)
from registry.services import register_version
from tests.factories.registry import (
    RegisteredModelFactory,
    flowers_in_service,
    houses_in_service,
)

pytestmark = pytest.mark.django_db

ROW = {"petal": 1.5, "sepal": 5.1, "colour": "white"}


@pytest.fixture
def version(project, owner):
    serving.loaded_models.models.clear()
    return flowers_in_service(project, owner)


def test_predict_rows_answers_each_row_by_name(version):
    answer = serving.predict_rows(
        version, [ROW, {**ROW, "petal": 6.2, "colour": "red"}]
    )

    assert [row["prediction"] for row in answer.predictions] == ["setosa", "virginica"]
    assert answer.by == {"model": "flowers", "version": version.version}
    assert answer.predictions[0]["probabilities"]["setosa"] == 1


def test_predict_rows_that_do_not_fit_are_quarantined(version):
    answer = serving.predict_rows(version, [{"petal": "wide", "sepal": 5}, ROW])

    assert [row["row"] for row in answer.predictions] == [1]
    (quarantined,) = answer.quarantined
    assert {reason["column"] for reason in quarantined["reasons"]} == {
        "petal",
        "colour",
    }


def test_requests_of_many_rows_do_not_pile_up(client, owner, version, project):
    client.force_login(owner)
    address = f"/api/projects/{project.key}/models/{version.model.name}/predict/"
    body = json.dumps({"rows": [ROW] * 10_000})

    for _ in range(25):
        answer = client.post(address, body, "application/json")
        assert len(answer.content) > 10_000

    kept = [thing for thing in gc.get_objects() if type(thing) is Request]
    assert len(kept) <= 12


def test_predict_more_rows_than_allowed_is_refused(version, settings):
    limit = settings.LIMITS.predict_rows

    with pytest.raises(UnreadableRowsError, match=f"than the {limit} taken at once"):
        serving.predict_rows(version, [ROW] * (limit + 1))


def test_predict_file_equals_rows(version):
    text = "colour;petal;sepal\nwhite;1,5;5,1\nred;6,2;5,0\nred;wide;5,0\n"
    upload = SimpleUploadedFile("rows.csv", text.encode())

    rows = serving.rows_of_file(version.session.result, upload)
    answer = serving.predict_rows(version, rows)

    assert [row["prediction"] for row in answer.predictions] == ["setosa", "virginica"]
    assert [row["row"] for row in answer.quarantined] == [2]
    assert answer.predictions[0] == serving.predict_rows(version, [ROW]).predictions[0]


def test_predict_file_with_a_ragged_line_names_it(version):
    upload = SimpleUploadedFile("rows.csv", b"petal,sepal,colour\n1,2,red\n1,2\n")

    with pytest.raises(UnreadableRowsError, match=r"^Line 3 has"):
        serving.rows_of_file(version.session.result, upload)


def test_regression_answers_a_number(project, owner):
    version = houses_in_service(project, owner)

    answer = serving.predict_rows(version, [{"area": 50.0, "rooms": 2}])

    assert answer.predictions[0]["prediction"] == pytest.approx(100_000, rel=0.01)
    assert "probabilities" not in answer.predictions[0]


def test_model_without_active_version_does_not_predict():
    with pytest.raises(NotInServiceError, match="activate one first"):
        serving.version_in_service(RegisteredModelFactory())


@pytest.mark.parametrize("share", [0, 0.25, 0.5, 0.75, 0.999])
def test_changed_byte_of_the_artefact_is_refused(version, share):
    with files.local_copy(version.session.result.artifact) as path:
        content = bytearray(path.read_bytes())
        content[int(len(content) * share)] ^= 1
        path.write_bytes(content)

    with pytest.raises(DamagedArtifactError, match="SHA-256 differs"):
        serving.predict_rows(version, [ROW])


def test_artefact_signed_with_another_key_is_refused(version, settings):
    settings.ARTIFACT_KEY = "another"

    with pytest.raises(DamagedArtifactError, match="HMAC differs"):
        serving.predict_rows(version, [ROW])


def test_deleted_artefact_is_a_sentence(version):
    files.delete(version.session.result.artifact)

    with pytest.raises(DamagedArtifactError, match="cannot be read"):
        serving.predict_rows(version, [ROW])


def opened_beside() -> set[str]:
    """Wait for the threads that open models; return what this process holds."""
    for thread in threading.enumerate():
        if thread.name == serving.WARMING:
            thread.join(30)
    return set(serving.loaded_models.models)


@pytest.mark.parametrize("page", ["registry:detail", "registry:predict"])
def test_page_of_a_model_in_service_opens_it_beside(client, owner, version, page):
    client.force_login(owner)
    assert opened_beside() == set()

    client.get(reverse(page, args=[version.model.pk]))

    assert opened_beside() == {version.session.result.artifact_sha256}


def test_activation_by_api_is_answered_when_the_version_is_open(
    client, owner, project, version, django_capture_on_commit_callbacks
):
    other = register_version(version.session, name="flowers", actor=owner)
    client.force_login(owner)

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            f"/api/projects/{project.key}/models/flowers/activate/",
            {"version": other.version, "reason": "The same again."},
        )

    assert answer.status_code == 200
    opened = set(serving.loaded_models.models)
    assert opened == {version.session.result.artifact_sha256}


def test_damaged_model_is_refused_where_it_is_asked_not_in_the_thread(version, caplog):
    files.delete(version.session.result.artifact)

    serving.warm(version.model)

    assert opened_beside() == set()
    assert "refused" in caplog.text
